"""`loopwright evaluate --listening`: the folder that listeners get, and what comes back."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import cast

from loopwright.engine.errors import SettingError
from loopwright.engine.loopmodel import Model
from loopwright.engine.notes import Loop
from loopwright.training.dataset import LoopSet, Split, load
from loopwright.training.files import make_folder, write_whole
from loopwright.training.listening import (
    PRACTICE,
    Heard,
    Kinds,
    key_file,
    key_text,
    planned,
    read_key,
    read_ratings,
    result_text,
)
from loopwright.training.listeningpage import page
from loopwright.training.measures import Rolls
from loopwright.training.options import at_least
from loopwright.training.throughmodel import Asked, drawn

REAL = "real, held-out"
PAGE, LOOPS = "index.html", "loops"


def add_listening(parser: ArgumentParser) -> None:
    """Add what `evaluate` can be told for a listening test."""
    group = parser.add_argument_group("a listening test")
    group.add_argument("--listening", type=Path, metavar="DIR",
                       help="write a blind page: loops of the preset and real ones")  # fmt: skip
    group.add_argument("--against", nargs="+", default=[], metavar="PRESET",
                       help="presets whose loops are heard, too")  # fmt: skip
    group.add_argument("--each", type=int, default=10, metavar="N", help="of each kind")
    group.add_argument("--listening-result", type=Path, nargs="+", metavar="CSV",
                       help="ratings that came back: means, Kruskal-Wallis")  # fmt: skip


def is_listening(told: Namespace) -> bool:
    """Tell whether a listening test is asked for, or its result."""
    return told.listening is not None or told.listening_result is not None


def listen(told: Namespace) -> str:
    """Write a listening test, or tell what came of one. Raises LoopwrightError."""
    if told.listening is None:
        raise SettingError("--listening-result needs --listening DIR, the folder of the test")
    folder = cast(Path, told.listening)
    if told.listening_result is not None:
        return result_text(read_ratings(told.listening_result, read_key(folder)))
    if told.preset is None or told.data is None:
        raise SettingError("--listening needs a PRESET and --data NPZ, its data set")
    at_least("--each", told.each)
    return write_test(told, folder, load(told.data))


def write_test(told: Namespace, folder: Path, data: LoopSet) -> str:
    """Write page, MIDI files and key of a test; return what to do with them."""
    for there in (folder, key_file(folder)):
        if there.exists():
            raise SettingError(f"{there} exists already")
    loops = planned(kinds_of(told, data), told.each, told.seed)
    practice = planned({REAL: data.part(Split.VALIDATION).rolls()}, PRACTICE, told.seed)
    make_folder(folder / LOOPS)
    save = cast(Callable[[Loop], bytes], told.loop_file)
    for one in loops:
        write_whole(folder / LOOPS / f"{one.name}.mid", save(one.loop))
    write_whole(folder / PAGE, page(practice, loops).encode())
    write_whole(key_file(folder), key_text(loops).encode())
    return what_next(folder, loops)


def kinds_of(told: Namespace, data: LoopSet) -> Kinds:
    """Return rolls of each kind: real ones of held-out songs, one a song, and each preset's."""
    presets = [str(told.preset), *cast(list[str], told.against)]
    if len(set(presets)) < len(presets):
        raise SettingError("a preset is named twice: each is a kind of its own")
    return {REAL: one_a_song(data.part(Split.TEST)), **{p: rolls_of(told, p) for p in presets}}


def rolls_of(told: Namespace, preset: str) -> Rolls:
    """Return as many drawn loops of a preset as are heard.

    The temperature is for codes: the loop paper warmed the VQ-VAE alone, its VAEs drew as they do.
    """
    model = cast(Callable[[str, str], Model], told.open_model)(preset, told.device)
    heat = told.temperature if model.in_time else 1.0
    return drawn(model, Asked(told.each, told.seed, heat))[1]


def one_a_song(data: LoopSet) -> Rolls:
    """Return the first loop of each group (n, 128, 93)."""
    seen: dict[int, int] = {}
    for place, group in enumerate(data.group.tolist()):
        seen.setdefault(group, place)
    return data.rolls()[list(seen.values())]


def what_next(folder: Path, loops: list[Heard]) -> str:
    """Return what to do with a test that was written."""
    return (
        f"{len(loops)} loops: give {folder} to listeners, and keep {key_file(folder)} to yourself. "
        f"Then: loopwright evaluate --listening {folder} --listening-result *.csv"
    )
