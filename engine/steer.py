"""What a musician does to the instrument, and what the composer answers."""

from collections.abc import Callable

from loopwright.engine import answerkeep, midi, repertoire
from loopwright.engine.answerhear import asked
from loopwright.engine.controls import settled
from loopwright.engine.happen import Action, Answered, End, Keep, Send, Turned
from loopwright.engine.lead import go_on, start_alone, tempo_turned, toggle
from loopwright.engine.notes import Loop
from loopwright.engine.stage import Outcome, ask, heard_take, reset, silence, silence_now
from loopwright.engine.state import State, offsets_of
from loopwright.engine.switch import choose
from loopwright.engine.time import Seconds

PATIENCE = 1.0  # seconds before asking again, after a failure with nothing to play


def answer(state: State, answered: Answered) -> Outcome:
    """Return the instrument after an answer of the composer; only the one waited for counts."""
    songs, composed = state.repertoire, answered.composed
    if not repertoire.awaited(songs, composed):
        return state.but(counts=state.counts.plus(stale=1)), ()
    songs = repertoire.answered(songs, composed)
    state = state.but(repertoire=songs, reason=composed.reason)
    if composed.loop is not None:
        return start_alone(state)
    idle = songs.playing is None and songs.coming is None
    retry = Seconds(state.now + PATIENCE) if idle else None
    return state.but(counts=state.counts.plus(failed=1), retry=retry), ()


def recall(state: State, loop: Loop) -> Outcome:
    """Return the instrument in which a kept loop comes next."""
    return start_alone(state.but(repertoire=repertoire.recalled(state.repertoire, loop)))


def press(state: State, action: Action) -> Outcome:
    """Return the instrument after an action."""
    return PRESSES[action](state)


def new(state: State) -> Outcome:
    """Return the instrument that has asked for another loop."""
    return ask(state, heard_take(state) if state.parameters["follow"] else None)


def grow(state: State) -> Outcome:
    """Return the instrument that has asked for a loop grown from what was played in."""
    return ask(state, heard_take(state))


def keep(state: State) -> Outcome:
    """Return the instrument that wishes the playing loop to be saved."""
    loop = state.repertoire.playing
    return state, () if loop is None else (Keep(loop),)


def back(state: State) -> Outcome:
    """Return the instrument in which the loop before this one comes next."""
    return state.but(repertoire=repertoire.back(state.repertoire)), ()


def after(state: State) -> Outcome:
    """Return the instrument that wishes for the next slot."""
    return choose(state, None, 1)


def before(state: State) -> Outcome:
    """Return the instrument that wishes for the slot before."""
    return choose(state, None, -1)


def end(state: State) -> Outcome:
    """Return the instrument, silent and over."""
    state, offs = silence(state)
    return state.but(ended=True), (*offs, End())


def panic(state: State) -> Outcome:
    """Return the instrument silenced: own notes off first, then whole channels."""
    state, offs = silence_now(state)
    at = max(state.now, state.table.frontier)
    channels = state.settings.channels
    quiet = (
        Send(part, data, at) for part in channels for data in midi.all_notes_off(channels[part])
    )
    return state, (*offs, *quiet)


def turn(state: State, turned: Turned) -> Outcome:
    """Return the instrument with a parameter set; what it takes no meaning from is ignored."""
    value = settled(turned.name, turned.value)
    if value is None:
        return state, ()
    before = state.parameters[turned.name]
    values = {**state.parameters, turned.name: value}
    state = state.but(parameters=values, offsets=offsets_of(values))
    if turned.name == "answer" and value != before:
        return reset(state)
    return tempo_turned(state) if turned.name == "tempo" else (state, ())


PRESSES: dict[Action, Callable[[State], Outcome]] = {
    Action.NEW: new,
    Action.GROW: grow,
    Action.KEEP: keep,
    Action.KEEP_PHRASE: answerkeep.keep,
    Action.BACK: back,
    Action.ANSWER: asked,
    Action.NEXT: after,
    Action.BEFORE: before,
    Action.PLAY: toggle,
    Action.GO_ON: go_on,
    Action.PANIC: panic,
    Action.QUIT: end,
}
"""What each action does."""
