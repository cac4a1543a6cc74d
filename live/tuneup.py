"""How an instrument begins: what the preset says, and over it what the command line says."""

import secrets
from collections.abc import Mapping

from loopwright.engine.notes import Loop, Part
from loopwright.engine.parameters import defaults
from loopwright.engine.preset import Preset
from loopwright.engine.setup import Setup
from loopwright.engine.state import Settings
from loopwright.live.options import Channels, JamOptions, Wiring
from loopwright.live.patch import OUTPUT, port_name

SEEDS = 63  # bits


def settings_of(options: JamOptions, preset: Preset, *, ports: bool) -> Settings:
    """Return the settings of a jam; without `ports` nobody but ourselves can lead.

    Raises SettingError where the two together leave the bass no octave.
    """
    low, high = preset.bass_range(options.low, options.high)
    hosting = options.hosting
    tempo = {} if options.tempo is None else {"tempo": options.tempo}
    return Settings(
        seed=seed_of(options, preset),
        key=options.key or preset.key,
        low=low,
        high=high,
        parameters={
            **defaults(),
            "tempo": preset.tempo,
            **preset.parameters,
            **dict(options.settings),
            **tempo,
        },
        channels=channels_of(options.wiring.channels, preset),
        ports=ports_of(options.wiring),
        drum_map=preset.drum_map,
        loops=options.loops,
        follow_clock=follows(options, ports=ports),
        sends_clock=options.wiring.lead,
        waits=(options.wiring.lead or options.wiring.link) and not options.loops,
        session=options.wiring.link,
        unit=hosting.unit,
        freewheel=hosting.freewheel,
        restart=hosting.restart,
        style=options.style,
    )


def setup_of(options: JamOptions, preset: Preset, loop: Loop, tempo: float | None) -> Setup:
    """Return what a preset brings to a jam that plays, to begin with `loop`, at `tempo` if told.

    What the command line said goes before every preset. Raises SettingError where the two together
    leave the bass no octave.
    """
    low, high = preset.bass_range(options.low, options.high)
    told = options.tempo is not None or "tempo" in dict(options.settings)
    own = preset.parameters.get("tempo", preset.tempo) if tempo is None else tempo
    return Setup(
        loop,
        seed=seed_of(options, preset),
        key=options.key or preset.key,
        low=low,
        high=high,
        tempo=None if told else own,
        parameters={**preset.parameters, **dict(options.settings)},
        drum_map=preset.drum_map,
    )


def follows(options: JamOptions, *, ports: bool) -> bool:
    """Say whether another clock is followed; with a tempo of our own only one of peers is."""
    alone = options.tempo is not None or options.wiring.lead
    return ports and (options.wiring.link or not alone)


def seed_of(options: JamOptions, preset: Preset) -> int:
    """Return the seed of all chance: told, the preset's, or a fresh one."""
    for seed in (options.seed, preset.seed):
        if seed is not None:
            return seed
    return secrets.randbits(SEEDS)


def ports_of(wiring: Wiring) -> Mapping[Part, str]:
    """Return the port that each part leaves on."""
    return {p: OUTPUT if wiring.one_port or wiring.port is not None else port_name(p) for p in Part}


def channels_of(told: Channels, preset: Preset) -> Mapping[Part, int]:
    """Return the channel of each part, 1..16."""
    said = {Part.DRUMS: told.drums, Part.BASS: told.bass, Part.MELODY: told.melody}
    return {p: c if (c := said[p]) is not None else preset.channels[p] for p in Part}
