"""What `loopwright render --continue` is told, checked and frozen. Standard library only."""

from argparse import ArgumentParser, Namespace
from dataclasses import dataclass

from loopwright.engine.errors import SettingError
from loopwright.engine.keys import Key, parse_key
from loopwright.engine.parameters import OF_MELODY
from loopwright.engine.phraseseed import HIGHEST, LOWEST
from loopwright.live.options import (
    check,
    checked_seed,
    checked_tempo,
    parse_setting,
)

BARS, TAKES = 8, 4
MOST_BARS, MOST_TAKES = 64, 1000
ALONE = ("seed_file", "each_key", "replay")  # for loops alone
ONE = 1  # loop, where nobody says how many
OURS = ("bars", "takes", "style", "set")  # for melodies alone
NAMED = ("low", "high", "temperature", "top_k", "top_p")  # melody settings with an option each


@dataclass(frozen=True, slots=True)
class ContinueOptions:
    """Which tune is gone on with, for how many bars, how often, and how.

    It is that of `file`, or the played side of the kept `phrase` of the preset. `bars` None are as
    many as that was answered for, else `BARS`. `key` None is that of the tune.
    `settings` are (name, value) pairs of `OF_MELODY`, in range; later pairs win.
    """

    file: str | None
    out: str
    phrase: str | None = None
    bars: int | None = None
    takes: int = TAKES
    preset: str | None = None
    seed: int | None = None
    tempo: float | None = None
    key: Key | None = None
    style: str = ""
    settings: tuple[tuple[str, float], ...] = ()
    force: bool = False
    device: str = "auto"


def add_continue(parser: ArgumentParser) -> None:
    """Add what a rendering is told that goes on with a tune."""
    group = parser.add_argument_group("a melody that goes on from a MIDI file, instead of loops")
    add = group.add_argument
    add("--continue", dest="tune", metavar="MID", help="the tune to go on from")
    add("--phrase", metavar="NAME", help="answer a kept phrase of --preset anew, instead")
    says = f"how many bars (default: {BARS}, or the phrase's); with --replay, which ones"
    add("--bars", metavar="N", help=says)
    add("--takes", type=int, metavar="N", help=f"how many of them (default: {TAKES})")
    add("--style", metavar="WORD", help="a style that the model knows (presets show tells)")
    says = f"set anything of the melody, as in a jam: {', '.join(OF_MELODY)}"
    add("--set", action="append", metavar="NAME=VALUE", help=says)


def continue_options(told: Namespace) -> ContinueOptions | None:
    """Return what is to be gone on with, None where loops are wanted. Raises SettingError."""
    if told.tune is None and told.phrase is None:
        check_ours(told)
        return None
    check_alone(told)
    bars = None if told.bars is None else whole("--bars", told.bars)
    takes = TAKES if told.takes is None else told.takes
    check("--bars", BARS if bars is None else bars, 1, MOST_BARS)
    check("--takes", takes, 1, MOST_TAKES)
    for name in ("low", "high"):
        if getattr(told, name) is not None:
            check(f"--{name}", getattr(told, name), LOWEST, HIGHEST)
    return ContinueOptions(
        file=told.tune,
        out=told.out,
        phrase=told.phrase,
        bars=bars,
        takes=takes,
        preset=told.preset,
        seed=checked_seed(told.seed),
        tempo=checked_tempo(told.tempo),
        key=None if told.key is None else parse_key(told.key),
        style=told.style or "",
        settings=melody_settings(told),
        force=told.force,
        device=told.device,
    )


def melody_settings(told: Namespace) -> tuple[tuple[str, float], ...]:
    """Return the settings of the melody, those with options of their own last.

    Raises SettingError, for what no melody is drawn by, too.
    """
    pairs = [parse_setting(text) for text in told.set or ()]
    for name, _ in pairs:
        if name not in OF_MELODY:
            raise SettingError(f"--set {name}: a melody is drawn by {', '.join(OF_MELODY)}")
    given = [(name, getattr(told, name)) for name in NAMED]
    texts = [f"melody_{name}={value}" for name, value in given if value is not None]
    return (*pairs, *map(parse_setting, texts))


def whole(option: str, text: str) -> int:
    """Return a whole number that an option was told. Raises SettingError."""
    try:
        return int(text)
    except ValueError:
        raise SettingError(f"{option} {text}: a whole number is needed") from None


def check_ours(told: Namespace) -> None:
    """Raise SettingError for an option that is for melodies alone; bars may be a replay's."""
    for name in OURS:
        if getattr(told, name) is not None and not (told.replay and name == "bars"):
            others = ", --phrase NAME, or --replay LOG" if name == "bars" else " or --phrase NAME"
            raise SettingError(f"--{name} goes with --continue MID{others}")


def check_alone(told: Namespace) -> None:
    """Raise SettingError for an option that is for loops alone, or for the other kind of tune."""
    if told.phrase is not None and (told.tune is not None or told.preset is None):
        raise SettingError("--phrase goes with --preset X, which it was kept in, not --continue")
    asked = "--continue" if told.phrase is None else "--phrase"
    for name in ALONE:
        if getattr(told, name):
            raise SettingError(f"{asked} goes without --{name.replace('_', '-')}")
    if told.loops != ONE:
        raise SettingError(f"{asked} goes without --loops: --takes says how many, --bars how far")
