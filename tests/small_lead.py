"""A preset with a small melody model of chance that really runs: as files."""

from pathlib import Path

import small_steps

from loopwright.engine.preset import Licences, Preset
from loopwright.engine.stepsidecar import MODEL, SIDECAR
from loopwright.export.presetfile import PresetFolder, create, model_ref


def make_lead(folder: Path) -> PresetFolder:
    """Write the preset into a new folder."""
    small_steps.made(folder)
    graphs = sorted(file.name for file in folder.glob("*.onnx"))
    licences = Licences("Apache-2.0", "CC0", "CC0")
    model = model_ref(folder, MODEL, SIDECAR, graphs, licences)
    return create(folder, Preset(folder.name, "a lead for tests", (model,), tempo=100.0))
