"""What differs between two presets, in lines."""

from collections.abc import Mapping

from loopwright.engine.amounts import amount
from loopwright.engine.notes import Note
from loopwright.engine.preset import Preset, SavedLoop, SavedPhrase
from loopwright.live.presets_show import loop_line, phrase_line, printable

NOTHING = "(nothing)"
Saved = SavedLoop | SavedPhrase


def differences(old: Preset, new: Preset) -> list[str]:
    """Return a line for each setting, model file and what was kept that is not alike in both."""
    lines = changed(facts(old), facts(new))
    for before, after in ((old.loops, new.loops), (old.phrases, new.phrases)):
        lines += kept_lines({s.name: s for s in before}, {s.name: s for s in after})
    return lines


def kept_lines(old: Mapping[str, Saved], new: Mapping[str, Saved]) -> list[str]:
    """Return lines about kept loops, or phrases, by their names."""
    every = dict.fromkeys([*old, *new])
    return [line for name in every for line in one_kept(old.get(name), new.get(name))]


def facts(preset: Preset) -> dict[str, str]:
    """Return all that a preset says besides its name and its loops, as texts by name."""
    told = {
        "description": preset.says,
        "tempo": f"{preset.tempo:g}",
        "key": str(preset.key or ""),
        "seed": "" if preset.seed is None else str(preset.seed),
        "bass": f"{preset.low}-{preset.high}",
    }
    told |= {f"channel {part}": str(number) for part, number in preset.channels.items()}
    told |= {f"drum {d.name.lower()}": str(note) for d, note in preset.drum_map.items()}
    told |= {f"setting {name}": f"{value:g}" for name, value in preset.parameters.items()}
    for model in preset.models:
        told |= {f"model {model.name} {path}": h[:16] for path, h in model.hashes.items()}
        said, name = model.licences, f"model {model.name}"
        told |= {f"{name} licence {what}": getattr(said, what) for what in said.__slots__}
        told[f"{name} from"] = model.origin
    return told


def changed(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """Return a line for each name whose text differs."""
    lines: list[str] = []
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name, ""), new.get(name, "")
        if before != after:
            words = " -> ".join(printable(text) or NOTHING for text in (before, after))
            lines.append(f"{name}: {words}")
    return lines


def one_kept(old: Saved | None, new: Saved | None) -> list[str]:
    """Return lines about one kept loop or phrase: gone, new, or with so many other notes."""
    if old == new:
        return []
    lines = [f"- {line_of(old)}"] if old else []
    lines += [f"+ {line_of(new)}"] if new else []
    if old and new:
        before, after = notes_of(old), notes_of(new)
        lines.append(
            f"  {kind_of(old)} {old.name}: {amount(len(before - after), 'note')} gone, "
            f"{amount(len(after - before), 'note')} new"
        )
    return lines


def line_of(saved: Saved) -> str:
    """Return one line about what was kept."""
    return loop_line(saved) if isinstance(saved, SavedLoop) else phrase_line(saved)


def kind_of(saved: Saved) -> str:
    """Return what was kept, in a word."""
    return "loop" if isinstance(saved, SavedLoop) else "phrase"


def notes_of(saved: Saved) -> set[Note]:
    """Return the notes of what was kept."""
    return set(saved.loop.notes if isinstance(saved, SavedLoop) else saved.duet.notes)
