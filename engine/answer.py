"""An answer to what was played, and all that is known of answers: frozen values.

Answers are counted in ticks of the performance (`engine.answerear`); requests to the composer in
ticks from `origin`, the bar line that the seed's first bar begins with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from loopwright.engine import answerear
from loopwright.engine.answerear import Ear
from loopwright.engine.feel import Hit, melody_hit
from loopwright.engine.happen import KeepPhrase
from loopwright.engine.melody import USUAL_TEMPO, Melody
from loopwright.engine.notes import Note

SOON, LATEST = 0.06, 0.5  # seconds that a composer is given for the first note of an answer
CAUTION, CALMING = 1.5, 0.9  # times what it took; and how what it took once is forgotten


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the composer's, from tick `start` up to `end`; `since`: its seed's first tick.

    Its `notes` (ticks from `origin`) are known up to tick `reached`, and may ring for `over` ticks
    beyond the end; `earlier` are those of the answers that it goes on from without a gap. `asked`
    is the request that is out for more, and `place` where the song was then. `late` says that some
    of it came when its time had passed. `tempo` is the host's when it took over: a composer that
    was told another one would have to hear everything again. `slot` is the choice of a preset that
    took over.
    """

    number: int
    since: int
    seed: tuple[Note, ...]
    origin: int
    start: int
    end: int
    reached: int
    over: int = 0
    notes: tuple[Note, ...] = ()
    earlier: tuple[Note, ...] = ()
    asked: Melody | None = None
    place: float = 0.0
    late: bool = False
    tempo: float = USUAL_TEMPO
    slot: int = 0


@dataclass(frozen=True, slots=True)
class Answering:
    """What the melody's player knows.

    `since` is where the phrase that is being played began, None where none is. `quiet` is the
    place of the latest touch of a key, `told` where the composer was told of the phrase last;
    `untold` says that there is more since. `turn` is the last bar line that something was decided
    for. `pedal` says that it is down. `requests` and `answers` count what was asked. `reason` says
    why the composer has no answer. `given` is how many seconds it is given for a first note: more,
    where that took longer of late. `latest` saves the last answer that sounded and is over;
    `wanted` says that the one which sounds is to be saved then. All places count along the
    performance.
    """

    ear: Ear = field(default_factory=Ear)
    since: int | None = None
    quiet: float = 0.0
    told: float = 0.0
    untold: bool = False
    turn: int = -1
    pedal: bool = False
    requests: int = 0
    answers: int = 0
    answer: Answer | None = None
    reason: str = ""
    given: float = SOON
    latest: KeepPhrase | None = None
    wanted: bool = False


def timed(answering: Answering, took: float) -> Answering:
    """Return what is known after the first note of an answer took so many seconds."""
    given = max(CALMING * answering.given, CAUTION * took)
    return replace(answering, given=min(max(given, SOON), LATEST))


def hits(
    answering: Answering, since: int, until: int, settings: Mapping[str, float]
) -> tuple[Hit, ...]:
    """Return the hits, in song ticks, of the answer's notes from song tick `since` to `until`."""
    answer = answering.answer
    if answer is None or settings["mute_melody"]:
        return ()
    origin = answer.origin - answering.ear.shift  # in song ticks: a bar line
    last = answer.end + answer.over - answer.origin
    inside = (n for n in answer.notes if since <= n.tick + origin < until)
    return tuple(
        melody_hit(replace(n, length=min(n.length, last - n.tick)), origin, settings)
        for n in inside
    )


def left(answering: Answering, tick: int) -> Answering:
    """Return what is known when the song stops before tick `tick`: nothing goes on, all is kept."""
    ear = answerear.leave(answering.ear, tick)
    return replace(answering, ear=ear, since=None, untold=False, answer=None, turn=-1)
