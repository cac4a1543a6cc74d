"""Ports of JACK through JACK-Client: exact to the frame, in and out.

The run's clock is JACK's frames here. What came in carries the frame it was written for; what
goes out is handed over ahead of its time and written to the frame it is due at.
"""

import time
from collections.abc import Callable
from errno import EEXIST
from typing import TypeVar

from loopwright.engine.happen import Deaf, Heard, OutputLost
from loopwright.engine.time import Seconds
from loopwright.live.frames import frame_of, unwrapped
from loopwright.live.hotplug import HotPlug, Plug, plugs_of
from loopwright.live.jackclient import Jack, Port, load
from loopwright.live.jackears import JackEars
from loopwright.live.jackmouth import JackMouth
from loopwright.live.midisystem import Note, SystemGone, quiet
from loopwright.live.now import now
from loopwright.live.options import Wiring
from loopwright.live.patch import (
    Cable,
    Feed,
    Fit,
    match,
    plan_inputs,
    plan_outputs,
)

T = TypeVar("T")

PERIODS_AHEAD = 2  # that messages are handed over before their time
STALLED = 1.5  # seconds without a period after which the server counts as gone
CLIENT = "Loopwright"
TRIES, AGAIN = 40, 0.05  # of connecting, and seconds between
NO_CLIENT = "JACK-Client, which is not installed: pip install 'loopwright[jack]'"
NO_SERVER = "JACK-Client: no JACK server runs"


