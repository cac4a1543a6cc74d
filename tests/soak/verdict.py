"""What one act of a soak shows: are the notes where the host's ticks are, and do they all end?

The loop that plays marks its place: it holds a drum and a bass note on every step, at a velocity
that no model writes. So each note tells where the player believes to be.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field

from jack_heard import BASS, DRUMS, Event, is_off, is_on
from song import STEP, places_of, quiet
from stage import RATE, Act

from loopwright.engine.notes import Loop, Note, Part

MARK = 99  # velocity
STEPS, LOOP = 128, 768
KIT = (36, 38, 42, 46, 41, 45, 48, 49, 51)  # the nine drums
SILENT = 192  # ticks without a note that no loop has
MOMENT = RATE // 4  # frames after Stop until all is silent
HANDED = RATE // 20  # frames after Stop until what was handed over has sounded


def drum(step: int) -> int:
    """The drum of a step; together with its bass note it tells the step."""
    return KIT[step % len(KIT)]


def bass(step: int) -> int:
    """The bass note of a step."""
    return 28 + step % 25


def marking() -> Loop:
    """The loop that marks its place."""
    notes = [Note(s * STEP, 5, drum(s), MARK, Part.DRUMS) for s in range(STEPS)]
    notes += [Note(s * STEP, 5, bass(s), MARK, Part.BASS) for s in range(STEPS)]
    return Loop(tuple(sorted(notes)))


@dataclass
class Verdict:
    """What was found, summed over the acts."""

    wrong: list[str] = field(default_factory=list[str])
    errors: list[int] = field(default_factory=list[int])  # frames
    quiet: int = 0  # frames that were held to the clock
    ticks: int = 0
    notes: int = 0
    stops: int = 0
    moves: Counter[str] = field(default_factory=Counter[str])


def judge(act: Act, number: int, verdict: Verdict) -> None:
    """Add what an act shows."""
    verdict.moves.update(kind_of(word) for word, _, _ in act.moves)
    verdict.ticks += len(act.clocks)
    verdict.notes += sum(is_on(m) for events in act.heard.values() for _, m in events)
    places = places_of(act)
    wrong = [*hanging(act, verdict), *out_of_place(act, places, verdict)]
    verdict.wrong += [f"act {number}: {what}" for what in wrong]


def kind_of(word: str) -> str:
    """What a command of the host is counted as."""
    return word if word.startswith("mark") else word.partition(" ")[0]


def hanging(act: Act, verdict: Verdict) -> list[str]:
    """What sounds a moment after each Stop, or begins then."""
    wrong, lost = list[str](), False
    for (word, frame, _), after in zip(act.moves, [*act.moves[1:], None], strict=True):
        lost = word.startswith("mark lost") or (lost and word != "mark found")
        until = frame + 10 * RATE if after is None else after[1]
        still = word == "mark found" or (word == "stop" and not lost)
        if not still or until < frame + MOMENT:
            continue
        verdict.stops += 1
        for part, events in act.heard.items():
            left = sounding(events, frame + MOMENT)
            begun = sum(is_on(m) for f, m in events if frame + HANDED < f < until)
            wrong += [f"{part}: {left} sound after {word} at {frame}"] if left else []
            wrong += [f"{part}: {begun} begin after {word} at {frame}"] if begun else []
    return wrong


def sounding(events: list[Event], until: int) -> list[int]:
    """The pitches that sound at frame `until`."""
    pitches = set[int]()
    for frame, message in events:
        if frame > until:
            break
        if is_on(message):
            pitches.add(message[1])
        elif is_off(message):
            pitches.discard(message[1])
        elif message[0] & 0xF0 == 0xB0 and message[1] in (120, 123):
            pitches.clear()
    return sorted(pitches)


def out_of_place(act: Act, places: list[int | None], verdict: Verdict) -> list[str]:
    """The notes that are not where the host's ticks say, are missing, or came twice."""
    wrong = list[str]()
    for word, begin, end in quiet(act):
        first, last = bisect_left(act.clocks, begin), bisect_right(act.clocks, end)
        ticks = [place for place in places[first:last] if place is not None]
        if ticks and len(ticks) == last - first:
            verdict.quiet += end - begin
            onsets = onsets_in(act, act.clocks[first:last], ticks)
            verdict.errors += [onset.far for onset in onsets]
            found = misplaced(onsets) or miscounted(onsets, ticks)
            where = f"ticks {ticks[0]}..{ticks[-1]} after {word!r} (frames {begin}..{end})"
            wrong += [f"{found}, in {where}"] if found else []
    return wrong


@dataclass(frozen=True)
class Onset:
    """A note-on: the tick that it is nearest to, and how far, in frames."""

    part: str
    tick: int
    far: int
    pitch: int
    velocity: int

    @property
    def meant(self) -> int:
        """The pitch that the marking loop has here."""
        step = self.tick % LOOP // STEP
        return drum(step) if self.part == DRUMS else bass(step)


def onsets_in(act: Act, frames: list[int], ticks: list[int]) -> list[Onset]:
    """The note-ons near the clocks that came at `frames` and are `ticks`."""
    half = (frames[-1] - frames[0]) // max(len(frames) - 1, 1) // 2
    return [
        Onset(part, ticks[near], abs(frame - frames[near]), m[1], m[2])
        for part, events in act.heard.items()
        for frame, m in events
        if is_on(m) and frames[0] - half < frame <= frames[-1] + half
        for near in [nearest(frames, frame)]
    ]


def misplaced(onsets: list[Onset]) -> str:
    """What is wrong about the first note that is not where it should be; nothing if none is."""
    for note in onsets:
        if note.tick % STEP:
            return f"{note} is on no sixteenth"
        if note.velocity == MARK and note.pitch != note.meant:
            return f"{note} should be {note.meant}"
    return ""


def miscounted(onsets: list[Onset], ticks: list[int]) -> str:
    """What was lost or doubled; nothing where another loop plays."""
    if not onsets and len(ticks) > SILENT:
        return "nothing is heard"
    if not onsets or any(note.velocity != MARK for note in onsets):
        return ""
    expected = Counter((part, tick) for tick in ticks if not tick % STEP for part in (DRUMS, BASS))
    found = Counter((note.part, note.tick) for note in onsets)
    lost, more = expected - found, found - expected
    return f"lost {dict(lost)}, doubled {dict(more)}" if lost or more else ""


def nearest(frames: list[int], frame: int) -> int:
    """The index of the frame that is nearest."""
    after = bisect_left(frames, frame)
    near = [index for index in (after - 1, after) if 0 <= index < len(frames)]
    return min(near, key=lambda index: abs(frames[index] - frame))
