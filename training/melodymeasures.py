"""The melody paper's measures of what a model wrote (7): repetition, variety, pitches, likelihood.

A sequence is of tokens or of pitches: whatever can be compared.
"""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

SIZES = (2, 4, 8, 16)


def ngrams(sequence: Sequence[Hashable], size: int) -> list[tuple[Hashable, ...]]:
    """Return each run of `size` in a sequence."""
    return [tuple(sequence[i : i + size]) for i in range(len(sequence) - size + 1)]


def repetition(sequences: Iterable[Sequence[Hashable]], size: int) -> float:
    """Return the share of runs of `size` that stand at another place of their sequence, too."""
    again = count = 0
    for sequence in sequences:
        runs = Counter(ngrams(sequence, size))
        count += runs.total()
        again += sum(times for times in runs.values() if times > 1)
    return again / count if count else 0.0


def compression(sequences: Iterable[Sequence[Hashable]], sizes: Sequence[int] = SIZES) -> float:
    """Return the different runs of some sizes as a share of all: 1 where nothing comes again."""
    different = count = 0
    for sequence in sequences:
        for size in sizes:
            runs = ngrams(sequence, size)
            different += len(set(runs))
            count += len(runs)
    return different / count if count else 1.0


def histogram(pitches: Iterable[int]) -> list[float]:
    """Return the share of each of the 128 MIDI pitches."""
    found = Counter(pitches)
    return [found[pitch] / found.total() if found else 0.0 for pitch in range(128)]


def pitch_distance(ours: Iterable[int], theirs: Iterable[int]) -> float:
    """Return how much of one histogram of pitches lies elsewhere in the other: 0 alike, 1 apart."""
    pairs = zip(histogram(ours), histogram(theirs), strict=True)
    return sum(abs(a - b) for a, b in pairs) / 2


def outside(pitches: Sequence[int], known: Sequence[int]) -> float:
    """Return the share of pitches that lie below or above all that are known."""
    low, high = min(known), max(known)
    return sum(not low <= pitch <= high for pitch in pitches) / max(len(pitches), 1)


def perplexity(nll: float) -> float:
    """Return how many tokens a model is unsure between, by its nats a token."""
    return math.exp(nll)
