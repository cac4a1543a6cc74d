import os
import pty
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from loopwright.live import keys

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="termios is not for Windows")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A pseudo-terminal as standard input; the file descriptor of its other end."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield ours
    os.close(ours)


def test_keys_come_without_return_and_the_terminal_is_put_back(terminal: int) -> None:
    before = termios.tcgetattr(sys.stdin)
    with keys.keyboard() as read:
        assert read() == ""
        os.write(terminal, b"nT")
        assert read() == "nT"
        assert not termios.tcgetattr(sys.stdin)[3] & termios.ICANON
    assert termios.tcgetattr(sys.stdin) == before


def test_the_terminal_is_put_back_after_trouble(terminal: int) -> None:
    before = termios.tcgetattr(sys.stdin)
    with pytest.raises(ZeroDivisionError), keys.keyboard():
        raise ZeroDivisionError
    assert termios.tcgetattr(sys.stdin) == before


def test_keys_come_singly_after_a_shell_had_the_terminal(terminal: int) -> None:
    before = termios.tcgetattr(sys.stdin)
    with keys.keyboard() as read:
        assert read() == ""
        termios.tcsetattr(sys.stdin, termios.TCSANOW, before)
        read()
        os.write(terminal, b"n")
        assert read() == "n"


def test_a_terminal_that_was_closed_has_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        with keys.keyboard() as read:
            os.close(ours)
            assert read() == ""


def test_arrow_keys_are_no_letters(terminal: int) -> None:
    with keys.keyboard() as read:
        os.write(terminal, b"k\x1b[D")
        assert read() == "k"
        os.write(terminal, b"\x1b[1;5An\x1bOPg\x1b[3~T\x1b")
        assert read() == "ngT"


def test_without_a_terminal_there_are_no_keys(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "in"
    file.write_text("nnn")
    with file.open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        with keys.keyboard() as read:
            assert read() == ""
