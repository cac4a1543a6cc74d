"""Beats as words: which patterns of four steps a loop model can say. numpy only.

A beat is told by four codes: its skins (kick, snare, toms), its metals (hats, crash, ride), the
bass's shape, which is its steps as intervals from the first of them that sounds, and that first
pitch. The first three are places in a list of patterns that songs are found to have; a beat that is
not in a list becomes the one that differs in the fewest cells of the roll. n beats, K patterns.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.beatcodes import METALS, OFFSET, QUIET, REST, SILENT, SKINS
from loopwright.engine.roll import BASS_PITCHES, COLUMNS, DRUMS
from loopwright.engine.time import STEPS_PER_LOOP
from loopwright.training.measures import Rolls

Ints = NDArray[np.int64]

STEPS = 4
BEATS = STEPS_PER_LOOP // STEPS
STREAMS = ("skins", "metals", "shape", "pitch")


@dataclass(frozen=True, slots=True, eq=False)
class Books:
    """The patterns of the three lists, the commonest first; `used` says how many of K there are.

    `skins` (K, 20) and `metals` (K, 16) are bits, step by step; `shapes` (K, 4) intervals or REST.
    What lies behind those in use repeats the first.
    """

    skins: Ints
    metals: Ints
    shapes: Ints
    used: tuple[int, int, int]


def found_in(rolls: Rolls, groups: Ints, codes: int) -> Books:
    """Return the `codes` patterns of each kind that matter most in rolls (m, 128, 93).

    That is by the root of how many beats and how many `groups` (m) of songs have them, so that
    neither one long song nor a single fill of many decides.
    """
    of_beat = np.repeat(groups, BEATS)
    makers: tuple[Callable[[Rolls], Ints], ...] = (skins_of, metals_of, lambda r: shapes_of(r)[0])
    lists = [ranked(make(rolls), of_beat)[:codes] for make in makers]
    used = [len(patterns) for patterns in lists]
    skins, metals, shapes = (
        np.concatenate([p, np.repeat(p[:1], codes - len(p), axis=0)]) for p in lists
    )
    return Books(skins, metals, shapes, (used[0], used[1], used[2]))


def ranked(patterns: Ints, groups: Ints) -> Ints:
    """Return the distinct rows of patterns (n, c), those that matter most first."""
    rows = np.ascontiguousarray(patterns.astype(np.int8))
    keys = rows.view(np.dtype((np.void, rows.shape[1]))).ravel()
    _, first, which, beats = np.unique(
        keys, return_index=True, return_inverse=True, return_counts=True
    )
    together = np.unique(which.ravel().astype(np.int64) * (groups.max() + 1) + groups)
    songs = np.bincount(together // (groups.max() + 1), minlength=len(first))
    return patterns[first[np.argsort(-np.sqrt(beats * songs), kind="stable")]]


def beats_of(rolls: Rolls, columns: tuple[int, ...]) -> Ints:
    """Return some columns of rolls (m, 128, 93) beat by beat: (m * 32, 4 * columns)."""
    return rolls[..., list(columns)].reshape(-1, STEPS * len(columns)).astype(np.int64)


def skins_of(rolls: Rolls) -> Ints:
    """Return the skins of rolls (m, 128, 93): (m * 32, 20)."""
    return beats_of(rolls, SKINS)


def metals_of(rolls: Rolls) -> Ints:
    """Return the metals of rolls (m, 128, 93): (m * 32, 16)."""
    return beats_of(rolls, METALS)


def shapes_of(rolls: Rolls) -> tuple[Ints, Ints]:
    """Return the bass's shapes (m * 32, 4) and pitches (m * 32) of rolls (m, 128, 93)."""
    assert rolls.shape[2] == COLUMNS
    bass = rolls[..., DRUMS:].reshape(len(rolls) * BEATS, STEPS, BASS_PITCHES)
    sounds, pitch = bass.any(2), bass.argmax(2).astype(np.int64)
    first = pitch[np.arange(len(pitch)), sounds.argmax(1)]
    shapes = np.where(sounds, pitch - first[:, None], REST)
    return shapes, np.where(np.any(sounds, axis=1), first, SILENT)


def likeness(books: Books) -> tuple[NDArray[np.float32], ...]:
    """Return what makes the columns of each stream alike, as rows of numbers (K, n) a stream.

    For the drums which cells sound, for a shape where it rests, moves, and by what, for a pitch the
    interval and its class.
    """
    shapes, steps = books.shapes, np.arange(len(books.shapes))
    rests, moves = shapes == REST, np.diff(shapes, axis=1, prepend=0) != 0
    height = np.where(rests, 0, shapes) / 12
    away = (steps - OFFSET) * (steps < QUIET)
    classes = (away[:, None] % 12 == np.arange(12)) & (steps < QUIET)[:, None]
    octave = np.stack([away / 12, steps == QUIET], 1)
    streams = (
        books.skins,
        books.metals,
        np.concatenate([rests, moves, height], 1),
        np.concatenate([classes, octave], 1),
    )
    return tuple(rows.astype(np.float32) for rows in streams)
