"""Loops written to MIDI files: the composer without a player."""

import secrets
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from loopwright.engine.amounts import amount
from loopwright.engine.compose import BASS_CEILING, BASS_FLOOR, Request, Sampling, Take
from loopwright.engine.errors import LoopwrightError, MidiFileError
from loopwright.engine.keys import Key
from loopwright.engine.loopmodel import Model
from loopwright.engine.notes import Loop
from loopwright.engine.parameters import defaults
from loopwright.engine.preset import Preset
from loopwright.engine.roll import DRUM_IN
from loopwright.export.clips import clip_bytes, clip_name
from loopwright.export.takefile import read_take
from loopwright.live.compose_loop import compose
from loopwright.live.files import check_folder, write_files
from loopwright.live.library import DEFAULT, open_preset, system_library
from loopwright.live.options import RenderOptions
from loopwright.live.runtime import LoopModel

FRESH_SEEDS = 2**32
MANY = 16  # loops, or takes, that are worth a progress bar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Batch:
    """Which loops to render: how many, from which chance, how bold, where the bass lies.

    `key` None takes the key of the first loop; with `free` each loop stays in its own.
    """

    loops: int
    seed: int
    sampling: Sampling = field(default_factory=Sampling)
    key: Key | None = None
    free: bool = False
    low: int = BASS_FLOOR
    high: int = BASS_CEILING
    take: Take | None = None


def render_to_files(options: RenderOptions) -> str:
    """Render what the command line asks for; return a line that says what was done.

    Blocks until all is written; writes nothing where anything is wrong. Raises LoopwrightError.
    """
    opened = open_preset(system_library(), options.preset or DEFAULT)
    batch = batch_of(options, opened.preset)
    out = Path(options.out)
    check_folder(out)
    model = LoopModel.open(opened.model, options.device)
    tempo = options.tempo or opened.preset.tempo
    loops = shown(loops_of(model, batch), batch.loops)
    write_files(out, files_of(loops, opened.preset, tempo), force=options.force)
    return (
        f"{amount(batch.loops, 'loop')} in {out} (preset {opened.preset.name}, seed {batch.seed})"
    )


def batch_of(options: RenderOptions, preset: Preset) -> Batch:
    """Return the batch that the options ask for, the preset's word where they are silent."""
    settings = defaults() | dict(preset.parameters) | dict(options.settings)
    sampling = Sampling(settings["temperature"], int(settings["top_k"]), settings["top_p"])
    seed = options.seed if options.seed is not None else preset.seed
    take = None if options.seed_file is None else read_seed(Path(options.seed_file), preset)
    low, high = preset.bass_range(options.low, options.high)
    return Batch(
        loops=options.loops,
        seed=secrets.randbelow(FRESH_SEEDS) if seed is None else seed,
        sampling=sampling,
        key=None if options.each_key else options.key or preset.key,
        free=options.each_key,
        low=low,
        high=high,
        take=take,
    )


def loops_of(model: Model, batch: Batch) -> Iterator[Loop]:
    """Yield the loops of a batch; the same batch gives the same loops. Raises LoopwrightError."""
    key = batch.key
    for number in range(1, batch.loops + 1):
        request = Request(
            number, batch.seed, batch.sampling, key, batch.low, batch.high, batch.take
        )
        composed = compose(model, request)
        if composed.loop is None:
            raise LoopwrightError(f"loop {number}: {composed.reason}")
        yield composed.loop
        if not batch.free:
            key = key or composed.loop.key


def files_of(loops: Iterable[Loop], preset: Preset, tempo: float) -> dict[str, bytes]:
    """Return the MIDI files of loops by name: PRESET_8bar_120bpm_Am_01.mid."""
    loops = tuple(loops)
    width = max(2, len(str(len(loops))))
    names = [
        clip_name(preset, loop, tempo, f"{number:0{width}}") for number, loop in enumerate(loops, 1)
    ]
    return {
        f"{name}.mid": clip_bytes(preset, loop, tempo, name)
        for name, loop in zip(names, loops, strict=True)
    }


def read_seed(path: Path, preset: Preset) -> Take:
    """Read a seed from a MIDI file; drums are known by the preset's drum map too.

    Raises MidiFileError.
    """
    try:
        content = path.read_bytes()
    except OSError as trouble:
        raise MidiFileError(f"{path} cannot be read: {trouble.strerror}") from None
    heard = {**DRUM_IN, **{note: drum for drum, note in preset.drum_map.items()}}
    return read_take(content, str(path), heard)


def shown(pieces: Iterable[T], total: int, unit: str = "loop") -> Iterable[T]:
    """Return pieces that tell on a terminal how far they are, where there are many."""
    if total < MANY or not sys.stderr.isatty():
        return pieces
    return tqdm(pieces, total=total, unit=unit)
