"""Another preset in play: chosen by number, fetched by others, taken up where a loop begins.

Bank select and program change are heard on the control channel. The newest choice counts: one that
has not taken effect by then never will. What was fetched waits for the next loop boundary, where
`engine.takeup` has all of it take effect; only the tempo of our own clock waits for the boundary's
clock, since bars are laid out ahead of it.
"""

from dataclasses import replace

from loopwright.engine.beat import retimed
from loopwright.engine.happen import Fetch, Fetched
from loopwright.engine.lead import start_alone
from loopwright.engine.midi import Kind, Message
from loopwright.engine.parameters import CONTROL_CHANNEL
from loopwright.engine.stage import Outcome
from loopwright.engine.state import State
from loopwright.engine.time import TICKS_PER_BAR

PROGRAMS = 128  # of a bank
HIGH, LOW = 0, 32  # the CCs of bank select: how many 128s, and the rest


def is_choice(message: Message) -> bool:
    """Say whether a message chooses a preset, or a bank of them."""
    if message.kind is Kind.CONTROL:
        return message.first in (HIGH, LOW)
    return message.kind is Kind.PROGRAM


def hear_choice(state: State, message: Message) -> Outcome:
    """Return the instrument after bank select or program change; other channels choose nothing."""
    if message.channel != CONTROL_CHANNEL:
        return state, ()
    high, low = divmod(state.choice.bank, PROGRAMS)
    if message.kind is Kind.PROGRAM:
        return choose(state, state.choice.bank * PROGRAMS + message.first)
    high, low = (message.second, low) if message.first == HIGH else (high, message.second)
    return state.but(choice=replace(state.choice, bank=high * PROGRAMS + low)), ()


def choose(state: State, place: int | None, step: int = 0) -> Outcome:
    """Return the instrument that wishes for a slot: the one of a place, or so many steps on.

    Hosts say it twice: what is on its way already is not sent for again.
    """
    choice = state.choice
    if place is not None and place == choice.place:
        return state, ()
    number = choice.newest + 1
    choice = replace(choice, newest=number, place=place, fetching=True, coming=None)
    return state.but(choice=choice), (Fetch(number, place, step),)


def fetched(state: State, happening: Fetched) -> Outcome:
    """Return the instrument that has what a choice stands for, or will not get it.

    What was fetched for an older choice is stale.
    """
    number, choice = happening.number, state.choice
    if number < choice.newest or number <= state.settings.slot:
        return state.but(counts=state.counts.plus(stale=1)), ()
    if happening.setup is None:
        choice = replace(choice, newest=number, place=None, fetching=False, coming=None)
        return state.but(choice=choice), ()
    choice = replace(choice, newest=number, fetching=False, coming=happening.setup)
    return start_alone(state.but(choice=choice))


def bent(state: State) -> State:
    """Return the instrument whose own clock has the tempo of a preset, once that is due.

    The last clock of the old loop is told by then, so that the boundary's is the first to change.
    A song that went elsewhere waits for nothing.
    """
    bend = state.choice.bend
    if bend is None:
        return state
    here = state.transport
    if here.playing and bend.tick - TICKS_PER_BAR <= here.tick < bend.tick - 1:
        return state
    values = {**state.parameters, "tempo": bend.tempo}
    return retimed(state.but(parameters=values, choice=replace(state.choice, bend=None)))
