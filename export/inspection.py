"""Whether what a preset brings along is what it says: hashes, graphs, MIDI files.

This is the look at a preset from a stranger; one that is opened to be played is held to its hashes,
and its graphs are checked where they are loaded.
"""

from pathlib import Path

from loopwright.engine.errors import LoopwrightError, PresetError
from loopwright.engine.onnxgraph import LARGEST
from loopwright.engine.operators import trusted
from loopwright.export.midiread import read_tracks
from loopwright.export.pack import clips, contents
from loopwright.export.presetfile import PresetFolder, check_inside, verify
from loopwright.export.reading import read_at_most

LARGEST_CLIP = 64 * 1024  # bytes; a loop or a phrase takes some three thousand


def inspect(opened: PresetFolder) -> int:
    """Return how many files of models there are, all of them sound. Raises PresetError."""
    verify(opened)
    paths = [path for model in opened.preset.models for path in model.hashes]
    here = [path for path in paths if (opened.folder / path).is_file()]
    for path in here:
        if path.endswith(".onnx"):
            inspect_file(opened.folder / path)
    for clip in clips(opened):
        inspect_file(clip)
    for path in contents(opened):
        check_inside(opened.folder, path)
    return len(here)


def inspect_file(path: Path) -> None:
    """Raise PresetError unless a file is a graph that can be trusted, or a MIDI file."""
    graph = path.suffix == ".onnx"
    try:
        content = read_at_most(path, LARGEST if graph else LARGEST_CLIP)
        _ = trusted(content) if graph else read_tracks(content, "this clip")
    except (OSError, LoopwrightError) as trouble:
        said = trouble.strerror if isinstance(trouble, OSError) else trouble
        raise PresetError(f"{path.name}: {said}") from None
