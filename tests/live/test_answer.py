"""Four notes are played to a jam on JACK, and what it answers is heard by a client of its own."""

from pathlib import Path

import pytest
from jack_heard import sounding_after
from jack_session import RATE, Starter
from jack_tunes import BEAT, MELODY, SOON, duet
from small_lead import make_lead

from loopwright.engine.keys import Key, scale
from loopwright.engine.melody import CEILING, FLOOR

pytestmark = pytest.mark.jack

TUNES = 4


@pytest.mark.parametrize(("grid", "soon", "again"), [("beat", SOON, BEAT), ("bar", 192, 0)])
def test_four_notes_are_answered_where_asked_in_range_and_in_key(
    start: Starter, tmp_path: Path, grid: str, soon: int, again: int
) -> None:
    make_lead(tmp_path / "lead")
    words = ("--answer", "pause", "--set", f"answer_grid={grid}", "--key", "Am")
    found = duet(start, tmp_path / "lead", TUNES, 300, *words, soon=soon)
    pitches = {pitch for onsets in found.answers.values() for _, _, pitch in onsets}
    assert min(pitches) >= FLOOR
    assert max(pitches) <= CEILING
    assert {pitch % 12 for pitch in pitches} <= scale(Key(9, minor=True))
    assert min(found.lengths) > 0
    assert not sounding_after(found.events)
    assert max(frame for frame, _ in found.heard.parts[MELODY]) < found.heard.stop + RATE // 10
    # The grid point after a beat of silence, or a beat later where the machine is busy.
    firsts = [(onsets[0], begin) for begin, onsets in found.answers.items() if onsets]
    asked = [far for (tick, far, _), begin in firsts if tick - begin in (soon, soon + again)]
    assert len(asked) > TUNES // 2
    # Where a busy machine loses a clock of the host's on its way, all after it is late by one: 400
    # frames (`engine/deaf.py` makes up for those alone that we ourselves were too late for).
    assert min(asked) <= 24
    assert sorted(asked)[len(asked) // 2] <= RATE // 100
