from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.notes import Part
from loopwright.live.board import Board

NOTES = st.tuples(
    st.sampled_from(Part), st.integers(0, 15), st.integers(0, 127), st.integers(1, 127)
)


def play(board: Board, part: Part, data: bytes) -> None:
    board.sending(part, data)
    board.sent(part, data)


def test_a_note_hangs_until_it_is_ended() -> None:
    board = Board()
    play(board, Part.BASS, b"\x91\x28\x50")
    play(board, Part.DRUMS, b"\x99\x24\x64")
    assert list(board.hanging()) == [
        (Part.DRUMS, b"\x89\x24\x40"),
        (Part.BASS, b"\x81\x28\x40"),
    ]
    play(board, Part.DRUMS, b"\x99\x24\x00")
    assert list(board.hanging()) == [(Part.BASS, b"\x81\x28\x40")]


def test_what_is_no_note_marks_nothing() -> None:
    board = Board()
    play(board, Part.BASS, b"\xb0\x7b\x00")
    play(board, Part.BASS, b"\xf8")
    assert not list(board.hanging())


@given(st.lists(NOTES, max_size=30))
def test_what_the_board_says_hangs_is_what_was_begun(
    notes: list[tuple[Part, int, int, int]],
) -> None:
    board = Board()
    for part, channel, pitch, velocity in notes:
        play(board, part, bytes((0x90 | channel, pitch, velocity)))
    hanging = list(board.hanging())
    assert {(p, d[0] & 15, d[1]) for p, d in hanging} == {(p, c, n) for p, c, n, _ in notes}
    for part, data in hanging:
        play(board, part, data)
    assert not list(board.hanging())
