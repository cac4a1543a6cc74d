"""A preset with files that only look like a model's, for tests of everything but the model."""

from pathlib import Path

from loopwright.engine.preset import Preset
from loopwright.export.presetfile import PresetFolder, create, model_ref
from loopwright.live.library import Library


def make_preset(folder: Path, name: str = "") -> PresetFolder:
    """Write a preset into `folder`."""
    folder.mkdir(parents=True)
    (folder / "loop.json").write_text("{}")
    (folder / "loop.onnx").write_bytes(bytes(range(256)) * 8)
    (folder / "MODEL_CARD.md").write_text("# Card\n")
    model = model_ref(folder, "loop", "loop.json", ["loop.onnx"], "CC BY 4.0")
    return create(folder, Preset(name or folder.name, says="for tests", models=(model,)))


def library_in(root: Path) -> Library:
    """Return a library whose places are folders of `root`."""
    library = Library(root / "here", root / "user", root / "shipped", root / "cache")
    library.here.mkdir()
    return library
