"""`loopwright presets export`: kept loops as files for the DAW."""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loopwright.engine.errors import PresetError
from loopwright.engine.preset import Preset, SavedLoop
from loopwright.export.clips import clip_bytes, clip_name, part_clips
from loopwright.export.picture import png_bytes
from loopwright.live.audition import font_for, wav_bytes
from loopwright.live.library import system_library, verified
from loopwright.live.render import check_folder, write_files


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files each loop becomes besides its clip; `font` is the sound font of a WAV file."""

    parts: bool = False
    png: bool = False
    font: Path | None = None


def export_loops(told: Namespace) -> str:
    """Write the kept loops of a preset as files. Blocks. Raises LoopwrightError."""
    _, content = verified(system_library(), told.preset)
    preset = content.preset
    loops = (preset.saved(told.loop),) if told.loop else preset.loops
    if not loops:
        raise PresetError(f"preset {preset.name}: no loop was kept (k in a jam keeps one)")
    font = font_for(told.sound_font) if told.wav else None
    files = files_of(preset, loops, Wanted(told.parts, told.png, font))
    out = Path(told.out)
    check_folder(out)
    write_files(out, files, force=told.force)
    return f"{len(loops)} loops of {preset.name} in {out}: {len(files)} files"


def files_of(preset: Preset, loops: tuple[SavedLoop, ...], wanted: Wanted) -> dict[str, bytes]:
    """Return files by name: NAME_8bar_120bpm_Am_01.mid, with _drums or _bass for a part."""
    return {name: content for saved in loops for name, content in files_for(preset, saved, wanted)}


def files_for(preset: Preset, saved: SavedLoop, wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    """Yield the files of one kept loop, each with its name."""
    title = clip_name(preset, saved.loop, saved.tempo, saved.name)
    clip = clip_bytes(preset, saved.loop, saved.tempo, title)
    yield f"{title}.mid", clip
    if wanted.parts:
        for name, content in part_clips(preset, saved.loop, saved.tempo, title):
            yield f"{name}.mid", content
    if wanted.png:
        yield f"{title}.png", png_bytes(saved.loop)
    if wanted.font:
        yield f"{title}.wav", wav_bytes(clip, wanted.font)
