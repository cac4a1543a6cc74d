"""Where a preset's model lies: in its own folder, or by its hashes in another preset's."""

from collections.abc import Iterable
from pathlib import Path

from loopwright.engine.errors import PresetError
from loopwright.engine.preset import ModelRef
from loopwright.export.presetfile import PresetFolder, read_folder, verify_file


def lender(opened: PresetFolder, name: str, others: Iterable[Path]) -> Path:
    """Return the folder that holds every file of a model, as their hashes say. Raises PresetError.

    `others` are the folders of presets to look in. Reads the disk.
    """
    model = opened.preset.model(name)
    if not model.origin or all((opened.folder / path).is_file() for path in model.hashes):
        return opened.folder
    for folder in sorted(others, key=lambda folder: folder.name != model.origin):
        if holds(folder, model):
            return folder
    raise PresetError(
        f"preset {opened.preset.name}: its model is not here. Install {model.origin!r} as it was "
        f"then, or another preset with a {model.sidecar} of SHA-256 {model.hashes[model.sidecar]}"
    )


def holds(folder: Path, model: ModelRef) -> bool:
    """Say whether a preset has every file of a model under the same name."""
    try:
        there = read_folder(folder).preset.models
        if not any(dict(one.hashes) == dict(model.hashes) for one in there):
            return False
        for path, wanted in model.hashes.items():
            verify_file(folder, path, wanted)
    except PresetError:
        return False
    return True
