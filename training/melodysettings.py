"""The sizes of the melody paper's Transformer, 4.2. No torch here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MusicShape:
    """Sizes of MusicTransformer, all but the vocabulary as V7 and V8 have them.

    `context` is how many tokens it may look back over. The paper's text names no dropout.
    """

    vocabulary: int
    width: int = 512
    layers: int = 8
    heads: int = 8
    inner: int = 2048
    context: int = 512
    dropout: float = 0.1
