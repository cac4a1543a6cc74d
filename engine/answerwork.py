"""What the melody's player has to do in time: listen up, take over, ask for more, come to an end.

Each chore has its second, and is done with when it was done; `due` tells the next.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from loopwright.engine.answer import Answer, Answering
from loopwright.engine.answerask import AHEAD, LEAST, go_on, listen
from loopwright.engine.answerkey import is_unsure
from loopwright.engine.answermode import Mode
from loopwright.engine.answertake import (
    margin,
    missed,
    mode_of,
    next_point,
    place_of,
    take_over,
    time_of,
    turns,
)
from loopwright.engine.happen import Wish
from loopwright.engine.schedule import EQUAL
from loopwright.engine.stage import Outcome
from loopwright.engine.state import State
from loopwright.engine.time import TICKS_PER_BAR, TICKS_PER_QUARTER, TICKS_PER_STEP, Seconds

PATIENCE = 4 * TICKS_PER_BAR  # without a word from the composer, until it is asked again
HELD = 4  # times the pause, while keys are down

Chore = tuple[Seconds, Callable[[State], Outcome]]
BY_LINES = (Mode.BARS, Mode.ALWAYS)


def due(state: State) -> Seconds | None:
    """Return the second of the next chore, None where there is none."""
    return min((at for at, _ in chores(state)), default=None)


def work(state: State) -> Outcome:
    """Return the instrument after all chores that are due by now."""
    wishes: tuple[Wish, ...] = ()
    while found := [chore for chore in chores(state) if chore[0] <= state.now + EQUAL]:
        _, do = min(found, key=lambda chore: chore[0])
        state, more = do(state)
        wishes += more
    return state, wishes


def chores(state: State) -> Iterator[Chore]:
    """Yield what there is to do, and when."""
    mode, answering = mode_of(state), state.answering
    if mode is Mode.OFF or idle(answering, mode) or not state.transport.playing or state.ending:
        return
    if answering.answer is not None:
        yield from of_answer(state, answering.answer)
    if mode is Mode.PAUSE and answering.since is not None:
        yield time_of(state, pause_end(state)), take_phrase
    if mode in BY_LINES and (line := next_line(state, mode)) is not None:
        yield Seconds(time_of(state, line) - margin(state)), take_bars
    busy = answering.answer is not None and answering.answer.asked is not None
    if answering.untold and not busy:
        yield time_of(state, answering.told + TICKS_PER_STEP), tell


def idle(answering: Answering, mode: Mode) -> bool:
    """Whether nothing is played and nothing answered: so it is most of the time, at every step."""
    still = answering.answer is None and answering.since is None and not answering.untold
    return still and mode not in BY_LINES


def of_answer(state: State, answer: Answer) -> Iterator[Chore]:
    """Yield what there is to do about an answer: its end, or more of it."""
    yield time_of(state, answer.end), be_over
    if answer.asked is not None:
        yield time_of(state, answer.place + PATIENCE), ask_on
    elif answer.reached < answer.end:
        yield more_due(state, answer), ask_on


def more_due(state: State, answer: Answer) -> Seconds:
    """Return when more of an answer is asked for; a loop that is to come is waited for."""
    if not is_unsure(state, answer.reached):
        return time_of(state, answer.reached - AHEAD)
    return Seconds(time_of(state, answer.reached - LEAST) - margin(state))


def pause_end(state: State) -> float:
    """Return the place at which a phrase counts as over, if no key is touched until then."""
    answering = state.answering
    pause = state.parameters["answer_pause"] * TICKS_PER_QUARTER
    return answering.quiet + pause * (HELD if answering.ear.held else 1)


def next_line(state: State, mode: Mode) -> int | None:
    """Return the next bar line that the melody takes over at, where the way there is free."""
    shift, horizon = state.answering.ear.shift, state.transport.horizon
    after = max(state.transport.tick, state.answering.turn - shift)
    if mode is Mode.ALWAYS:
        line = after + TICKS_PER_BAR - after % TICKS_PER_BAR
    else:
        listened, cycle = turns(state)
        line = after + cycle - (after - listened) % cycle
    return None if horizon is not None and line >= horizon else line + shift


def since_of(state: State, now: float) -> int | None:
    """Return from which tick on what is played counts just now, None where it does not."""
    mode, shift = mode_of(state), state.answering.ear.shift
    if mode in (Mode.PAUSE, Mode.PEDAL):
        return state.answering.since
    line = int(now // TICKS_PER_BAR) * TICKS_PER_BAR
    listened, cycle = turns(state)
    if mode is not Mode.BARS:
        return line + TICKS_PER_BAR - listened
    inside = int(now - shift) % cycle
    return int(now) - inside if inside < listened else None


def is_listening(state: State, now: float) -> bool:
    """Whether what is played at a place is part of a phrase that will be answered."""
    in_turn = mode_of(state) in (Mode.PAUSE, Mode.PEDAL, Mode.BARS)
    return in_turn and since_of(state, now) is not None


def take_phrase(state: State) -> Outcome:
    """Return the instrument that answers the phrase that was played."""
    since = state.answering.since
    return (state, ()) if since is None else take_over(state, since, next_point(state))


def take_bars(state: State) -> Outcome:
    """Return the instrument that answers the bars before the next line, if they were played in."""
    line = next_line(state, mode_of(state))
    if line is None:
        return state, ()
    state = state.but(answering=replace(state.answering, turn=line))
    return take_over(state, line - turns(state)[0], line)


def tell(state: State) -> Outcome:
    """Return the instrument that tells the composer what is played."""
    now = place_of(state, state.now)
    since = since_of(state, now)
    if since is None:
        return state.but(answering=replace(state.answering, untold=False)), ()
    return listen(state, since, int(now))


def ask_on(state: State) -> Outcome:
    """Return the instrument that asks for more of its answer, or asks again."""
    answer = state.answering.answer
    return (state, ()) if answer is None else go_on(state, answer, place_of(state, state.now))


def be_over(state: State) -> Outcome:
    """Return the instrument whose answer has come to its end."""
    state = missed(state)
    return state.but(answering=replace(state.answering, answer=None)), ()
