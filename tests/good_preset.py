"""A preset with a small model that really draws, a kept loop, its clip and a card: as files."""

import sys
from pathlib import Path

from small_model import made

from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.preset import Licences, Preset, SavedLoop
from loopwright.engine.sidecar import MODEL, SIDECAR
from loopwright.export.clips import clip_bytes
from loopwright.export.presetfile import CARD, create, model_ref, read_folder, with_kept, write

NOTES = (Note(0, 6, 36, 97, Part.DRUMS), Note(6, 90, 41, 81, Part.BASS))


def make_good(folder: Path) -> Path:
    """Write the preset into a new folder. Takes seconds: the model is trained for a moment."""
    made(folder)
    for torch_file in folder.glob("*.pt"):
        torch_file.unlink()
    graphs = sorted(file.name for file in folder.glob("*.onnx"))
    model = model_ref(folder, MODEL, SIDECAR, graphs, Licences("Apache-2.0", "CC0", "CC0"))
    preset = Preset(folder.name, "for tests", (model,), {"swing": 0.2}, 93.0, Key(9, True), seed=7)
    loop = Loop(NOTES, (1, 2), "ab" * 32, Key(5))
    create(folder, preset)
    write(with_kept(read_folder(folder), SavedLoop("01", loop, 93.0)))
    (folder / "loops").mkdir()
    (folder / "loops" / "clip.mid").write_bytes(clip_bytes(preset, loop, 93.0, "clip"))
    (folder / CARD).write_text("# Card\n", encoding="utf-8")
    return folder


if __name__ == "__main__":
    make_good(Path(sys.argv[1]))
