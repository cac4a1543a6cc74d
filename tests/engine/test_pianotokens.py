"""Piano tokens: hand-made bars, the splits of what is too long, and back again."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.pianotokens import (
    BAR,
    FIRST_DURATION,
    FIRST_OFFSET,
    FIRST_PITCH,
    FOLLOWS,
    TOKENS,
    VOCABULARY,
    Kind,
    PianoNote,
    Piece,
    allowed,
    decode,
    encode,
    kind_of,
)

C = 60


def at(step: int, pitch: int, steps: int) -> list[int]:
    return [FIRST_OFFSET + step, FIRST_PITCH + pitch - 21, FIRST_DURATION + steps - 1]


def bar(step: int) -> list[int]:
    return [FIRST_OFFSET + step, BAR]


def test_there_are_153_tokens_each_of_one_kind() -> None:
    assert VOCABULARY == 153
    assert [len(TOKENS[kind]) for kind in Kind] == [1, 32, 88, 32]
    assert sorted(t for tokens in TOKENS.values() for t in tokens) == list(range(VOCABULARY))


def test_a_bar_and_two_notes() -> None:
    piece = Piece((PianoNote(0, C, 4), PianoNote(20, C + 4, 2)), (0, 16))
    assert encode(piece) == at(0, C, 4) + bar(16) + at(4, C + 4, 2)


def test_at_one_step_the_bar_line_comes_first_and_low_before_high() -> None:
    piece = Piece((PianoNote(16, C + 7, 1), PianoNote(16, C, 8), PianoNote(16, C, 2)), (16,))
    assert encode(piece) == bar(16) + at(0, C, 2) + at(0, C, 8) + at(0, C + 7, 1)


@pytest.mark.parametrize(
    ("piece", "tokens"),
    [
        (Piece((), (40,)), bar(31) + bar(9)),
        (Piece((), (16, 32, 48)), bar(16) * 3),
        (Piece((PianoNote(0, C, 36),)), at(0, C, 32) + bar(31) + at(1, C, 4)),
        (Piece((PianoNote(0, C, 31), PianoNote(31, C, 1))), at(0, C, 31) + at(31, C, 1)),
        (Piece((PianoNote(63, C, 1),)), bar(31) * 2 + at(1, C, 1)),
        (Piece((PianoNote(31, C, 1),), (32,)), bar(31) + at(0, C, 1) + bar(1)),
        (Piece((PianoNote(0, C, 0), PianoNote(0, 20, 4), PianoNote(0, 109, 4))), []),
        (Piece((), (0,)), []),
        (Piece((), (16, 16)), bar(16)),
    ],
    ids=[
        "a long bar is two",
        "empty bars count",
        "a long note is two",
        "an offset of 31 is one token",
        "bar lines before a far note",
        "a bar of 32 ends with a bar of 1",
        "too short, too low, too high",
        "the piece's beginning is no bar line",
        "a bar line is told once",
    ],
)
def test_what_does_not_fit_is_split_or_left_out(piece: Piece, tokens: list[int]) -> None:
    assert encode(piece) == tokens


def test_each_kind_says_what_may_follow() -> None:
    for token in range(VOCABULARY):
        may = {kind_of(t) for t, ok in enumerate(allowed(token)) if ok}
        assert may == set(FOLLOWS[kind_of(token)])
        assert sum(allowed(token)) == sum(len(TOKENS[kind]) for kind in may)


def test_no_token_is_refused() -> None:
    for token in (-1, VOCABULARY):
        with pytest.raises(ValueError, match="none of the 153"):
            kind_of(token)


NOTES = st.builds(
    PianoNote, st.integers(0, 200), st.integers(15, 115), st.integers(0, 70)
)  # some too low, too high, too short or too long
PIECES = st.builds(
    Piece,
    st.lists(NOTES, max_size=20).map(tuple),
    st.lists(st.integers(0, 200), max_size=9).map(tuple),
)


@given(PIECES)
def test_what_is_encoded_is_valid_and_comes_back(piece: Piece) -> None:
    tokens = encode(piece)
    assert all(allowed(before)[after] for before, after in pairwise(tokens))
    back = decode(tokens)
    assert encode(back) == tokens
    kept = [n for n in piece.notes if 21 <= n.pitch <= 108]
    sounding = sorted((n.pitch, s) for n in kept for s in range(n.step, n.step + n.steps))
    again = sorted((n.pitch, s) for n in back.notes for s in range(n.step, n.step + n.steps))
    assert again == sounding
    assert {b for b in piece.bars if b} <= set(back.bars)


@given(st.lists(st.integers(0, VOCABULARY - 1), max_size=60))
def test_any_tokens_decode_to_a_piece(tokens: list[int]) -> None:
    piece = decode(tokens)
    assert all(1 <= n.steps <= 32 and 21 <= n.pitch <= 108 for n in piece.notes)
    assert decode(encode(piece)).notes == piece.notes


def test_half_an_event_is_passed_over() -> None:
    whole = bar(16) + at(3, C, 2)
    for cut in range(1, 5):
        assert decode(whole[cut:]).notes in ((PianoNote(3, C, 2),), ())
    assert decode(whole[:-1]) == Piece((), (16,))
