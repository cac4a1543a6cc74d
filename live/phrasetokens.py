"""What a melody model takes a phrase for: its tokens, by the table in the model's sidecar.

This is the app's, which knows no onnxruntime: a language is its sidecar's table and no graph.
"""

from dataclasses import replace
from pathlib import Path

from loopwright.engine.duet import Duet
from loopwright.engine.errors import PresetError
from loopwright.engine.keptread import MOST
from loopwright.engine.languages import language_of
from loopwright.engine.melody import Limits, Melody
from loopwright.engine.phrase import to_hear
from loopwright.engine.stepsidecar import SIDECAR, parsed

WHEREVER = Limits(low=0, high=127)  # a phrase is told in the octaves that it was played in


def with_tokens(duet: Duet, tempo: float, folder: Path | None) -> Duet:
    """Return a phrase with the tokens that the model in `folder` takes it for.

    It stays as it is where there is no model, none that can be read, or one that takes more tokens
    for it than a preset may hold: the notes are what counts. Blocks for a moment.
    """
    if folder is None:
        return duet
    try:
        sidecar = parsed((folder / SIDECAR).read_text("utf-8"))
        tokens = to_hear(language_of(sidecar.language), melody_of(duet, tempo))
    except (OSError, PresetError):
        return duet
    return replace(duet, tokens=tokens, model=sidecar.model) if len(tokens) <= MOST else duet


def melody_of(duet: Duet, tempo: float) -> Melody:
    """Return the request that a model would go on from a phrase by."""
    return Melody(
        number=0,
        answer=0,
        seed_number=0,
        seed=duet.seed,
        start=duet.start,
        composed=duet.answer,
        reached=duet.end,
        limits=WHEREVER,
        key=duet.key,
        style=duet.style,
        tempo=tempo,
    )
