"""What goes into the graphs of a loop model and what comes out, whichever of its kinds it is.

b loops, t codes a loop (the numbers of a latent, where that is continuous), K codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loopwright.engine.errors import LoopwrightError
from loopwright.engine.sidecar import CODED, PLACES, Sidecar, Tensors

LOOP, ENCODER = "loop", "encoder"  # the graphs, as the sidecar's tensors call them
DISCRETE = Tensors(
    ("uniforms", "temperature", "top_k", "top_p", "prefix", "mask", "plain"),
    ("codes", "roll", "log_probability", "probabilities"),
)
CONTINUOUS = Tensors(("uniforms", "temperature", "prefix", "plain"), ("codes", "roll"))
ENCODES = Tensors(("roll",), ("codes",))

Array = NDArray[np.generic]
Codes = NDArray[np.int64]
Rolls = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Draw:
    """Drawn loops: codes (b, t), rolls (b, 128, 93) of 0 and 1, and how likely they were.

    `probabilities` (b, t) are each code's, forced ones included, under the distribution that it
    was, or would have been, drawn from; `log_probability` (b) sums the free codes' logarithms. All
    codes of a continuous latent are as likely.
    """

    codes: Codes
    rolls: Rolls
    log_probability: Floats
    probabilities: Floats


def tensors_of(kind: str, role: str) -> Tensors:
    """Return what a graph takes and gives, by its model's kind and its role."""
    if role == ENCODER:
        return ENCODES
    return DISCRETE if kind in CODED else CONTINUOUS


def choices(sidecar: Sidecar, top_k: int, top_p: float, mask: ArrayLike | None) -> dict[str, Array]:
    """Return the inputs that say which codes may be drawn; a continuous latent has none.

    `mask` (t, K) is True where a code may be; None allows all.
    """
    if sidecar.kind not in CODED:
        return {}
    allowed = np.asarray(True if mask is None else mask, np.bool_)
    every = np.broadcast_to(allowed, (sidecar.shape.a_loop, sidecar.shape.codes))
    return {
        "top_k": np.array(top_k, np.int64),
        "top_p": np.array(top_p, np.float32),
        "mask": np.ascontiguousarray(every),
    }


def drawn(kind: str, outputs: Sequence[Array], forced: Codes) -> Draw:
    """Return what a graph gave, with its types.

    `forced` (b, t) are its forced codes, -1 where free.
    """
    named = dict(zip(tensors_of(kind, LOOP).outputs, outputs, strict=True))
    codes = named["codes"].astype(np.int64, copy=False)
    if kind not in CODED:
        named["probabilities"] = np.full(codes.shape, 1 / PLACES)
        named["log_probability"] = -np.log(PLACES) * (forced < 0).sum(1)
    return Draw(
        codes,
        named["roll"].astype(np.uint8, copy=False),
        named["log_probability"].astype(np.float32, copy=False),
        named["probabilities"].astype(np.float32, copy=False),
    )


def check_codes(codes: Codes, shape: tuple[int, ...], count: int) -> None:
    """Raise LoopwrightError unless codes have a shape, and are each one of `count`."""
    if codes.shape != shape or codes.min(initial=0) < 0 or codes.max(initial=0) >= count:
        raise LoopwrightError("the model gave codes that its codebook does not have")
