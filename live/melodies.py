"""Presets that bring a melody model: which one is meant, and where its files lie."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loopwright.engine.errors import PresetError, SettingError
from loopwright.engine.parameters import OF_MELODY
from loopwright.engine.preset import Preset
from loopwright.engine.stepsidecar import MODEL, SIDECAR
from loopwright.export.presetfile import PresetFolder, is_preset
from loopwright.live.library import Library, model_of, verified
from loopwright.live.options import OFF

LEAD = "lead"  # the preset whose melody model plays where none is named


@dataclass(frozen=True, slots=True)
class Singer:
    """A preset, and the folder that its melody model lies in: its own, or another preset's."""

    preset: Preset
    folder: Path


def has_melody(preset: Preset) -> bool:
    """Say whether a preset brings a melody model."""
    return any(model.name == MODEL for model in preset.models)


def melody_in(library: Library, content: PresetFolder) -> Path:
    """Return where the melody model of a preset lies. Raises PresetError."""
    preset = content.preset
    if not has_melody(preset):
        raise PresetError(f"preset {preset.name}: it has no melody model (try {LEAD})")
    return model_of(library, content, MODEL, SIDECAR)


def open_singer(library: Library, name: str) -> Singer:
    """Find, read and verify a preset whose melody model can be played. Raises PresetError."""
    _, content = verified(library, name)
    return Singer(content.preset, melody_in(library, content))


def check_style(style: str, known: Sequence[str] | None) -> None:
    """Raise SettingError for a style that a melody model does not know; None: there is no model."""
    if not style or style in (known or ()):
        return
    if known is None:
        raise SettingError(f"--style {style}: no melody plays here whose style could be chosen")
    there = f"no such style (there are: {', '.join(known)})" if known else "no styles"
    raise SettingError(f"--style {style}: the melody model knows {there}")


def styles_in(folder: Path | None) -> tuple[str, ...] | None:
    """Return the styles that the melody model of a folder knows, None without a folder.

    Raises PresetError.
    """
    if folder is None:
        return None
    # Imported where somebody asks for a style: a jam starts sooner without it.
    from loopwright.engine.languages import language_of  # noqa: PLC0415
    from loopwright.live.stepopen import read_steps, spoken  # noqa: PLC0415

    return spoken(read_steps(folder / SIDECAR), language_of).styles


def melody_for(library: Library, content: PresetFolder, told: str | None) -> Singer | None:
    """Return the melody model that goes with a preset, None where none is to be.

    What is `told`, a preset's name or "off", goes before the preset's own model, and that before
    the one that ships. Raises PresetError.
    """
    if told == OFF:
        return None
    if told is not None:
        return open_singer(library, told)
    if has_melody(content.preset):
        return Singer(content.preset, melody_in(library, content))
    return open_singer(library, LEAD) if is_preset(library.shipped / LEAD) else None


def voiced(preset: Preset, singer: Singer | None, told: str | None) -> Preset:
    """Return a preset with the settings that the preset of its melody model has for melodies.

    They go before its own where that model was `told`, as `melody_for` was, and behind them else.
    """
    if singer is None:
        return preset
    own, brought = dict(preset.parameters), of_melody(singer.preset)
    return replace(preset, parameters=own | brought if told is not None else brought | own)


def of_melody(preset: Preset) -> dict[str, float]:
    """Return the settings of a preset that say how its melodies are drawn."""
    return {n: value for n, value in preset.parameters.items() if n in OF_MELODY}
