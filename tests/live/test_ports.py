import sys

import pytest

from loopwright.engine.errors import PortError
from loopwright.live.midisystem import candidates, find
from loopwright.live.options import Wiring
from loopwright.live.portlist import listing, silence
from loopwright.live.ports import open_ports


@pytest.fixture
def without_midi(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither python-rtmidi nor JACK-Client can be imported."""
    for module in ("rtmidi", "jack"):
        monkeypatch.setitem(sys.modules, module, None)


@pytest.mark.usefixtures("without_midi")
def test_what_does_not_import_is_no_midi_system() -> None:
    assert find("auto") is None
    assert open_ports(Wiring()) is None
    assert "no MIDI system" in listing()
    assert "no MIDI system" in silence(None)
    with pytest.raises(PortError, match="does not load"):
        find("alsa")
    with pytest.raises(PortError, match="so no port 'synth'"):
        open_ports(Wiring(port="synth"))


@pytest.mark.usefixtures("without_midi")
def test_who_played_to_the_frame_waits_until_that_is_there_again() -> None:
    with pytest.raises(PortError, match="no JACK server runs"):
        open_ports(Wiring(midi_system="jack", exact=True))


def test_none_can_be_asked_for() -> None:
    assert find("none") is None
    assert open_ports(Wiring(midi_system="none")) is None


def test_jack_is_tried_before_alsa() -> None:
    assert candidates("linux") == ("jack", "alsa")
    assert candidates("darwin") == ("core",)
    assert candidates("win32") == ("windows",)
