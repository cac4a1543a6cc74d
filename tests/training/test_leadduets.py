"""Duets with melodies: what counts at bar lines."""

import pytest

from loopwright.engine.notes import Note, Part
from loopwright.training.leadduets import Lines, lines_of


def line(*places: tuple[int, int]) -> list[Note]:
    """Return notes by tick and pitch."""
    return [Note(tick, 12, pitch, 80, Part.MELODY) for tick, pitch in places]


@pytest.mark.parametrize(
    ("notes", "lines"),
    [
        ([], None),
        (line((0, 60), (24, 62)), None),
        (line((0, 60), (192, 72)), None),  # a bar of silence lies between
        (line((0, 60), (90, 62), (96, 67)), Lines(1.0, 5.0)),
        (line((12, 60), (90, 62), (96, 62), (204, 50)), Lines(1 / 3, 6.0)),
    ],
)
def test_bar_lines(notes: list[Note], lines: Lines | None) -> None:
    assert lines_of(notes) == lines
