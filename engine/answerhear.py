"""What a player does to the melody: keys, the pedal, and a wish to be answered."""

from dataclasses import replace

from loopwright.engine import answerear
from loopwright.engine.answermode import Mode
from loopwright.engine.answertake import drop, mode_of, next_point, place_of, take_over
from loopwright.engine.answerwork import since_of
from loopwright.engine.capture import DRUM_CHANNEL
from loopwright.engine.midi import Kind, Message
from loopwright.engine.phraseseed import NOTHING
from loopwright.engine.stage import Outcome
from loopwright.engine.state import State
from loopwright.engine.time import TICKS_PER_BAR, TICKS_PER_QUARTER, Seconds

DOWN = 64  # controller value from which a pedal is down


def note(state: State, message: Message, at: Seconds) -> Outcome:
    """Return the instrument after a note message came in while the transport ran."""
    mode = mode_of(state)
    if mode is Mode.OFF or not listens(state, message):
        return state, ()
    place = place_of(state, at)
    ear = answerear.hear(state.answering.ear, message, place - state.answering.ear.shift)
    state = state.but(answering=replace(state.answering, ear=ear, quiet=place))
    if message.kind is not Kind.NOTE_ON:
        ended = since_of(state, place) is not None
        return state.but(answering=replace(state.answering, untold=ended)), ()
    return struck(state, mode, ear.held[message.channel, message.first].tick)


def listens(state: State, message: Message) -> bool:
    """Whether a note belongs to what is answered."""
    values, channel = state.parameters, round(state.parameters["answer_channel"])
    low, high = sorted((values["answer_from"], values["answer_to"]))
    ours = message.channel == channel if channel else message.channel != DRUM_CHANNEL
    return ours and low <= message.first <= high


def struck(state: State, mode: Mode, tick: int) -> Outcome:
    """Return the instrument after a key was struck at tick `tick`: a phrase begins, or goes on."""
    outcome: Outcome = state, ()
    answered = state.answering.answer is not None
    if mode in (Mode.PAUSE, Mode.LAST) and answered and not state.parameters["answer_stays"]:
        outcome = drop(state)
    state, offs = outcome
    counts = mode is Mode.PAUSE or (mode is Mode.PEDAL and state.answering.pedal)
    if counts and state.answering.since is None:
        state = state.but(answering=replace(state.answering, since=tick))
    return state, offs


def pedalled(state: State, message: Message) -> Outcome | None:
    """Return the instrument after the pedal moved; None where a message is none of the pedal's."""
    ours = message.kind is Kind.CONTROL and message.first == round(state.parameters["answer_pedal"])
    if not ours or mode_of(state) is not Mode.PEDAL:
        return None
    before, down = state.answering, message.second >= DOWN
    state = state.but(answering=replace(before, pedal=down))
    if down and not before.pedal:
        stays = before.answer is None or state.parameters["answer_stays"]
        state, offs = (state, ()) if stays else drop(state)
        since = state.answering.since
        since = held_since(state) if since is None else since  # else a phrase goes on
        return state.but(answering=replace(state.answering, since=since)), offs
    if down or before.since is None or not state.transport.playing:
        return state, ()
    return take_over(state, before.since, next_point(state))


def held_since(state: State) -> int | None:
    """Return from which tick on the keys that are down belong to a pedal that follows them.

    None where none is down. Who holds a key for long before it is heard from the pedal on.
    """
    now = round(place_of(state, state.now))
    struck = max((held.tick for held in state.answering.ear.held.values()), default=None)
    if struck is None or now - struck <= TICKS_PER_QUARTER:
        return struck
    return now


def asked(state: State) -> Outcome:
    """Return the instrument that was told to answer: the present phrase, or the last bars.

    Told again while it answers, it answers the same otherwise. Where nothing was played, the status
    says so.
    """
    if mode_of(state) is Mode.OFF or not state.transport.playing or state.ending:
        return state, ()
    since = phrase_of(state)
    if since is None:
        return state.but(answering=replace(state.answering, reason=NOTHING)), ()
    return take_over(state, since, next_point(state))


def phrase_of(state: State) -> int | None:
    """Return from which tick on what was played is to be answered, None where nothing was."""
    answering = state.answering
    if answering.since is not None:
        return answering.since
    if answering.answer is not None:
        return answering.answer.since
    ticks = [n.tick for n in answering.ear.notes] + [h.tick for h in answering.ear.held.values()]
    if not ticks:
        return None
    bars = round(state.parameters["answer_listen"])
    return (max(ticks) // TICKS_PER_BAR + 1 - bars) * TICKS_PER_BAR
