"""A piano piece as a MIDI file and as a picture: a piano roll in SVG."""

import io

import mido

from loopwright.engine.pianotokens import KEYS, LOWEST_PITCH, PianoNote, Piece

STEP = 120  # file ticks
TICKS_PER_BEAT = 4 * STEP
VELOCITY = 80
TEMPO = 120.0
BY_STEP, BY_KEY = 2, 3  # pixels
GIVEN, DRAWN, LINE = "#999", "#2a6f97", "#ddd"


def as_midi(piece: Piece) -> bytes:
    """Return a MIDI file of one track; the tokens know no velocity and no tempo."""
    events = [event for note in piece.notes for event in on_and_off(note)]
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(TEMPO))])
    before = 0
    for tick, velocity, pitch in sorted(events):
        track.append(mido.Message("note_on", note=pitch, velocity=velocity, time=tick - before))
        before = tick
    file = mido.MidiFile(type=0, ticks_per_beat=TICKS_PER_BEAT)
    file.tracks.append(track)
    held = io.BytesIO()
    file.save(file=held)
    return held.getvalue()


def on_and_off(note: PianoNote) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Return a note's (tick, velocity, pitch), its beginning and its end of velocity 0."""
    end = note.step + note.steps
    return (note.step * STEP, VELOCITY, note.pitch), (end * STEP, 0, note.pitch)


def as_svg(piece: Piece, given: int = 0) -> str:
    """Return a piano roll; the first `given` notes were given to the model and are grey."""
    last = max([note.step + note.steps for note in piece.notes], default=0)
    width, height = max(last, 1) * BY_STEP, KEYS * BY_KEY
    lines = [f'<path d="M{bar * BY_STEP} 0V{height}" stroke="{LINE}"/>' for bar in piece.bars]
    ordered = sorted(piece.notes)
    notes = [block(n, GIVEN if i < given else DRAWN) for i, n in enumerate(ordered)]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
    ground = f'<path fill="#fff" d="M0 0h{width}v{height}H0z"/>'
    return "\n".join([head, ground, *lines, *notes, "</svg>", ""])


def block(note: PianoNote, colour: str) -> str:
    """Return a note as a rectangle."""
    x, y = note.step * BY_STEP, (LOWEST_PITCH + KEYS - 1 - note.pitch) * BY_KEY
    long = note.steps * BY_STEP - 1
    return f'<path fill="{colour}" d="M{x} {y}h{long}v{BY_KEY}h-{long}z"/>'
