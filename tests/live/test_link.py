"""Ableton Link: two processes, one session; judged by the other peer and by ears on JACK."""

import sys

import pytest
from jack_session import Starter

pytest.importorskip("link", reason="needs LinkPython-extern, of the extra `link`")

from link_session import linked

from loopwright.engine.errors import PortError
from loopwright.live import linkclock


@pytest.mark.jack
def test_a_session_is_joined_started_and_followed(start: Starter) -> None:
    heard = linked(start, 4.0)
    # We joined at the session's tempo, pressed + once, and went along with the peer's 140.
    assert heard.tempos() == [97.0, 98.0, 140.0]
    for asked, begun in heard.began():
        assert abs(begun - round(begun / 4) * 4) < 0.1
        assert -0.1 < begun - asked < 4.1
    assert len(heard.began()) == 2
    assert len(heard.onsets) > 20
    phases = heard.phases()
    assert phases
    assert phases[len(phases) // 2] < 5.0


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "link", None)
    with pytest.raises(PortError, match=r"pip install 'loopwright\[link\]'"):
        linkclock.load()
