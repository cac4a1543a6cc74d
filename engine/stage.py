"""What reaches the ports: bars laid out ahead of time, what is due, and the way to silence.

A bar is laid out when the look-ahead reaches its line: 25 ms, plus what a negative offset and the
output's lead need. There and only there loops are changed, mutes taken up, and rounds counted.
"""

from collections.abc import Iterable
from dataclasses import replace
from math import inf

from loopwright.engine import answer, answerear, capture, midi, repertoire, schedule, sounding
from loopwright.engine.clock import BURST
from loopwright.engine.compose import Request, Sampling, Take
from loopwright.engine.feel import hits_of_bar
from loopwright.engine.happen import Ask, End, Send, Wish
from loopwright.engine.notes import Part
from loopwright.engine.repertoire import Repertoire
from loopwright.engine.schedule import On, Window
from loopwright.engine.sounding import Off
from loopwright.engine.state import NOTHING, Plan, State
from loopwright.engine.takeup import taken_up
from loopwright.engine.time import FIRST, TICKS_PER_BAR, Seconds, Tick, loop_phase

LOOK_AHEAD = 0.025  # seconds
NEXT = 0.001  # ticks: with the next tick itself, nothing after it
FOLLOWING = Tick(6 * TICKS_PER_BAR)  # phase: two bars are left to compose in

Outcome = tuple[State, tuple[Wish, ...]]


def window(state: State) -> Window:
    """Return what may leave now.

    We look no further than a relocation, or where one is likely, and on a clock that is not
    locked one tick ahead.
    """
    horizon = state.transport.horizon
    return Window(
        line=state.follower.line(state.transport.tick),
        now=state.now,
        until=Seconds(state.now + state.settings.lead),
        limit=inf if horizon is None else horizon,
        near=inf if state.follower.locked else state.transport.next + NEXT,
        origin=state.plan.origin,
        offsets=state.offsets,
        ports=state.settings.ports,
        channels=state.settings.channels,
    )


def bar_due(state: State) -> Seconds | None:
    """Return the second at which the next bar is to be laid out."""
    horizon = state.transport.horizon
    if state.ending or (horizon is not None and state.plan.laid >= horizon):
        return None
    early = max(0.0, -min(state.offsets.values())) + state.settings.lead
    line = state.follower.line(state.transport.tick)
    return Seconds(line.time_of(state.plan.laid) - LOOK_AHEAD - early)


def play(state: State) -> Outcome:
    """Return the instrument after everything that is due by now has left."""
    if not state.transport.playing:
        return ended(state) if state.ending else (state, ())
    state, asks = lay_bars(state)
    emitted = schedule.emit(state.plan.waiting, state.table, window(state))
    if emitted.waiting is not state.plan.waiting or emitted.table is not state.table:
        state = state.but(
            plan=replace(state.plan, waiting=emitted.waiting),
            table=emitted.table,
            counts=state.counts.plus(late=emitted.late, dropped=emitted.dropped),
        )
    state, over = ended(state) if state.ending else (state, ())
    return state, (*asks, *sends(state, emitted.sends), *over)


def lay_bars(state: State) -> Outcome:
    """Return the instrument with every bar laid out that the look-ahead has reached."""
    wishes: tuple[Wish, ...] = ()
    due = bar_due(state)
    while due is not None and due <= state.now + schedule.EQUAL:
        state, more = cross(state, state.plan.laid)
        wishes += more
        due = bar_due(state)
    return state, wishes


def hurried(state: State, at: Seconds) -> bool:
    """Whether a clock at second `at` would go on with a burst after a silence."""
    follower = state.follower
    return state.transport.playing and follower.count == 1 and at - follower.heard < BURST


def skip(state: State) -> Outcome:
    """Return the instrument in the midst of a burst: what this clock passes does not play.

    A host that was held up writes a second's clocks at once; their notes would be one bang. What is
    of the first, and waits for its part's offset, sounds: some hosts begin with a few clocks.
    """
    state, asks = lay_bars(state)
    left = schedule.without(state.plan.waiting, state.transport.tick, window(state))
    passed = sum(len(hits) - len(left[part]) for part, hits in state.plan.waiting.items())
    plan, counts = replace(state.plan, waiting=left), state.counts.plus(dropped=passed)
    return state.but(plan=plan, counts=counts), asks


def cross(state: State, line: Tick) -> Outcome:
    """Return the instrument after the bar line at tick `line`, the bar behind it laid out."""
    phase = loop_phase(line)
    songs = state.repertoire if phase else repertoire.round_over(state.repertoire)
    if last_round_over(state, songs):
        return state.but(repertoire=songs, ending=True), ()
    quiet: tuple[Wish, ...] = ()
    if phase == 0 or songs.playing is None:
        state, quiet = switched(state.but(repertoire=songs), line)
        songs = repertoire.swapped(state.repertoire)
    if phase == 0:
        songs = repertoire.round_begun(songs)
    state, wishes = ask_on(state.but(repertoire=songs), phase)
    return laid(state, line), (*quiet, *wishes)


def switched(state: State, line: Tick) -> Outcome:
    """Return the instrument with the preset that was fetched; answers of another mode end."""
    after = taken_up(state, line)
    if after.parameters["answer"] == state.parameters["answer"]:
        return after, ()
    return reset(after)


def last_round_over(state: State, songs: Repertoire) -> bool:
    """Whether as many rounds have been played as were wanted."""
    return 0 < state.settings.loops <= songs.passes


