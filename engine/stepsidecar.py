"""What is known about a melody model's graphs: the file that lies beside them.

A step graph hears tokens and draws the next; a scoring graph tells the log-probabilities of whole
sequences. Both are held to the hash of what the tokens mean. Standard library only.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from loopwright.engine import fields
from loopwright.engine.errors import PresetError
from loopwright.engine.sidecar import (
    GraphFile,
    Tensors,
    Variant,
    check_files,
    described,
    tensors,
    variant,
)

FORMAT = 1
MODEL, SIDECAR = "melody", "melody.json"  # what a preset calls the model, and this file
STEP, SCORE = "step", "score"  # the graphs, as the sidecar's tensors call them
PIANO_LSTM, PIANO_TRANSFORMER = "piano-lstm", "piano-transformer"
MELODY_LSTM, MELODY_TRANSFORMER = "melody-lstm", "melody-transformer"
KINDS = (PIANO_LSTM, PIANO_TRANSFORMER, MELODY_LSTM, MELODY_TRANSFORMER)
MOST_TOKENS, MOST_CONTEXT, MOST_LAYERS, MOST_STATE = 1 << 16, 1 << 14, 64, 1 << 16

TOKENS, STATE = "tokens", "state"
LAST, TOTAL = "last", "total"
COUNTS = (LAST, TOTAL)
"""The place of a call's last token, and how many tokens there are with it: always one more."""
DRAW = ("bias", "uniform", "forced", "temperature", "top_k", "top_p")
DRAWN = ("drawn", "log_probability", "logits")


@dataclass(frozen=True, slots=True)
class StepShape:
    """Tokens in the vocabulary, how many of them are heard at most, and what is remembered.

    `context` 0 is no limit. `caches` are the layers with keys and values, `state` the numbers of an
    LSTM. `opening` tokens stay first in the context when older ones leave it.
    """

    tokens: int
    context: int
    caches: int
    opening: int = 0
    state: int = 0


@dataclass(frozen=True, slots=True)
class StepSidecar:
    """A melody model: its SHA-256, what its tokens mean, and the graphs that run it.

    `language` is the table that `engine/languages.py` reads; `vocabulary` is that language's hash.
    """

    model: str
    kind: str
    shape: StepShape
    language: Mapping[str, object]
    vocabulary: str
    opset: int
    onnxruntime: str
    variants: tuple[Variant, ...]
    score: GraphFile
    tensors: Mapping[str, Tensors] = field(default_factory=dict[str, Tensors])
    format: int = FORMAT


def tensors_of(shape: StepShape) -> dict[str, Tensors]:
    """Return the names that the graphs of a model of such a shape take and give."""
    names = [name for layer in range(shape.caches) for name in cache_of(layer)]
    names += [STATE] if shape.state else []
    counts = COUNTS if shape.caches else ()
    return {
        STEP: Tensors((TOKENS, *counts, *DRAW, *names), (*DRAWN, *map(after, names))),
        SCORE: Tensors((TOKENS,), ("log_probabilities",)),
    }


def cache_of(layer: int) -> tuple[str, str]:
    """Return the names of a layer's keys and values."""
    return f"keys_{layer}", f"values_{layer}"


def after(name: str) -> str:
    """Return the name that what was remembered as `name` comes out by."""
    return f"{name}_after"


def written(sidecar: StepSidecar) -> str:
    """Return the sidecar as the text of its file."""
    return json.dumps(asdict(sidecar), indent=2) + "\n"


def parsed(text: str) -> StepSidecar:
    """Read a sidecar; PresetError when it is damaged or describes something else."""
    sidecar = described(text, built, "the melody model")
    check(sidecar)
    return sidecar


def built(held: Mapping[str, object]) -> StepSidecar:
    """Return the sidecar that the parsed file holds."""
    fields.whole(held, "format", FORMAT, FORMAT)
    shape, score = fields.table(held, "shape"), fields.table(held, "score")
    return StepSidecar(
        model=fields.text(held, "model"),
        kind=fields.text(held, "kind"),
        shape=StepShape(
            fields.whole(shape, "tokens", 1, MOST_TOKENS),
            fields.whole(shape, "context", 0, MOST_CONTEXT),
            fields.whole(shape, "caches", 0, MOST_LAYERS),
            fields.whole(shape, "opening", 0, MOST_CONTEXT, 0),
            fields.whole(shape, "state", 0, MOST_STATE, 0),
        ),
        language=fields.table(held, "language"),
        vocabulary=fields.sha256(held, "vocabulary"),
        opset=fields.whole(held, "opset", 1, 1 << 16),
        onnxruntime=fields.text(held, "onnxruntime"),
        variants=tuple(variant(v) for v in fields.array(held, "variants")),
        score=GraphFile(fields.text(score, "file"), fields.sha256(score, "sha256")),
        tensors=tensors(held),
    )


def check(sidecar: StepSidecar) -> None:
    """Raise PresetError when this program cannot use such a model."""
    if sidecar.kind not in KINDS:
        raise PresetError(f"the melody model is a {fields.shown(sidecar.kind)}: none that is known")
    shape = sidecar.shape
    if shape.caches and shape.context < 3 * shape.opening + 2:
        raise PresetError(f"a melody model cannot work with {shape.context} tokens of context")
    if not shape.caches and not shape.state:
        raise PresetError("the melody model remembers nothing")
    if sidecar.tensors != tensors_of(shape):
        raise PresetError("the melody model's description names other tensors than Loopwright does")
    check_files(sidecar.variants, sidecar.score)
