"""A preset with files that only look like a model's, for tests of everything but the model."""

from pathlib import Path

from loopwright.engine.preset import Licences, Preset
from loopwright.export.presetfile import PresetFolder, create, model_ref
from loopwright.live.library import Library

GRAPH = bytes.fromhex(
    "08093a370a100a017812017922084964656e746974791201675a0f0a0178120a0a08080112040a02"
    "0801620f0a0179120a0a08080112040a02080142040a001012"
)
"""One operator, Identity."""


def make_preset(folder: Path, name: str = "") -> PresetFolder:
    """Write a preset into `folder`."""
    folder.mkdir(parents=True)
    (folder / "loop.json").write_text("{}")
    (folder / "loop.onnx").write_bytes(GRAPH)
    (folder / "MODEL_CARD.md").write_text("# Card\n")
    model = model_ref(folder, "loop", "loop.json", ["loop.onnx"], Licences(weights="CC BY 4.0"))
    return create(folder, Preset(name or folder.name, says="for tests", models=(model,)))


def library_in(root: Path) -> Library:
    """Return a library whose places are folders of `root`."""
    library = Library(root / "here", root / "user", root / "shipped", root / "cache")
    library.here.mkdir()
    return library
