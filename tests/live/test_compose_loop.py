from dataclasses import replace

import pytest
from model_twin import TwinModel

from loopwright.engine.compose import Request, Sampling, Take
from loopwright.engine.grid import roll_of
from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.seeds import tiled
from loopwright.engine.tuning import key_of
from loopwright.live.compose_loop import compose

REQUEST = Request(number=3, seed=7)
KICKS = tuple(Note(tick, 6, 36, 90, Part.DRUMS) for tick in (0, 24, 48, 90))
BASS = tuple(
    Note(24 * i, 18, pitch, 70, Part.BASS) for i, pitch in enumerate((39, 43, 46, 51))
)  # E flat major, a key that the twin never plays in


def loop_for(request: Request, model: TwinModel | None = None) -> Loop:
    composed = compose(model or TwinModel(), request)
    assert composed.number == request.number
    assert composed.loop is not None
    return composed.loop


def test_the_same_request_gives_the_same_loop_again() -> None:
    assert loop_for(REQUEST) == loop_for(REQUEST)
    assert loop_for(REQUEST) != loop_for(replace(REQUEST, number=4))
    assert loop_for(REQUEST) != loop_for(replace(REQUEST, seed=8))


def test_a_loop_names_its_codes_its_model_and_its_key() -> None:
    loop = loop_for(REQUEST)
    assert len(loop.codes) == 32
    assert loop.model == "7" * 64
    assert loop.key == key_of(loop.notes)


@pytest.mark.parametrize("key", [Key(0), Key(4, minor=True), Key(10), Key(6, minor=True)])
def test_the_bass_lies_in_the_key_and_in_range(key: Key) -> None:
    free = loop_for(REQUEST)
    loop = loop_for(replace(REQUEST, key=key, low=40, high=52))
    assert loop.key == key
    assert all(40 <= note.pitch <= 52 for note in loop.of(Part.BASS))
    assert loop.of(Part.DRUMS) == free.of(Part.DRUMS)
    moves = {
        (a.pitch - b.pitch) % 12
        for a, b in zip(loop.of(Part.BASS), free.of(Part.BASS), strict=True)
    }
    assert len(moves) == 1


def test_the_sampling_is_the_requests() -> None:
    model = TwinModel()
    loop_for(replace(REQUEST, sampling=Sampling(temperature=0.4)), model)
    assert model.heats == [0.4]
    assert (model.prefixes[0] == -1).all()


def test_both_parts_force_the_codes_of_their_bars() -> None:
    model = TwinModel()
    take = Take((*KICKS, *BASS), 1)
    loop = loop_for(replace(REQUEST, take=take), model)
    encoded = model.encode(roll_of(tiled(take))[None])[0]
    assert model.prefixes[0].tolist() == [[*encoded[:4], *[-1] * 28]]
    assert list(loop.codes[:4]) == encoded[:4].tolist()
    assert loop.key == key_of(BASS)


def test_eight_played_bars_leave_one_to_the_model() -> None:
    model = TwinModel()
    loop_for(replace(REQUEST, take=Take((*KICKS, *BASS), 8)), model)
    assert [(p >= 0).sum() for p in model.prefixes] == [28]


@pytest.mark.parametrize("played", [KICKS, BASS])
def test_one_part_alone_is_kept_and_the_other_composed(played: tuple[Note, ...]) -> None:
    model = TwinModel()
    part = played[0].part
    take = Take(played, 1)
    loop = loop_for(replace(REQUEST, take=take, key=Key(5)), model)
    assert [len(prefix) for prefix in model.prefixes] == [64]
    assert loop.of(part) == tiled(take)
    other = Part.BASS if part is Part.DRUMS else Part.DRUMS
    assert loop.of(other)
    assert loop.codes == ()
    assert loop.key == (Key(5) if part is Part.DRUMS else key_of(BASS))


def test_a_take_in_which_nothing_is_ours_is_no_take() -> None:
    cowbell = Take((Note(0, 6, 56, 90, Part.DRUMS),), 1)
    assert loop_for(replace(REQUEST, take=cowbell)) == loop_for(REQUEST)


@pytest.mark.parametrize(("played", "place"), [(KICKS, 0), (BASS, 1)])
def test_where_a_part_has_its_own_codes_they_are_forced(
    played: tuple[Note, ...], place: int
) -> None:
    model = TwinModel(parts=("drums", "bass"))
    loop = loop_for(replace(REQUEST, take=Take(played, 1)), model)
    (prefix,) = model.prefixes
    encoded = model.encode(roll_of(tiled(Take(played, 1)))[None])
    assert prefix[0, place::2].tolist() == encoded[0, place::2].tolist()
    assert (prefix[0, 1 - place :: 2] == -1).all()
    part = played[0].part
    assert loop.of(part) == tuple(n for n in tiled(Take(played, 1)) if n.part is part)
