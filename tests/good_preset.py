"""A preset with a small model that really draws, a loop and a phrase kept, clips, a card: as files.

python tests/good_preset.py FOLDER vq|beats
"""

import sys
from pathlib import Path

import small_beats
import small_model

from loopwright.engine.duet import Duet
from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.preset import Licences, Preset, SavedLoop, SavedPhrase
from loopwright.engine.sidecar import MODEL, SIDECAR
from loopwright.export.clips import clip_bytes, phrase_clips
from loopwright.export.presetfile import CARD, create, model_ref, read_folder, with_kept, write

NOTES = (Note(0, 6, 36, 97, Part.DRUMS), Note(6, 90, 41, 81, Part.BASS))
PHRASE = (Note(0, 24, 57, 80, Part.MELODY), Note(96, 48, 64, 70, Part.MELODY))
DUET = Duet(PHRASE, 96, 200, Key(9, True), "folk", (1, 2, 3), "cd" * 32)
MODELS = {"vq": small_model.made, "beats": small_beats.made}


def make_good(folder: Path, kind: str = "vq") -> Path:
    """Write the preset into a new folder. Takes seconds: a model is trained for a moment."""
    MODELS[kind](folder)
    for torch_file in folder.glob("*.pt"):
        torch_file.unlink()
    graphs = sorted(file.name for file in folder.glob("*.onnx"))
    model = model_ref(folder, MODEL, SIDECAR, graphs, Licences("Apache-2.0", "CC0", "CC0"))
    preset = Preset(folder.name, "for tests", (model,), {"swing": 0.2}, 93.0, Key(9, True), seed=7)
    loop = Loop(NOTES, (1, 2), "ab" * 32, Key(5))
    create(folder, preset)
    write(with_kept(read_folder(folder), SavedLoop("01", loop, 93.0)))
    phrase = SavedPhrase("01", DUET, 93.0)
    write(with_kept(read_folder(folder), phrase))
    clips = {"loops": clip_bytes(preset, loop, 93.0, "clip")}
    clips["phrases"] = next(content for _, content in phrase_clips(preset, phrase))
    for kept, content in clips.items():
        (folder / kept).mkdir()
        (folder / kept / "clip.mid").write_bytes(content)
    (folder / CARD).write_text("# Card\n", encoding="utf-8")
    return folder


if __name__ == "__main__":
    make_good(Path(sys.argv[1]), sys.argv[2])
