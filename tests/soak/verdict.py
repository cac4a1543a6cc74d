"""What one act of a soak shows: are the notes where the host's ticks are, and do they all end?

The loop that plays marks its place: it holds a drum and a bass note on every step, at a velocity
that no model writes. So each note tells where the player believes to be.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, deque
from dataclasses import dataclass, field

from jack_heard import BASS, DRUMS, Event, is_off, is_on
from stage import RATE, Act

from loopwright.engine.notes import Loop, Note, Part

MARK = 99  # velocity
STEPS, STEP, LOOP = 128, 6, 768
KIT = (36, 38, 42, 46, 41, 45, 48, 49, 51)  # the nine drums
SETTLE = RATE * 3 // 2  # frames after a disturbance until notes are held to the clock
BEFORE = RATE // 10  # frames before one, where the host may have moved on already
MOMENT = RATE // 4  # frames after Stop until all is silent
HANDED = RATE // 20  # frames after Stop until what was handed over has sounded
PANIC = "send b019"


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


@dataclass
class Song:
    """Where the host is: the tick of its next clock, and whether that can be known to us, too."""

    tick: int = 0
    playing: bool = False
    known: bool = True
    found: bool = False

    def obey(self, command: str) -> None:
        """Follow a command."""
        match command.split():
            case ["start"]:
                self.tick, self.playing, self.known = 0, True, self.known or self.found
            case ["continue"]:
                self.playing = True
            case ["stop"]:
                self.playing = False
            case ["locate", sixteenths]:
                self.tick = int(sixteenths) * STEP
            case ["mark", word, *_]:
                self.known, self.found = self.known and word != "lost", word == "found"
            case _:
                pass

    def clock(self) -> int | None:
        """Return the tick of a clock, None where nothing plays or it cannot be known."""
        tick = self.tick
        self.tick += self.playing
        return tick if self.playing and self.known else None


def places_of(act: Act) -> list[int | None]:
    """The tick of every clock, None where nothing plays or it cannot be known."""
    song, moves = Song(), deque(act.moves)
    places = list[int | None]()
    for clock in range(len(act.clocks)):
        while moves and moves[0][2] <= clock:
            song.obey(moves.popleft()[0])
        places.append(song.clock())
    return places


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


def quiet(act: Act) -> list[tuple[int, int]]:
    """The stretches, in frames, in which nothing disturbs the clock."""
    jolts = [f for word, f, _ in act.moves if not word.startswith("send") or PANIC in word]
    ends = [*jolts, act.clocks[-1]]
    spans = [(a + SETTLE, b - BEFORE) for a, b in zip(jolts, ends[1:], strict=True)]
    return [(a, b) for a, b in spans if a < b]


def out_of_place(act: Act, places: list[int | None], verdict: Verdict) -> list[str]:
    """The notes that are not where the host's ticks say, are missing, or came twice."""
    wrong = list[str]()
    for begin, end in quiet(act):
        first, last = bisect_left(act.clocks, begin), bisect_right(act.clocks, end)
        ticks = [place for place in places[first:last] if place is not None]
        if ticks and len(ticks) == last - first:
            verdict.quiet += end - begin
            onsets = onsets_in(act, act.clocks[first:last], ticks)
            verdict.errors += [onset.far for onset in onsets]
            found = misplaced(onsets) or miscounted(onsets, ticks)
            wrong += [f"{found}, in ticks {ticks[0]}..{ticks[-1]}"] if found else []
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
    """What was lost or doubled; nothing where another loop plays, or none."""
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
