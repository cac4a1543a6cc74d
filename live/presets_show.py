"""A preset in words: every field of it, a line each."""

from pathlib import Path

from loopwright.engine.amounts import amount
from loopwright.engine.errors import PresetError
from loopwright.engine.keys import NAMES
from loopwright.engine.notes import Part
from loopwright.engine.parameters import PARAMETERS
from loopwright.engine.preset import ModelRef, Preset, SavedLoop, SavedPhrase
from loopwright.engine.sidecar import CODED, MODEL
from loopwright.engine.stepsidecar import MODEL as MELODY
from loopwright.export.pack import clips
from loopwright.export.presetfile import CARD, FILE, PresetFolder, parse_toml

KNOWN = (
    *("schema", "name", "description", "tempo", "key", "seed", "bass", "parameters", "channels"),
    *("drums", "models", "loops", "phrases"),
)
"""All other fields belong to somebody else, or to a later Loopwright."""


def description(opened: PresetFolder) -> list[str]:
    """Return lines that tell all that a preset holds."""
    preset, table = opened.preset, parse_toml(opened.text, FILE)
    lines = [printable(preset.says)] if preset.says else []
    lines += [f"schema     {table['schema']}", *settings(preset)]
    for model in preset.models:
        lines += model_lines(model, opened.folder)
    lines += [loop_line(saved) for saved in preset.loops]
    lines += [phrase_line(saved) for saved in preset.phrases]
    lines += [f"clip       {printable(file.name)}" for file in clips(opened)]
    others = [name for name in table if name not in KNOWN]
    lines += [f"other      {printable(name)} (kept as it is)" for name in others]
    card = opened.folder / CARD
    return [*lines, f"card       {card}"] if card.is_file() else lines


def settings(preset: Preset) -> list[str]:
    """Return lines about what is set: tempo, key, seed, range, channels, drums, parameters."""
    drums = ", ".join(f"{d.name.lower()} {note}" for d, note in preset.drum_map.items())
    as_usual = [p.name for p in PARAMETERS if p.name not in preset.parameters]
    return [
        f"tempo      {preset.tempo:g}",
        f"key        {preset.key or 'of the first loop'}",
        f"seed       {'fresh in every run' if preset.seed is None else preset.seed}",
        f"bass       {note_name(preset.low)}-{note_name(preset.high)}",
        "channels   " + ", ".join(f"{part} {n}" for part, n in preset.channels.items()),
        f"drums      {drums}",
        *(f"setting    {name} {value:g}" for name, value in preset.parameters.items()),
        f"as usual   {', '.join(as_usual) or 'nothing'}",
    ]


def model_lines(model: ModelRef, folder: Path) -> list[str]:
    """Return lines about a model: its files with the heads of their hashes, and its licences."""
    said = model.licences
    lines = [f"model      {model.name}" + (f", from {model.origin}" if model.origin else "")]
    lines += about(model, folder)
    lines += [f"           {path}  sha256 {h[:16]}" for path, h in model.hashes.items()]
    for what, text in (("code", said.code), ("weights", said.weights), ("data", said.data)):
        lines.append(f"{'licence ' + what:16} {printable(text) or 'none stated'}")
    return lines


def about(model: ModelRef, folder: Path) -> list[str]:
    """Return a line from the sidecar of a model, where one is here and can be read."""
    tell = {MODEL: loop_model, MELODY: melody_model}.get(model.name)
    if tell is None or not (folder / model.sidecar).is_file():
        return []
    try:
        return [f"           {printable(line)}" for line in tell(folder / model.sidecar)]
    except PresetError as trouble:
        return [f"           {printable(str(trouble))}"]


def loop_model(sidecar: Path) -> list[str]:
    """Return a line about a loop model. Raises PresetError."""
    from loopwright.live.runtime import read_sidecar  # noqa: PLC0415 - numpy, only where needed

    told = read_sidecar(sidecar)
    shape, names = told.shape, ", ".join(v.name for v in told.variants)
    what = f"codes out of {shape.codes}" if told.kind in CODED else "numbers of a latent"
    says = f"{shape.a_loop} {what}"
    return [f"{told.kind} {told.model[:16]}, {says}, runs as {names}"]


def melody_model(sidecar: Path) -> list[str]:
    """Return lines about a melody model: what it is, and the styles that it knows.

    Raises PresetError.
    """
    from loopwright.engine.languages import language_of  # noqa: PLC0415 - as above
    from loopwright.live.stepopen import read_steps, spoken  # noqa: PLC0415

    told = read_steps(sidecar)
    names = ", ".join(v.name for v in told.variants)
    heard = f"{told.shape.context} of them at most" if told.shape.context else "all of them"
    says = f"{told.shape.tokens} tokens, hears {heard}, runs as {names}"
    styles = spoken(told, language_of).styles
    known = [f"styles: {', '.join(styles)}"] if styles else []
    return [f"{told.kind} {told.model[:16]}, {says}", *known]


def loop_line(saved: SavedLoop) -> str:
    """Return one line about a kept loop."""
    loop = saved.loop
    parts = [f"{len(loop.of(part))} of {part}" for part in Part if loop.of(part)]
    codes = f", {len(loop.codes)} codes of {printable(loop.model[:16])}" if loop.codes else ""
    return (
        f"loop       {saved.name}: {loop.key or 'no key'}, {saved.tempo:g} bpm, "
        f"{amount(len(loop.notes), 'note')} ({', '.join(parts) or 'silence'}){codes}"
    )


def phrase_line(saved: SavedPhrase) -> str:
    """Return one line about a kept phrase."""
    duet = saved.duet
    style = f", style {printable(duet.style)}" if duet.style else ""
    told = f", {amount(len(duet.tokens), 'token')} of {printable(duet.model[:16])}"
    return (
        f"phrase     {saved.name}: {duet.key or 'no key'}, {saved.tempo:g} bpm, "
        f"{amount(duet.bars, 'bar')}, {amount(len(duet.seed), 'note')} played, "
        f"{len(duet.answer)} in answer{style}{told if duet.tokens else ''}"
    )


def note_name(pitch: int) -> str:
    """Return a MIDI pitch as a name and a number, C1 = 24, for octave names differ."""
    return f"{NAMES[pitch % 12]}{pitch // 12 - 1} ({pitch})"


def printable(text: str) -> str:
    """Return a stranger's text in one line, without what a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text)
