"""A session log played again: the same fold over the same happenings, its notes on paper."""

from dataclasses import dataclass

from loopwright.engine import conduct
from loopwright.engine.course import Course, Mark, Placed
from loopwright.engine.happen import Cue, Happening, Send, Wish
from loopwright.engine.journal import Began, Tally
from loopwright.engine.state import State
from loopwright.engine.time import Seconds


@dataclass(frozen=True, slots=True)
class Replay:
    """An instrument that plays again, where its paper is, and what it came to so far."""

    state: State
    course: Course
    tally: Tally

    @property
    def at(self) -> Seconds:
        """Return the second that it has come to."""
        return self.state.now


Page = tuple[Placed | Mark, ...]


def begin(began: Began) -> Replay:
    """Return a section's instrument as it began."""
    state, wishes = conduct.opening(began.settings)
    return Replay(state, Course(), Tally().plus(wishes, 0))


def again(replay: Replay, happening: Happening) -> tuple[Replay, Page]:
    """Return the instrument after what happened to it then, and what goes on paper."""
    state, wishes = conduct.step(replay.state, happening)
    course, marks = replay.course.after(replay.state, state)
    course, placed = course.placed(sends_of(wishes))
    return Replay(state, course, replay.tally.plus(wishes)), (*marks, *placed)


def sends_of(wishes: tuple[Wish, ...]) -> tuple[Send | Cue, ...]:
    """Return the messages among wishes."""
    return tuple(wish for wish in wishes if isinstance(wish, Send | Cue))
