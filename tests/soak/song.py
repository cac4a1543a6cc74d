"""Where the host of a soak was, clock by clock, and when nothing disturbed its clock."""

from collections import deque
from dataclasses import dataclass

from stage import RATE, Act

STEP = 6  # ticks
SETTLE = RATE * 3 // 2  # frames after a disturbance until notes are held to the clock
BEFORE = RATE // 10  # frames before one, where the host may have moved on already
PANIC = "send b019"


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


def quiet(act: Act) -> list[tuple[str, int, int]]:
    """The stretches, in frames, in which nothing disturbs the clock, and what did so before."""
    jolts = [(w, f) for w, f, _ in act.moves if not w.startswith("send") or PANIC in w]
    ends = [*(f for _, f in jolts), act.clocks[-1]]
    spans = [(w, a + SETTLE, b - BEFORE) for (w, a), b in zip(jolts, ends[1:], strict=True)]
    return [(word, a, b) for word, a, b in spans if a < b]
