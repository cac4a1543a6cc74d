"""One loop from the model, in key and in range: the composer's whole work for a request."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loopwright.engine import chance, seeds
from loopwright.engine.compose import Composed, Request, Take
from loopwright.engine.grid import Roll, bass_line, notes_of, roll_of
from loopwright.engine.keys import Key
from loopwright.engine.loopmodel import Model
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.tuning import folded, interval, key_of

CANDIDATES = 64
STREAM = "loop"
NO_SEED = "this preset's model cannot go on from bars: play drums or bass alone, or change preset"


@dataclass(frozen=True, slots=True)
class Pick:
    """One draw: its codes, its roll [128, 93], and the SHA-256 of the model it is from."""

    codes: tuple[int, ...]
    roll: Roll
    model: str


def compose(model: Model, request: Request) -> Composed:
    """Return the loop that a request asks for. The same request gives the same loop again."""
    take = request.take
    played = seeds.tiled(take) if take is not None else ()
    parts = {note.part for note in played}
    if len(parts) == 2 and not model.in_time:
        return Composed(request.number, None, NO_SEED)
    if take is None or not parts:
        loop = fresh(model, request)
    elif len(parts) == 2:
        loop = grown(model, request, take, played)
    else:
        loop = accompanied(model, request, played, parts.pop())
    return Composed(request.number, loop)


def fresh(model: Model, request: Request) -> Loop:
    """Return a loop that grows from nothing."""
    pick = draw(model, request, 1, nothing_forced(model))[0]
    return finished(pick, request, request.key)


def grown(model: Model, request: Request, take: Take, played: Sequence[Note]) -> Loop:
    """Return a loop that begins with the codes of what was played on both parts."""
    bars = seeds.forced_bars(take)
    encoded = model.encode(roll_of(played)[np.newaxis])
    pick = draw(model, request, 1, seeds.prefix(encoded[0], bars))[0]
    # The forced bars are the seed again, so they tell best how far the loop is from its key.
    shift = seeds.shift_to_seed(bass_line(pick.roll), played, bars)
    return finished(pick, request, key_of(played), shift)


def accompanied(model: Model, request: Request, played: Sequence[Note], part: Part) -> Loop:
    """Return what was played on one part, with another part that goes with it."""
    pick = fitting(model, request, played, part)
    key = request.key if part is Part.DRUMS else key_of(played)
    loop = finished(pick, request, key)
    # No codes: they are not what plays.
    return Loop(seeds.merged(played, loop.notes, part), key=loop.key)


def fitting(model: Model, request: Request, played: Sequence[Note], part: Part) -> Pick:
    """Return a loop that what was played on one part is in, or nearest to, of many.

    Where each part has codes of its own, those of what was played are forced on the model.
    """
    if not model.parts:
        picks = draw(model, request, CANDIDATES, nothing_forced(model))
        return picks[seeds.nearest(np.stack([pick.roll for pick in picks]), played, part)]
    codes = model.encode(roll_of(played)[np.newaxis])[0]
    return draw(model, request, 1, seeds.of_part(codes, model.parts, part))[0]


def nothing_forced(model: Model) -> NDArray[np.int64]:
    """Return a prefix [positions] that leaves every position free."""
    return np.full(model.positions, seeds.FREE, np.int64)


def draw(model: Model, request: Request, count: int, prefix: NDArray[np.int64]) -> list[Pick]:
    """Return `count` draws of the request's own chance, the prefix [positions] forced on all."""
    uniforms = chance.uniforms(request.seed, STREAM, request.number, range(count), model.positions)
    bold = request.sampling
    drawn = model.draw(
        uniforms, bold.temperature, bold.top_k, bold.top_p, prefix=np.tile(prefix, (count, 1))
    )
    return [
        Pick(tuple(codes.tolist()), roll, model.model)
        for codes, roll in zip(drawn.codes, drawn.rolls, strict=True)
    ]


def finished(pick: Pick, request: Request, key: Key | None, shift: int | None = None) -> Loop:
    """Return a loop with its bass in `key`, moved by `shift` or by what is heard, and folded."""
    notes = notes_of(pick.roll)
    bass = [note for note in notes if note.part is Part.BASS]
    drums = [note for note in notes if note.part is Part.DRUMS]
    semitones = interval(key_of(bass), key) if shift is None else shift
    tuned = folded([note.shifted(semitones) for note in bass], request.low, request.high)
    return Loop(tuple(sorted([*drums, *tuned])), pick.codes, pick.model, key or key_of(tuned))
