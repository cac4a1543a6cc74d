"""What was fetched takes effect, all at once: parameters, key, drum map, loop, and whom to ask."""

from dataclasses import replace

from loopwright.engine import repertoire
from loopwright.engine.choice import Bend
from loopwright.engine.controls import settled
from loopwright.engine.parameters import BY_NAME, clamp
from loopwright.engine.repertoire import Repertoire
from loopwright.engine.setup import Setup
from loopwright.engine.state import Settings, State
from loopwright.engine.time import Tick


def taken_up(state: State, line: Tick) -> State:
    """Return the instrument at a boundary, bar line `line`: what was fetched counts from there."""
    setup = state.choice.coming
    if setup is None:
        return state
    # In a session the tempo is not ours alone.
    tempo = None if state.settings.session else setup.tempo
    bend = None if tempo is None else Bend(line, clamp("tempo", tempo))
    return state.but(
        settings=with_setup(state.settings, setup, state.choice.newest),
        parameters={name: valued(state, setup, name) for name in BY_NAME},
        repertoire=with_loop(state.repertoire, setup),
        choice=replace(state.choice, place=None, coming=None, bend=bend),
        retry=None,
        reason="",
    )


def with_setup(settings: Settings, setup: Setup, slot: int) -> Settings:
    """Return the settings of an instrument that plays a preset, that of choice `slot`."""
    return replace(
        settings,
        seed=setup.seed,
        key=setup.key,
        low=setup.low,
        high=setup.high,
        drum_map=setup.drum_map,
        slot=slot,
    )


def valued(state: State, setup: Setup, name: str) -> float:
    """Return what a parameter is in a preset: as it was, where it belongs to the place."""
    parameter = BY_NAME[name]
    if parameter.stays:
        return state.parameters[name]
    told = settled(name, setup.parameters.get(name, parameter.default))
    return parameter.default if told is None else told


def with_loop(songs: Repertoire, setup: Setup) -> Repertoire:
    """Return the repertoire whose next loop is a preset's; what was asked for before is stale.

    Its key is that of the loops that follow, where the preset names none.
    """
    key = repertoire.key_of(setup.loop) or songs.key
    return replace(repertoire.recalled(songs, setup.loop), key=key)
