"""Feel: how hard and how exactly on the grid the notes of a loop are played.

A hit is a note on its way out: absolute ticks with a fraction, the pitch that leaves, a velocity.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.roll import DRUM_OF, Drum
from loopwright.engine.time import LOOP_TICKS, STEPS_PER_BAR, TICKS_PER_BAR, TICKS_PER_STEP

# How much each sixteenth of a 4/4 bar weighs: beats 1, 3, 2 and 4, then eighths, then the rest.
WEIGHTS = (1.0, 0.2, 0.45, 0.25, 0.75, 0.2, 0.45, 0.25, 0.85, 0.2, 0.45, 0.25, 0.75, 0.2, 0.45, 0.3)
BACKBEAT = 1.0  # of the snare on beats 2 and 4
LATEST = 2.0  # ticks that swing 1 delays every second step: the last third of a beat's half
ACCENT = 24  # velocities between a place in the bar that weighs nothing and bar 1, in melodies
WRITTEN = {Part.DRUMS: 100, Part.BASS: 80, Part.MELODY: 80}  # velocities of the loop paper


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A note to send at `place`, for `length` ticks (both with a fraction)."""

    place: float
    length: float
    pitch: int
    velocity: int
    part: Part

    def moved(self, ticks: int) -> "Hit":
        """Return the hit `ticks` later."""
        return replace(self, place=self.place + ticks)


def hits_of_bar(
    loop: Loop, bar: int, settings: Mapping[str, float], drum_map: Mapping[Drum, int]
) -> tuple[Hit, ...]:
    """Return the hits of the absolute `bar` (counted from 0), in order of time.

    `settings` are the values of `engine.parameters`: swing, accent, velocities, flat, mutes.
    """
    start = bar * TICKS_PER_BAR
    low = start % LOOP_TICKS
    notes = [n for n in loop.notes if low <= n.tick < low + TICKS_PER_BAR]
    heard = [n for n in notes if not settings.get(f"mute_{n.part}")]
    return tuple(sorted(hit_of(n, start - low, settings, drum_map) for n in heard))


def hit_of(
    note: Note, origin: int, settings: Mapping[str, float], drum_map: Mapping[Drum, int]
) -> Hit:
    """Return the hit of a note whose loop begins at tick `origin`."""
    swing = 0.0 if settings["flat"] else settings["swing"]
    begin, end = swung(note.tick, swing), swung(note.tick + note.length, swing)
    pitch = drum_map.get(DRUM_OF[note.pitch], note.pitch) if drummed(note) else note.pitch
    return Hit(origin + begin, end - begin, pitch, velocity_of(note, settings), note.part)


def melody_hit(note: Note, origin: int, settings: Mapping[str, float]) -> Hit:
    """Return the hit of a composed melody's note, counted from the bar line at tick `origin`.

    It comes with the velocity of whoever is answered, accents included: `accent` changes those. The
    softest and loudest note are the loop's; who plays softer than that is answered as softly.
    """
    swing = 0.0 if settings["flat"] else settings["swing"]
    begin, end = swung(note.tick, swing), swung(note.tick + note.length, swing)
    velocity = note.velocity if settings["flat"] else accented(note, settings)
    return Hit(origin + begin, end - begin, note.pitch, velocity, note.part)


def accented(note: Note, settings: Mapping[str, float]) -> int:
    """Return how hard a composed melody's note is played, 1..127; as composed at accent 0.5."""
    more = ACCENT * (2 * settings["accent"] - 1) * (weight_of(note) - 0.5)
    return round(min(max(note.velocity + more, 1), 127))


def drummed(note: Note) -> bool:
    """Whether a note is one of the nine drums."""
    return note.part is Part.DRUMS and note.pitch in DRUM_OF


def swung(tick: int, swing: float) -> float:
    """Return where `tick` falls when every second step is late by `swing`, 0..1.

    Time between is stretched and squeezed alike, so that order and joins are kept.
    """
    pair, inside = divmod(tick, 2 * TICKS_PER_STEP)
    late = swing * LATEST * min(inside, 2 * TICKS_PER_STEP - inside) / TICKS_PER_STEP
    return pair * 2 * TICKS_PER_STEP + inside + late


def velocity_of(note: Note, settings: Mapping[str, float]) -> int:
    """Return how hard a note is played, 1..127."""
    if settings["flat"]:
        return note.velocity
    played = (note.velocity - WRITTEN[note.part]) / 127  # what a player put in stays in
    level = 0.5 + settings["accent"] * (weight_of(note) - 0.5) + played
    low, high = sorted((settings["velocity_low"], settings["velocity_high"]))
    return round(low + (high - low) * min(max(level, 0.0), 1.0))


def weight_of(note: Note) -> float:
    """Return how strong the place of a note in its bar is, 0..1."""
    step = round(note.tick / TICKS_PER_STEP) % STEPS_PER_BAR
    if note.part is Part.DRUMS and DRUM_OF.get(note.pitch) is Drum.SNARE and step in (4, 12):
        return BACKBEAT
    return WEIGHTS[step]