class JackPorts:
    """Open ports of a JACK client. The player's thread, but for JACK's own callbacks."""

    system = "jack"
    through = "JACK-Client: exact to the frame"
    spins = False  # the callbacks need the interpreter

    def __init__(self, jack: Jack, wiring: Wiring, fit: Fit = match, near: float = 0.0) -> None:
        """Open and connect all that `wiring` asks for, as `fit` finds it.

        `near` is a second of this clock that a player before counted to: JACK counts in 32 bits.
        Raises PortError; takes some 20 ms.
        """
        self._jack = jack
        self._client = jack.Client(CLIENT, no_start_server=True)
        frame = self._client.frame_time
        last = unwrapped(frame, round(near * self._client.samplerate)) if near else frame
        self._ears = JackEars(self._client, last)
        self._called = now()
        self._mouth = JackMouth(self._client, jack.JackError)
        self._outputs: dict[Feed, Port] = {}
        self._lost = ""
        try:
            self.names = self._open(wiring, fit)
        except BaseException:
            # A client that is left open aborts the process where it ends.
            self._client.close()
            raise

    @property
    def lead(self) -> Seconds:
        """How far ahead of their time messages are to be handed over."""
        return Seconds(PERIODS_AHEAD * self._client.blocksize / self._client.samplerate)

    @property
    def rate(self) -> int:
        """Frames a second."""
        return self._client.samplerate

    def whole(self, name: str) -> str:
        """Return the name that other clients know a port of ours by."""
        return f"{self._client.name}:{name}"

    def now(self) -> Seconds:
        """Return the present second, in JACK's frames. Any thread; never waits.

        Counted from the period that our callback saw last, and no further than its end: JACK's own
        estimate was seen 31 ms behind, beside a busy machine, and then everything leaves late.
        """
        inside = min(self._client.frames_since_cycle_start, self._client.blocksize)
        return Seconds((self._ears.near + inside) / self._client.samplerate)

    def heard(self) -> list[Heard | OutputLost | Deaf]:
        """Take what came in, in order of time, less what its port is not for; and what was lost.

        Raises SystemGone where the server has gone, or stands still.
        """
        if self._lost:
            raise SystemGone(f"JACK has gone ({self._lost})")
        if now() - self._called > STALLED:
            raise SystemGone("JACK stands still")
        return self._ears.heard()

    def waiting(self) -> bool:
        """Return whether anything came in, or was lost, that was not taken yet."""
        return self._ears.waiting()

    def send(self, part: Feed, data: bytes, at: Seconds) -> None:
        """Hand a message over, for the frame that second `at` falls on."""
        self._mouth.put(frame_of(at, self._client.samplerate), self._outputs[part], data)

    def cables(self) -> tuple[Cable, ...]:
        """Return how our ports are connected."""
        ours = [(port, True) for _, port in self._ears.inputs] + [
            (p, False) for p in self._mouth.outputs
        ]
        return tuple(
            Cable(port.shortname, other.name, incoming)
            for port, incoming in ours
            for other in self._client.get_all_connections(port)
        )

    def connect(self, cables: tuple[Cable, ...]) -> None:
        """Connect our ports like this, as far as the others are still there. May block for 2 s.

        A server that was held up by a player who stood still may refuse at first; and what is
        written before the server has taken a cable up reaches nobody.
        """
        for _ in range(TRIES):
            others = {*self._sources(), *self._targets()}
            left = {cable for cable in cables if cable.other in others}
            joined = all([self._join(cable.name, cable.other, cable.incoming) for cable in left])
            if joined and left <= {*self.cables()}:
                time.sleep(self.lead if left else 0.0)
                return
            time.sleep(AGAIN)

    def away(self) -> tuple[str, ...]:
        """Return what was named and is not there now."""
        return self._plugs.away()

    def there(self, plug: Plug) -> tuple[str, ...]:
        """Return the ports of others that a plug could be put into."""
        return self._sources() if plug.incoming else self._targets()

    def put(self, plug: Plug, other: str) -> bool:
        """Connect a port of ours to another's; return whether it is."""
        return self._join(plug.name, other, plug.incoming)

    def lose(self, plug: Plug) -> None:
        """Take in that the port that a plug was in is gone."""
        if not plug.incoming:
            self._ears.lose_output(self.now())

    def close(self) -> None:
        """Close everything."""
        self._plugs.end()
        with quiet():
            self._client.deactivate()
            self._client.close()

    def _open(self, wiring: Wiring, fit: Fit) -> tuple[str, ...]:
        """Make and connect the ports; return their names. Raises PortError."""
        intakes = plan_inputs(wiring, self._sources(), True, fit)
        outtakes = plan_outputs(wiring, self._targets(), True, fit)
        self._client.set_process_callback(self._process)
        self._client.set_shutdown_callback(self._shut)
        # Before there are ports: nobody can connect to those of a client that is not active.
        self._client.activate()
        for intake in intakes:
            self._ears.inputs.append((intake, self._client.midi_inports.register(intake.name)))
            self._connect(intake.source, self.whole(intake.name))
        for outtake in outtakes:
            port = self._client.midi_outports.register(outtake.name)
            self._mouth.outputs.append(port)
            self._outputs.update(dict.fromkeys(outtake.feeds, port))
            self._connect(self.whole(outtake.name), outtake.target)
        self._plugs = HotPlug(self, plugs_of(intakes, outtakes))
        return tuple(place.name for place in (*intakes, *outtakes))

    def _join(self, name: str, other: str, incoming: bool) -> bool:
        ends = (other, self.whole(name)) if incoming else (self.whole(name), other)
        try:
            self._client.connect(*ends)
        except self._jack.JackError as error:
            return getattr(error, "code", None) == EEXIST  # somebody else was quicker
        return True

    def _sources(self) -> tuple[str, ...]:
        return tuple(p.name for p in self._client.get_ports(is_midi=True, is_output=True))

    def _targets(self) -> tuple[str, ...]:
        return tuple(p.name for p in self._client.get_ports(is_midi=True, is_input=True))

    def _connect(self, source: str | None, target: str | None) -> None:
        if source is not None and target is not None:
            self._client.connect(source, target)

    def _shut(self, _: object, reason: str) -> None:
        self._lost = reason or "the server shut down"

    def _process(self, frames: int) -> None:
        """Take and write the messages of one period. JACK's thread; never waits.

        Nothing leaves in a call that may come again in the same period, for it would be wiped then;
        but where gap follows gap, it does.
        """
        self._called = now()
        self._mouth.speak(self._ears.listen(frames), frames)


def open_jack(wiring: Wiring, note: Note, fit: Fit = match, near: float = 0.0) -> JackPorts | None:
    """Open ports through JACK-Client, None where it is not there or no server runs.

    `note` is told why not. Raises PortError where a name does not fit. Takes some 30 ms;
    starts no server.
    """
    return in_jack(lambda jack: JackPorts(jack, wiring, fit, near), note)


def in_jack(make: Callable[[Jack], T], note: Note) -> T | None:
    """Make something of JACK-Client and a server that runs, None where one of them is not there.

    `note` is told which.
    """
    jack = load()
    if jack is None:
        note(NO_CLIENT)
        return None
    try:
        with quiet():
            return make(jack)
    except jack.JackError:
        note(NO_SERVER)
        return None
