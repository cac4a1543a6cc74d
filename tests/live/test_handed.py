from loopwright.engine.notes import Part
from loopwright.engine.time import Seconds
from loopwright.live.board import Board
from loopwright.live.handed import LEAVING, Handed

ON, OFF = b"\x90\x28\x50", b"\x80\x28\x40"
BEGIN, END = Seconds(1.0), Seconds(2.0)


def hand(handed: Handed, data: bytes, at: Seconds) -> None:
    handed.beginning(Part.BASS, data)
    handed.ended(Part.BASS, data, at)


def test_a_note_hangs_until_its_end_has_left() -> None:
    board = Board()
    handed = Handed(board)
    hand(handed, ON, BEGIN)
    hand(handed, OFF, END)
    handed.settle(END)
    assert list(board.hanging()) == [(Part.BASS, OFF)]
    handed.settle(Seconds(END + 2 * LEAVING))
    assert not list(board.hanging())


def test_the_end_of_a_note_does_not_clear_the_next_one() -> None:
    board = Board()
    handed = Handed(board)
    hand(handed, ON, BEGIN)
    hand(handed, OFF, END)
    hand(handed, ON, END)
    handed.settle(Seconds(END + 2 * LEAVING))
    assert list(board.hanging()) == [(Part.BASS, OFF)]