def ask_on(state: State, phase: Tick) -> Outcome:
    """Return the instrument at a bar line, asking where another loop will be wanted.

    A loop that is to follow what is played in is asked for late in the round, to hear the most.
    """
    songs, follow = state.repertoire, bool(state.parameters["follow"])
    if phase == 0 and repertoire.overdue(songs) and songs.asked is not None:
        return state, (Ask(songs.asked),)
    every = round(state.parameters["every"])
    if phase != (FOLLOWING if follow else 0) or not repertoire.wants_another(songs, every):
        return state, ()
    return ask(state, heard_take(state) if follow else None)


def laid(state: State, line: Tick, start: Tick = FIRST) -> State:
    """Return the instrument with the bar from tick `line` laid out, from tick `start` on."""
    loop, plan = state.repertoire.playing, state.plan
    waiting = plan.waiting
    if loop is not None:
        hits = hits_of_bar(loop, line // TICKS_PER_BAR, state.parameters, state.settings.drum_map)
        waiting = schedule.with_hits(waiting, (hit for hit in hits if hit.place >= start))
    beyond = Tick(line + TICKS_PER_BAR)
    melody = answer.hits(state.answering, max(line, start), beyond, state.parameters)
    waiting = schedule.with_hits(waiting, melody) if melody else waiting
    return state.but(plan=replace(plan, waiting=waiting, laid=beyond))


def ask(state: State, take: Take | None) -> Outcome:
    """Return the instrument that has asked for a loop, grown from `take` if there is one."""
    settings, values = state.settings, state.parameters
    request = Request(
        number=state.repertoire.requests + 1,
        seed=settings.seed,
        sampling=Sampling(values["temperature"], round(values["top_k"]), values["top_p"]),
        key=settings.key or state.repertoire.key,
        low=settings.low,
        high=settings.high,
        take=take,
        slot=settings.slot,
    )
    songs = repertoire.asking(state.repertoire, request)
    return state.but(repertoire=songs, retry=None), (Ask(request),)


def heard_take(state: State) -> Take | None:
    """Return the last bars that were played in, None if there are none."""
    return capture.take(state.capture, state.transport.next)


def silence(state: State) -> Outcome:
    """Return the instrument with nothing sounding and nothing waiting."""
    table, offs = sounding.flush(state.table, state.now)
    plan = replace(state.plan, waiting=NOTHING)
    return state.but(table=table, plan=plan), sends(state, offs)


def silence_now(state: State) -> Outcome:
    """Return the instrument with nothing sounding; what waits will still be played."""
    waiting = state.plan.waiting
    state, offs = silence(state)
    return state.but(plan=replace(state.plan, waiting=waiting)), offs


def hush(state: State, part: Part) -> Outcome:
    """Return the instrument in which a part has nothing waiting, and ends what sounds."""
    plan = replace(state.plan, waiting={**state.plan.waiting, part: ()})
    table, offs = state.table, tuple[Off, ...]()
    for voice in table.voices:
        if voice.part is part:
            table, off = sounding.turn_off(table, voice, max(state.now, voice.at))
            offs = (*offs, off)
    return state.but(plan=plan, table=table), sends(state, offs)


def reset(state: State) -> Outcome:
    """Return the instrument that neither listens nor answers: it was set otherwise."""
    answering = replace(state.answering, since=None, untold=False, answer=None, reason="")
    return hush(state.but(answering=answering), Part.MELODY)


def enter(state: State, at: Seconds) -> State:
    """Return the instrument that plays from the transport's tick, which fell at second `at`."""
    tick = state.transport.tick
    line = Tick(tick // TICKS_PER_BAR * TICKS_PER_BAR)
    state = state.but(
        plan=Plan(laid=line, origin=at),
        repertoire=replace(state.repertoire, whole=False),
        capture=capture.enter(state.capture, tick),
        answering=replace(state.answering, ear=answerear.enter(state.answering.ear, tick)),
    )
    return state if line == tick or state.ending else laid(state, line, tick)


def carry(state: State, left: int) -> State:
    """Return the instrument when the song jumps from tick `left` to the same phase of a loop.

    So a host goes round a song part as long as our loop: the music goes on as if it had not.
    """
    tick, plan = state.transport.tick, state.plan
    by = tick - left
    moved = {part: tuple(h.moved(by) for h in hits) for part, hits in plan.waiting.items()}
    return state.but(
        plan=replace(plan, waiting=moved, laid=Tick(plan.laid + by)),
        table=sounding.moved(state.table, by),
        capture=capture.enter(capture.leave(state.capture, left), tick),
        answering=replace(state.answering, ear=answerear.carried(state.answering.ear, by)),
    )


def ended(state: State) -> Outcome:
    """Return the instrument, over if nothing waits and nothing sounds any more."""
    if state.table.voices or any(state.plan.waiting.values()):
        return state, ()
    return state.but(ended=True), (End(),)


def sends(state: State, moves: Iterable[On | Off]) -> tuple[Send, ...]:
    """Return the messages of note-ons and note-offs."""
    return tuple(send_on(state, m) if isinstance(m, On) else send_off(state, m) for m in moves)


def send_on(state: State, on: On) -> Send:
    """Return the message of a note-on."""
    channel = state.settings.channels[on.hit.part]
    return Send(on.hit.part, midi.note_on(channel, on.hit.pitch, on.hit.velocity), on.at)


def send_off(state: State, off: Off) -> Send:
    """Return the message of a note-off."""
    return Send(off.part, midi.note_off(state.settings.channels[off.part], off.pitch), off.at)
