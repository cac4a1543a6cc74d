"""The key that a melody keeps to: that of the loop that plays where it sounds."""

from loopwright.engine import repertoire
from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop
from loopwright.engine.state import State
from loopwright.engine.time import LOOP_TICKS


def key_of(state: State) -> Key | None:
    """Return the key of what plays now, None where nobody knows it."""
    return known(state, state.repertoire.playing)


def key_at(state: State, place: int) -> Key | None:
    """Return the key of what plays at a place in the performance, as far as is known now."""
    playing = state.repertoire.playing
    if playing is not None and place < swap_line(state):
        return known(state, playing)
    return known(state, coming(state) or playing)


def known(state: State, loop: Loop | None) -> Key | None:
    """Return the key of a loop: its own first, whatever key was asked for.

    Drawn loops were moved into the key of the settings, and say so; one that was kept, or grew from
    what somebody played, sounds in its own. The settings' key, then the one that all began in, are
    for loops that have none: those without a bass.
    """
    own = None if loop is None else repertoire.key_of(loop)
    return own or state.settings.key or state.repertoire.key


def coming(state: State) -> Loop | None:
    """Return the loop that takes over at the next swap line, None where this one goes on."""
    setup = state.choice.coming
    return state.repertoire.coming if setup is None else setup.loop


def swap_line(state: State) -> int:
    """Return the next place in the performance that another loop may begin at."""
    return -(-state.plan.laid // LOOP_TICKS) * LOOP_TICKS + state.answering.ear.shift


def one_key(state: State, reached: int, until: int) -> int:
    """Return how far an answer can be composed from `reached` on, in the key of one loop.

    Where another loop is coming, or is on its way, that is not beyond the line it begins at.
    """
    line = swap_line(state)
    another = coming(state) is not None or is_on_its_way(state)
    return min(until, line) if another and reached < line else until


def is_unsure(state: State, reached: int) -> bool:
    """Whether nobody knows yet what plays from there on: a loop is on its way and has not come."""
    waits = is_on_its_way(state) and coming(state) is None
    return waits and reached == swap_line(state)


def is_on_its_way(state: State) -> bool:
    """Whether a loop is being composed, or a preset with one fetched."""
    return state.repertoire.asked is not None or state.choice.fetching
