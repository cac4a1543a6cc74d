"""`loopwright presets export`: kept loops and phrases as files for the DAW."""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loopwright.engine.amounts import amount
from loopwright.engine.errors import PresetError
from loopwright.engine.preset import Preset, SavedLoop, SavedPhrase
from loopwright.export.clips import clip_bytes, clip_name, part_clips, phrase_clips
from loopwright.export.picture import png_bytes
from loopwright.live.audition import font_for, wav_bytes
from loopwright.live.files import check_folder, write_files
from loopwright.live.library import system_library, verified


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files all becomes besides its clip; `font` is the sound font of a WAV file."""

    parts: bool = False
    png: bool = False
    font: Path | None = None


def export_kept(told: Namespace) -> str:
    """Write the kept loops and phrases of a preset as files. Blocks. Raises LoopwrightError."""
    _, content = verified(system_library(), told.preset)
    preset = content.preset
    loops, phrases = chosen(preset, told.loop, told.phrase)
    if not loops and not phrases:
        raise PresetError(f"preset {preset.name}: nothing was kept (k and K in a jam keep)")
    font = font_for(told.sound_font) if told.wav else None
    wanted = Wanted(told.parts, told.png, font)
    files = {n: content for saved in loops for n, content in files_for(preset, saved, wanted)}
    files |= {n: content for saved in phrases for n, content in phrase_files(preset, saved, wanted)}
    out = Path(told.out)
    check_folder(out)
    write_files(out, files, force=told.force)
    kept = ((len(loops), "loop"), (len(phrases), "phrase"))
    counted = " and ".join(amount(count, kind) for count, kind in kept if count)
    return f"{counted} of {preset.name} in {out}: {amount(len(files), 'file')}"


def chosen(
    preset: Preset, loop: str | None, phrase: str | None
) -> tuple[tuple[SavedLoop, ...], tuple[SavedPhrase, ...]]:
    """Return what is named of a preset, or all that was kept. Raises PresetError."""
    if not loop and not phrase:
        return preset.loops, preset.phrases
    loops = (preset.saved(loop),) if loop else ()
    return loops, (preset.phrase(phrase),) if phrase else ()


def files_for(preset: Preset, saved: SavedLoop, wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    """Yield the files of one kept loop: NAME_8bar_120bpm_Am_01.mid, _drums or _bass for a part."""
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


def phrase_files(preset: Preset, saved: SavedPhrase, wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    """Yield the files of one kept phrase: NAME_4bar_120bpm_Am_phrase_01.mid, and its two sides."""
    whole, *sides = phrase_clips(preset, saved)
    for name, clip in (whole, *sides) if wanted.parts else (whole,):
        yield f"{name}.mid", clip
    if wanted.font:
        yield f"{whole[0]}.wav", wav_bytes(whole[1], wanted.font)
