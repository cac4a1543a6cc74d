"""`ports` and `panic` on a real JACK server: what an independent client sees and hears."""

# JACK-Client has no types.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false

import subprocess
import sys
from collections.abc import Callable, Iterator
from threading import Event

import pytest

from loopwright.engine import midi
from loopwright.engine.errors import PortError
from loopwright.live.jackclient import Client, join
from loopwright.live.portlist import SILENCE


class Synth:
    """A client of JACK that is not ours, with two inputs, and what it heard on each."""

    def __init__(self, server: str) -> None:
        import jack  # noqa: PLC0415

        self.client = jack.Client("synth", servername=server, no_start_server=True)
        self.ports = [self.client.midi_inports.register(name) for name in ("one", "two")]
        self.heard: list[list[bytes]] = [[], []]
        self.client.set_process_callback(self.process)
        self.client.activate()

    def process(self, _: int) -> None:
        for port, heard in zip(self.ports, self.heard, strict=True):
            heard += [bytes(data) for _, data in port.incoming_midi_events()]

    def close(self) -> None:
        self.client.deactivate()
        self.client.close()


@pytest.fixture
def synth(server: dict[str, str]) -> Iterator[Synth]:
    made = Synth(server["JACK_DEFAULT_SERVER"])
    yield made
    made.close()


def run(server: dict[str, str], *words: str, without: str = "") -> str:
    """Run a command of Loopwright, perhaps where a module is not installed."""
    hide = f"sys.modules[{without!r}] = None;" if without else ""
    code = f"import sys;{hide}from loopwright.live.cli import main;sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(
        command, env=server, capture_output=True, text=True, timeout=30, check=True
    )
    return done.stdout


@pytest.mark.jack
def test_ports_lists_what_jack_has(server: dict[str, str], synth: Synth) -> None:
    del synth
    exact, driver = run(server, "ports"), run(server, "ports", without="jack")
    assert "JACK through JACK-Client" in exact
    assert "  synth:one\n" in exact.partition("outputs")[2]
    assert "MIDI system: JACK through python-rtmidi: exact to the period" in driver
    assert "not used: JACK-Client" in driver
    assert "  synth:one\n" in driver


@pytest.mark.jack
@pytest.mark.parametrize("without", ["", "jack"])
def test_panic_reaches_every_input_whole(
    server: dict[str, str], synth: Synth, without: str
) -> None:
    said = run(server, "panic", without=without)
    assert "synth:one, synth:two" in said
    for heard in synth.heard:
        assert heard == list(SILENCE)


@pytest.mark.jack
def test_panic_on_one_port_leaves_the_others_alone(server: dict[str, str], synth: Synth) -> None:
    assert run(server, "panic", "--port", "TWO") == "silenced: synth:two\n"
    assert synth.heard[0] == []
    assert synth.heard[1] == list(SILENCE)


@pytest.mark.jack
def test_panic_says_whom_it_did_not_reach(server: dict[str, str], synth: Synth) -> None:
    import jack  # noqa: PLC0415

    name = server["JACK_DEFAULT_SERVER"]
    asleep = jack.Client("asleep", servername=name, no_start_server=True)
    asleep.midi_inports.register("one")
    said = run(server, "panic")
    asleep.close()
    assert said == "silenced: synth:one, synth:two; not reached: asleep:one\n"
    assert synth.heard == [list(SILENCE), list(SILENCE)]


def test_panic_ends_every_key_of_every_channel() -> None:
    quiet = [midi.parse(data) for data in SILENCE]
    assert len({(m.channel, m.first) for m in quiet if m and m.kind is midi.Kind.NOTE_OFF}) == 2048
    first = quiet[0]
    assert first is not None
    # The sustain pedal up first, or nothing ends.
    assert (first.kind, first.channel, first.first, first.second) == (midi.Kind.CONTROL, 1, 64, 0)
    assert {data[0] for data in SILENCE} == set(range(0xB0, 0xC0)) | set(range(0x80, 0x90))


class Still:
    """JACK's library where the server was stopped: whoever wants to join it waits."""

    JackError: type[Exception] = RuntimeError

    def __init__(self) -> None:
        self.over = Event()

    def Client(self, name: str, *, no_start_server: bool) -> Client:
        self.over.wait()
        raise self.JackError(f"{name} {no_start_server}")

    def set_error_function(self, callback: Callable[[str], None]) -> None: ...

    def set_info_function(self, callback: Callable[[str], None]) -> None: ...


def test_a_server_that_stands_still_is_not_waited_for() -> None:
    still = Still()
    with pytest.raises(PortError, match="stands still"):
        join(still, "Loopwright", 0.01)
    still.over.set()
