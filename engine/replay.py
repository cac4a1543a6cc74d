"""A session log played again: the same fold over the same happenings, its notes on paper."""

from dataclasses import dataclass, replace

from loopwright.engine import conduct
from loopwright.engine.course import Course, Mark, Placed
from loopwright.engine.errors import LogError
from loopwright.engine.happen import Cue, Happening, Send, Wish
from loopwright.engine.journal import Began, Tally
from loopwright.engine.parameters import PARAMETERS, defaults
from loopwright.engine.state import State
from loopwright.engine.time import Seconds

DAY = 86_400.0  # seconds


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
    """Return a section's instrument as it began. Raises LogError for what no jam begins with.

    What a log that is older than a parameter does not tell is at its default.
    """
    told = {**defaults(), **began.settings.parameters}
    for one in PARAMETERS:
        if not one.low <= told[one.name] <= one.high:
            raise LogError(f"{one.name} is outside its range in its settings")
    state, wishes = conduct.opening(replace(began.settings, parameters=told))
    return Replay(state, Course(), Tally().plus(wishes, 0))


def again(replay: Replay, happening: Happening) -> tuple[Replay, Page]:
    """Return the instrument after what happened to it then, and what goes on paper.

    Raises LogError where a day went by at once, for no player sleeps as long while it has to do, or
    was never. What happens first may come at any second: a machine's clock counts from long ago.
    """
    due, now = conduct.due(replay.state), replay.state.now
    if not replay.tally.happenings:
        now = happening.at
    if now - happening.at > DAY or (due is not None and happening.at - max(due, now) > DAY):
        raise LogError(f"its clock leaps from second {now} to {happening.at}")
    state, wishes = conduct.step(replay.state, happening)
    course, marks = replay.course.after(replay.state, state)
    course, placed = course.placed(sends_of(wishes))
    return Replay(state, course, replay.tally.plus(wishes)), (*marks, *placed)


def sends_of(wishes: tuple[Wish, ...]) -> tuple[Send | Cue, ...]:
    """Return the messages among wishes."""
    return tuple(wish for wish in wishes if isinstance(wish, Send | Cue))
