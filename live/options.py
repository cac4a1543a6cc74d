"""What a jam is told on the command line, checked and frozen. Standard library only.

None, and an empty tuple, mean "not said": then the preset's word counts, then the default.
"""

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass, field

from loopwright.engine.bars import Bars, parse_bars
from loopwright.engine.compose import spans_octave
from loopwright.engine.errors import SettingError
from loopwright.engine.keys import Key, parse_key
from loopwright.engine.parameters import BY_NAME
from loopwright.live.hosting import Hosting, hosting_from

MIDI_SYSTEMS = ("auto", "jack", "alsa", "core", "windows", "none")
MOST_LOOPS = 100_000
OFF = "off"  # in place of a melody model's preset, or of a session log
WIDEST_SEED = 2**63 - 1
NOT_REPLAYED = (
    *("preset", "seed", "tempo", "key", "low", "high", "seed_file"),
    *("temperature", "top_k", "top_p"),
)
"""What a replay takes from its log: nobody says it otherwise."""
USUAL: dict[str, object] = {"loops": 1, "device": "auto", "each_key": False}
"""The same, with what stands for not being said."""


@dataclass(frozen=True, slots=True)
class Channels:
    """The MIDI channel of each part, 1..16; None leaves it to the preset."""

    drums: int | None = None
    bass: int | None = None
    melody: int | None = None


@dataclass(frozen=True, slots=True)
class Wiring:
    """Where MIDI comes from and goes to.

    `port`, `notes_from` and `clock_from` are parts of the names of ports that exist already;
    None opens virtual ports of our own. `one_port` sends all parts on one port, by channel.
    With `lead` our clock is sent, to the existing port `clock_to` if that is said; with `link` we
    follow the session of Ableton Link. `exact` takes JACK to the frame or not at all.
    """

    port: str | None = None
    notes_from: str | None = None
    clock_from: str | None = None
    one_port: bool = False
    midi_system: str = "auto"
    channels: Channels = field(default_factory=Channels)
    lead: bool = False
    clock_to: str | None = None
    link: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True)
class JamOptions:
    """Everything that `loopwright jam` was told.

    `loops` 0 plays without end. `tempo` is that of our own clock, in quarter notes a minute.
    `low` and `high` are the MIDI pitches that the bass is folded between. `settings` are
    (name, value) pairs of `engine.parameters`, in range; later pairs win. `device` is auto, cpu,
    cuda or one of the model's variants. `recall` names a kept loop of the preset to begin with.
    `melody` names the preset whose melody model goes on from what is played, or is "off"; `style`
    is a word of that model.
    `slots` names the file that says what programs stand for.
    `record` names the MIDI file that a jam without a MIDI system writes. `log` names the session
    log, or is "off"; None: the session is kept by itself.
    """

    preset: str | None = None
    loops: int = 0
    tempo: float | None = None
    key: Key | None = None
    low: int | None = None
    high: int | None = None
    seed: int | None = None
    settings: tuple[tuple[str, float], ...] = ()
    wiring: Wiring = field(default_factory=Wiring)
    device: str = "auto"
    recall: str | None = None
    slots: str | None = None
    melody: str | None = None
    style: str = ""
    record: str | None = None
    log: str | None = None
    hosting: Hosting = field(default_factory=Hosting)


def check(name: str, value: float, low: float, high: float) -> None:
    """Raise SettingError unless `value` lies within `low`..`high`, both included."""
    if not low <= value <= high:
        raise SettingError(f"{name} {value:g} is outside {low:g}-{high:g}")


def checked_tempo(value: float | None) -> float | None:
    """Return a tempo of 20-400 quarter notes a minute, or None. Raises SettingError."""
    if value is not None:
        check("tempo", value, BY_NAME["tempo"].low, BY_NAME["tempo"].high)
    return value


def checked_range(low: int | None, high: int | None) -> tuple[int | None, int | None]:
    """Return the bass range: MIDI pitches, an octave wide if both are said. Raises SettingError."""
    for name, pitch in (("--low", low), ("--high", high)):
        if pitch is not None:
            check(name, pitch, 0, 127)
    if low is not None and high is not None and not spans_octave(low, high):
        raise SettingError(f"the bass needs an octave: --low {low} --high {high} is too narrow")
    return low, high


def parse_setting(text: str) -> tuple[str, float]:
    """Read NAME=VALUE, a parameter of the one table. Raises SettingError."""
    name, equals, value = (piece.strip() for piece in text.partition("="))
    if not equals:
        raise SettingError(f"--set {text}: write NAME=VALUE")
    if name not in BY_NAME:
        raise SettingError(f"no such setting: {name!r} (there are {', '.join(BY_NAME)})")
    if value in BY_NAME[name].words:
        return name, float(BY_NAME[name].words.index(value))
    try:
        number = float(value)
    except ValueError:
        wanted = " or ".join(BY_NAME[name].words) or "a number"
        raise SettingError(f"{name}: {value!r} is not {wanted}") from None
    check(name, number, BY_NAME[name].low, BY_NAME[name].high)
    return name, number


