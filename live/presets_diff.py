"""What differs between two presets, in lines."""

from collections.abc import Mapping

from loopwright.engine.preset import Preset, SavedLoop
from loopwright.live.presets_show import loop_line, printable

NOTHING = "(nothing)"


def differences(old: Preset, new: Preset) -> list[str]:
    """Return a line for each setting, model file and kept loop that is not the same in both."""
    lines = changed(facts(old), facts(new))
    before = {saved.name: saved for saved in old.loops}
    after = {saved.name: saved for saved in new.loops}
    for name in dict.fromkeys([*before, *after]):
        lines += loop_lines(before.get(name), after.get(name))
    return lines


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


def loop_lines(old: SavedLoop | None, new: SavedLoop | None) -> list[str]:
    """Return lines about one kept loop: gone, new, or with so many other notes."""
    if old == new:
        return []
    lines = [f"- {loop_line(old)}"] if old else []
    lines += [f"+ {loop_line(new)}"] if new else []
    if old and new:
        gone, come = (
            set(old.loop.notes) - set(new.loop.notes),
            set(new.loop.notes) - set(old.loop.notes),
        )
        lines.append(f"  loop {old.name}: {len(gone)} notes gone, {len(come)} notes new")
    return lines
