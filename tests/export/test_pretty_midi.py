"""What a reader that is not ours sees in a loop's MIDI file."""

# pretty_midi's notes and arrays are only half annotated.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from io import BytesIO

import pretty_midi
import pytest

from loopwright.engine.notes import Loop, Note, Part
from loopwright.export.midifile import BASS_PROGRAM, Sheet, midi_bytes

BASS = (
    Note(0, 12, 40, 80, Part.BASS),
    Note(12, 12, 40, 80, Part.BASS),  # the same pitch again, at once
    Note(96, 24, 43, 80, Part.BASS),
    Note(756, 12, 28, 80, Part.BASS),  # to the loop's end
)
DRUMS = (Note(0, 6, 36, 100, Part.DRUMS), Note(762, 6, 42, 100, Part.DRUMS))
PLAYED = Loop(tuple(sorted((*BASS, *DRUMS))))


def seen(loop: Loop, tempo: float) -> pretty_midi.PrettyMIDI:
    return pretty_midi.PrettyMIDI(BytesIO(midi_bytes(loop, Sheet(tempo=tempo))))


@pytest.mark.parametrize("tempo", [120.0, 93.0])
def test_an_independent_reader_sees_what_was_meant(tempo: float) -> None:
    file = seen(PLAYED, tempo)
    times, tempi = file.get_tempo_changes()
    assert (times.tolist(), tempi.tolist()) == ([0.0], pytest.approx([tempo], abs=1e-3))
    signatures = [(s.numerator, s.denominator, s.time) for s in file.time_signature_changes]
    assert signatures == [(4, 4, 0.0)]
    assert file.get_end_time() == pytest.approx(32 * 60 / tempo, abs=1e-4)
    assert len(file.get_downbeats()) == 8


@pytest.mark.parametrize("tempo", [120.0, 93.0])
def test_an_independent_reader_sees_each_note_of_each_part(tempo: float) -> None:
    drums, bass = seen(PLAYED, tempo).instruments
    tick = 60 / tempo / 24  # seconds
    assert (drums.is_drum, drums.name, bass.is_drum, bass.name) == (True, "Drums", False, "Bass")
    assert bass.program == BASS_PROGRAM
    for instrument, notes in ((drums, DRUMS), (bass, BASS)):
        told = [x for n in instrument.notes for x in (n.pitch, n.velocity, n.start, n.end)]
        meant = [
            x
            for n in notes
            for x in (n.pitch, n.velocity, n.tick * tick, (n.tick + n.length) * tick)
        ]
        assert told == pytest.approx(meant, abs=1e-4)