def settings_from(told: Namespace) -> tuple[tuple[str, float], ...]:
    """Return the settings that the command line names, the short options after `--set`.

    Raises SettingError.
    """
    pairs = [parse_setting(text) for text in told.set]
    pairs += named_settings(told, ("temperature", "every", "answer"))
    pairs += [(name, 1.0) for name in ("follow", "flat") if getattr(told, name)]
    if told.melody == OFF:
        check_off(told, dict(pairs))
        pairs.append(("answer", 0.0))
    # Somebody who asks for 16 loops wants to hear sixteen, not one of them sixteen times.
    if told.loops and "every" not in dict(pairs):
        pairs.append(("every", 1.0))
    return tuple(pairs)


def check_off(told: Namespace, settings: Mapping[str, float]) -> None:
    """Raise SettingError for what is said of answers where there are to be none."""
    said = "--answer" if settings.get("answer") else "--style" if told.style else ""
    if said:
        raise SettingError(f"--melody off leaves nobody to answer: it goes without {said}")


def named_settings(told: Namespace, names: tuple[str, ...]) -> list[tuple[str, float]]:
    """Return the parameters that have options of their own and were given."""
    given = [(name, getattr(told, name)) for name in names if getattr(told, name) is not None]
    return [parse_setting(f"{name}={value}") for name, value in given]


def wiring_from(told: Namespace) -> Wiring:
    """Return the wiring that the command line asks for. Raises SettingError."""
    channels = Channels(told.channel_drums, told.channel_bass, told.channel_melody)
    for name in ("drums", "bass", "melody"):
        channel = getattr(channels, name)
        if channel is not None:
            check(f"--channel-{name}", channel, 1, 16)
    return Wiring(
        told.port,
        told.notes_from,
        told.clock_from,
        told.one_port,
        told.midi_system,
        channels,
        leads(told),
        told.clock_to,
        told.clock == "link",
    )


def leads(told: Namespace) -> bool:
    """Say whether our clock is to be sent. Raises SettingError where another is to be followed."""
    lead = told.lead or told.clock_to is not None
    if lead + (told.clock == "link") + (told.clock_from is not None) > 1:
        raise SettingError("--lead, --clock link and --clock-from exclude each other")
    return lead


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """Everything that `loopwright render` was told; `settings` hold the sampling.

    `replay` names a session log that is played again: nothing else is rendered then. `bars` are
    those of it that are wanted as clips, None for all of it as it was sent.
    """

    loops: int
    out: str
    preset: str | None = None
    seed: int | None = None
    tempo: float | None = None
    key: Key | None = None
    each_key: bool = False
    low: int | None = None
    high: int | None = None
    settings: tuple[tuple[str, float], ...] = ()
    seed_file: str | None = None
    force: bool = False
    device: str = "auto"
    replay: str | None = None
    bars: Bars | None = None


def render_options(told: Namespace) -> RenderOptions:
    """Return the options of a rendering from what argparse read. Raises SettingError."""
    if told.replay is not None:
        return replay_options(told)
    check("--loops", told.loops, 1, MOST_LOOPS)
    low, high = checked_range(told.low, told.high)
    if told.key is not None and told.each_key:
        raise SettingError("--key and --each-key exclude each other")
    return RenderOptions(
        loops=told.loops,
        out=told.out,
        preset=told.preset,
        seed=checked_seed(told.seed),
        tempo=checked_tempo(told.tempo),
        key=None if told.key is None else parse_key(told.key),
        each_key=told.each_key,
        low=low,
        high=high,
        settings=tuple(named_settings(told, ("temperature", "top_k", "top_p"))),
        seed_file=told.seed_file,
        force=told.force,
        device=told.device,
    )


def replay_options(told: Namespace) -> RenderOptions:
    """Return the options of a replay. Raises SettingError where more is asked of it."""
    for name in (*NOT_REPLAYED, *USUAL):
        if getattr(told, name) != USUAL.get(name):
            option = name.replace("_", "-")
            raise SettingError(f"--replay plays a log as it was: it goes without --{option}")
    bars = None if told.bars is None else parse_bars(told.bars)
    return RenderOptions(told.loops, told.out, force=told.force, replay=told.replay, bars=bars)


def checked_seed(value: int | None) -> int | None:
    """Return a random seed of 0..2^63-1, or None. Raises SettingError."""
    if value is not None and not 0 <= value <= WIDEST_SEED:
        raise SettingError(f"--seed {value} is outside 0-{WIDEST_SEED}")
    return value


def jam_options(told: Namespace) -> JamOptions:
    """Return the options of a jam from what argparse read. Raises SettingError."""
    check("--loops", told.loops, 0, MOST_LOOPS)
    low, high = checked_range(told.low, told.high)
    return JamOptions(
        preset=told.preset,
        loops=told.loops,
        tempo=checked_tempo(told.tempo),
        key=None if told.key is None else parse_key(told.key),
        low=low,
        high=high,
        seed=checked_seed(told.seed),
        settings=settings_from(told),
        wiring=wiring_from(told),
        device=told.device,
        recall=told.recall,
        slots=told.slots,
        melody=told.melody,
        style=told.style or "",
        record=told.record,
        log=told.log,
        hosting=hosting_from(told),
    )
