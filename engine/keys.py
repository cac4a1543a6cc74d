"""Musical keys: naming them, hearing them in notes, and the way from one to another."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from loopwright.engine.errors import SettingError

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SPELLING = re.compile(r"\s*([A-Ga-g])([#b♯♭]?)\s*(m|min|minor|maj|major|)\s*")

AS_KEY = "key"
SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic": (0, 2, 3, 5, 7, 8, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "major_pentatonic": (0, 2, 4, 7, 9),
    "minor_pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
}
"""Semitones above the tonic; "harmonic" is harmonic minor."""
TRIADS = (0, 3, 4, 7)  # semitones: of the minor one and the major one; a scale has one third
SCALE_WORDS = (AS_KEY, *SCALES)

# How well each degree of the scale fits a key: the probe-tone ratings of Krumhansl and Kessler.
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic, 0 = C .. 11 = B, and a mode."""

    tonic: int
    minor: bool = False

    def __str__(self) -> str:
        return NAMES[self.tonic] + ("m" if self.minor else "")


def parse_key(text: str) -> Key:
    """Read a key such as "Am", "F# minor", "Bb". Raises SettingError."""
    found = SPELLING.fullmatch(text)
    if found is None:
        raise SettingError(f"no such key: {text!r} (try C, F#m, Bb, A minor)")
    letter, sign, mode = found.groups()
    shift = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}[sign]
    return Key((LETTERS[letter.upper()] + shift) % 12, mode.startswith("mi") or mode == "m")


def scale(key: Key, name: str = AS_KEY) -> frozenset[int]:
    """Return the pitch classes of one of `SCALES` on a key's tonic.

    As the key says they are seven: major, or natural minor.
    """
    own = "minor" if key.minor else "major"
    degrees = SCALES[own if name == AS_KEY else name]
    return frozenset((key.tonic + degree) % 12 for degree in degrees)


def tonic_chord(key: Key, name: str = AS_KEY) -> frozenset[int]:
    """Return the pitch classes of one of `SCALES` that a tune can rest on: tonic, third, fifth."""
    return frozenset((key.tonic + degree) % 12 for degree in TRIADS) & scale(key, name)


def told_as(key: Key, name: str) -> Key:
    """Return the key that a model which knows keys alone is told for one of `SCALES` on a tonic.

    It is the one with most of the scale's notes; of several the one on that tonic, then one with
    the scale's third.
    """
    if name == AS_KEY:
        return key
    notes, minor = scale(key, name), 3 in SCALES[name]

    def likeness(other: Key) -> tuple[int, bool, bool]:
        return len(notes & scale(other)), other.tonic == key.tonic, other.minor == minor

    keys = (Key(tonic, mode) for mode in (False, True) for tonic in range(12))
    return max(keys, key=likeness)


def weights_of(pitches: Iterable[tuple[int, float]]) -> tuple[float, ...]:
    """Return how long each of the 12 pitch classes sounds, from (MIDI pitch, length) pairs."""
    weights = [0.0] * 12
    for pitch, length in pitches:
        weights[pitch % 12] += length
    return tuple(weights)


def heard_key(pitches: Iterable[tuple[int, float]]) -> Key | None:
    """Return the key that fits (MIDI pitch, length) pairs best, None where nothing sounds."""
    weights = weights_of(pitches)
    if not any(weights):
        return None
    keys = [Key(tonic, minor) for minor in (False, True) for tonic in range(12)]
    return max(keys, key=lambda key: fit(weights, key))


def fit(weights: tuple[float, ...], key: Key) -> float:
    """Return the correlation of 12 pitch class weights with the profile of a key, -1..1."""
    profile = MINOR if key.minor else MAJOR
    turned = [profile[(i - key.tonic) % 12] for i in range(12)]
    heard, usual = sum(weights) / 12, sum(turned) / 12
    x = [w - heard for w in weights]
    y = [p - usual for p in turned]
    size = (sum(a * a for a in x) * sum(b * b for b in y)) ** 0.5
    return sum(a * b for a, b in zip(x, y, strict=True)) / size if size else 0.0


def way(source: Key, target: Key) -> int:
    """Return the shortest transposition, in semitones -6..5, from one key's scale to another's.

    A major key and its relative minor share a scale, so between modes the relative key counts.
    """
    home = target
    if source.minor and not target.minor:
        home = Key((target.tonic - 3) % 12, True)
    elif target.minor and not source.minor:
        home = Key((target.tonic + 3) % 12, False)
    return (home.tonic - source.tonic + 6) % 12 - 6
