"""Taking over from the player, giving way to another answer or to the player, and mere silence."""

from dataclasses import replace
from math import ceil

from loopwright.engine.answer import LATEST, Answer, hits
from loopwright.engine.answerask import go_on, seed_of
from loopwright.engine.answermode import Grid, Mode
from loopwright.engine.notes import Note, Part
from loopwright.engine.schedule import EQUAL, with_hits
from loopwright.engine.stage import Outcome, hush
from loopwright.engine.state import State
from loopwright.engine.time import TICKS_PER_BAR, Seconds

BY_NUMBER = tuple(Mode)
REMEMBERED = 8 * TICKS_PER_BAR  # of answers that went before: two bars, four times


def mode_of(state: State) -> Mode:
    """Return when the melody takes over, as it is set."""
    return BY_NUMBER[round(state.parameters["answer"])]


def place_of(state: State, at: Seconds) -> float:
    """Return the place in the performance that second `at` falls on."""
    line = state.follower.line(state.transport.tick)
    return line.place_of(at) + state.answering.ear.shift


def time_of(state: State, place: float) -> Seconds:
    """Return the second of a place in the performance."""
    line = state.follower.line(state.transport.tick)
    return line.time_of(place - state.answering.ear.shift)


def margin(state: State) -> Seconds:
    """Return how long before its first note an answer must be asked for."""
    early = max(0.0, -state.offsets[Part.MELODY]) + state.settings.lead
    return Seconds(early + state.answering.given)


def next_point(state: State) -> int:
    """Return the first grid point that an answer can begin on, asked for now."""
    grid = Grid(round(state.parameters["answer_grid"])).ticks
    place = place_of(state, Seconds(state.now + margin(state) - EQUAL))
    return ceil(place / grid) * grid


def take_over(state: State, since: int, start: int) -> Outcome:
    """Return the instrument that answers what was played from tick `since`, from `start` on.

    Where nothing was played there is no answer. Keys that are still down count as held up to
    there. Whole bars of silence before the answer are left out of what the composer is told.
    """
    state = state.but(answering=replace(state.answering, since=None, untold=False))
    origin, seed = seed_of(state.answering, since, start)
    if not seed:
        return state, ()
    ends = origin + max(note.tick + note.length for note in seed)
    origin += (start - ends) // TICKS_PER_BAR * TICKS_PER_BAR
    before = earlier(state, start, origin)
    state = give_way(state, start)
    answer = Answer(
        number=state.answering.answers + 1,
        since=since,
        seed=seed,
        origin=origin,
        start=start,
        end=end_of(state, start),
        reached=start,
        over=TICKS_PER_BAR if mode_of(state) is Mode.ALWAYS else 0,
        earlier=before,
        tempo=state.follower.tempo,
        slot=state.settings.slot,
    )
    state = state.but(answering=replace(state.answering, answers=answer.number))
    return go_on(state, answer, place_of(state, state.now))


def earlier(state: State, start: int, origin: int) -> tuple[Note, ...]:
    """Return what an answer goes on from, in ticks from `origin`: the bars up to tick `start`.

    Where both play on each bar is an answer; without it nobody would notice the same bar for ever.
    """
    answer = state.answering.answer
    if mode_of(state) is not Mode.ALWAYS or answer is None or answer.end != start:
        return ()
    by = answer.origin - origin
    every = (replace(n, tick=n.tick + by) for n in (*answer.earlier, *answer.notes))
    return tuple(n for n in every if n.tick + origin >= start - REMEMBERED)


def end_of(state: State, start: int) -> int:
    """Return where an answer from tick `start` on ends: by turns, with the turn it begins in."""
    mode, (listened, cycle) = mode_of(state), turns(state)
    inside = (start - state.answering.ear.shift) % cycle
    if mode is Mode.BARS and inside >= listened:
        return start + cycle - inside
    return start + (TICKS_PER_BAR if mode is Mode.ALWAYS else cycle - listened)


def turns(state: State) -> tuple[int, int]:
    """Return how many ticks of a cycle are the player's, and how many it has."""
    listened = round(state.parameters["answer_listen"]) * TICKS_PER_BAR
    return listened, listened + round(state.parameters["answer_bars"]) * TICKS_PER_BAR


def give_way(state: State, start: int) -> State:
    """Return the instrument whose present answer ends before the next, at tick `start`.

    Of one that is over there anyway the last note may ring on: the next goes on from it.
    """
    state = missed(state)
    answering, plan, answer = state.answering, state.plan, state.answering.answer
    over = answer.over if answer is not None and answer.end == start else 0
    end = start + over - answering.ear.shift
    rest = hits(answering, plan.laid, end, state.parameters)
    waiting = with_hits(plan.waiting, rest)
    kept = tuple(
        replace(hit, length=min(hit.length, end - hit.place))
        for hit in waiting[Part.MELODY]
        if hit.place < end
    )
    voices = tuple(
        replace(v, end=min(v.end, end)) if v.part is Part.MELODY else v for v in state.table.voices
    )
    return state.but(
        answering=replace(answering, answer=None),
        plan=replace(plan, waiting={**waiting, Part.MELODY: kept}),
        table=replace(state.table, voices=voices),
    )


def drop(state: State) -> Outcome:
    """Return the instrument without its answer, for the player plays again.

    A phrase that was answered too early, so that nothing is heard yet, goes on; where the last bars
    are answered there are none.
    """
    state = missed(state)
    answering = state.answering
    answer = answering.answer
    early = answer is not None and place_of(state, state.now) < answer.start
    early = early and mode_of(state) is not Mode.LAST
    since = answer.since if early and answer is not None else answering.since
    state = state.but(answering=replace(answering, answer=None, since=since))
    return hush(state, Part.MELODY)


def missed(state: State) -> State:
    """Return the instrument whose answer is over now: where nothing of it came, it is counted.

    Then the composer needs longer than was thought, and is asked as early as can be.
    """
    answer = state.answering.answer
    if answer is None or answer.reached > answer.start:
        return state
    if place_of(state, state.now) < answer.start:
        return state
    answering = replace(state.answering, given=LATEST)
    return state.but(answering=answering, counts=state.counts.plus(unanswered=1))
