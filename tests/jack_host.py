"""A host that is not ours: clock, Start, Stop, song position, exact to the frame. Run as a script.

Arguments: the port to play to, and a plan from Start on: words BPM@TICKS, for a ramp
BPM-BPM@TICKS. A lone BPM has no end; after a plan that has one comes Stop. Commands come on
standard input, a line each, and take effect at the next clock:

    start | continue | stop       the same messages
    locate SIXTEENTHS             song position
    tempo BPM                     from here on, in place of the plan
    drop CLOCKS                   so many clocks are never sent
    hold CLOCKS                   so many come late: all at once, with the next one after them
    send HEX                      any other message
    at TICK HEX                   a message with the clock of that tick, counted from Start
    wait                          take no command before the plan is over; then print "stopped"
    end

It prints "connected" first and, at the end, one line of JSON: the frame of every clock, and every
command with its frame and the number of clocks before it.
"""

# JACK-Client has no types.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false

import json
import re
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import repeat
from math import inf

import jack

CLOCK, START, CONTINUE, STOP = b"\xf8", b"\xfa", b"\xfb", b"\xfc"
MOVES = {"start": START, "continue": CONTINUE, "stop": STOP}


def tempos(plan: list[str]) -> Iterator[float]:
    """Yield the tempo of every tick of a plan."""
    for word in plan:
        span, _, ticks = word.partition("@")
        low, _, high = span.partition("-")
        if not ticks:
            yield from repeat(float(low))
        for n in range(int(ticks)):
            yield float(low) + (float(high or low) - float(low)) * n / int(ticks)


class Host:
    """The process callback's state: the next clock's place in frames, and what was sent."""

    def __init__(self, plan: list[str]) -> None:
        self.client = jack.Client("testhost", no_start_server=True)
        self.port = self.client.midi_outports.register("clock")
        self.plan = plan
        self.bpm = next(tempos(plan))
        self.ahead: Iterator[float] = repeat(self.bpm)
        self.due = inf
        self.last = 0
        self.pending = deque[str]()
        self.dropping = self.holding = self.held = 0
        self.clocks = list[int]()
        self.moves = list[tuple[str, int, int]]()
        self.stopped = False
        self.score = dict[int, list[bytes]]()
        self.begun = 0
        self.client.set_process_callback(self.process)

    def process(self, frames: int) -> None:
        """Write one period; what was commanded shares the frame of a clock."""
        begin = self.client.last_frame_time
        if begin != self.last:  # else we were late, and are called once more in the same period
            self.port.clear_buffer()
        self.last = begin
        if self.due == inf:
            self.due = float(begin)
        while self.due < begin + frames:
            frame = max(int(self.due), begin)
            while self.pending:
                self.obey(self.pending.popleft(), frame, begin)
            bpm = next(self.ahead, None)
            if bpm is None:
                self.obey("stop", frame, begin)
                self.stopped = True
                self.ahead = repeat(self.bpm)
            self.bpm = self.bpm if bpm is None else bpm
            self.tick(frame, begin)
            self.due += self.client.samplerate * 60 / (self.bpm * 24)

    def obey(self, command: str, frame: int, begin: int) -> None:
        """Do what a command says, at `frame` of the period from `begin` on."""
        word, *rest = command.split()
        if word == "start":
            self.ahead = tempos(self.plan)
            self.begun = len(self.clocks)
        elif word == "at":
            self.score.setdefault(int(rest[0]), []).append(bytes.fromhex(rest[1]))
        elif word == "tempo":
            self.bpm = float(rest[0])
            self.ahead = repeat(self.bpm)
        elif word == "drop":
            self.dropping = int(rest[0])
        elif word == "hold":
            self.holding = int(rest[0])
        message = message_of(word, rest)
        if message:
            self.port.write_midi_event(frame - begin, message)
        self.moves.append((command, frame, len(self.clocks)))

    def tick(self, frame: int, begin: int) -> None:
        """Send the clock of this frame, unless it is dropped or held back."""
        if self.dropping:
            self.dropping -= 1
            return
        if self.holding:
            self.holding -= 1
            self.held += 1
            return
        for _ in range(self.held + 1):
            self.port.write_midi_event(frame - begin, CLOCK)
            self.clocks.append(frame)
        self.held = 0
        for message in self.score.pop(len(self.clocks) - 1 - self.begun, ()):
            self.port.write_midi_event(frame - begin, message)


def message_of(word: str, rest: list[str]) -> bytes:
    """Return the message that a command sends, empty if it sends none."""
    if word == "locate":
        return bytes((0xF2, int(rest[0]) & 0x7F, int(rest[0]) >> 7))
    return bytes.fromhex(rest[0]) if word == "send" else MOVES.get(word, b"")


def connected(host: Host, name: str) -> bool:
    """Connect the clock to the port whose name holds `name`, if it is there and active."""
    client = host.client
    for found in client.get_ports(re.escape(name), is_midi=True, is_input=True)[:1]:
        with suppress(jack.JackErrorCode):  # not active yet, or connected by it
            client.connect(host.port, found)
    return bool(client.get_all_connections(host.port))


def serve(host: Host) -> None:
    """Do what standard input says until the end."""
    for line in sys.stdin:
        if line.strip() == "end":
            return
        if line.strip() == "wait":
            await_stop(host)
        else:
            host.pending.append(line.strip())


def await_stop(host: Host) -> None:
    """Wait for the end of the plan."""
    while not host.stopped:
        time.sleep(0.05)
    print("stopped", flush=True)


def main() -> None:
    """Connect, serve commands, and say what was sent."""
    host = Host(sys.argv[2:])
    with host.client:
        while not connected(host, sys.argv[1]):
            time.sleep(0.02)
        print("connected", flush=True)
        serve(host)
        print(json.dumps({"clocks": host.clocks, "moves": host.moves}), flush=True)


if __name__ == "__main__":
    main()
