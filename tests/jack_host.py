"""A host that is not ours: MIDI clock, Start and Stop, exact to the frame. Run as a script.

Arguments: tempo, name of the port to play to. Commands come on standard input, a word a line:
"start", "continue", "stop", "stray" (a message that means nothing), "tempo BPM", "end". At the
end it prints one line of JSON: the frame of every clock, and the frame of each other message with
the number of clocks sent before it.
"""

# JACK-Client has no types.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false, reportUntypedFunctionDecorator=false

import json
import sys
import time

import jack

MESSAGES = {"start": b"\xfa", "continue": b"\xfb", "stop": b"\xfc", "stray": b"\xf5"}


class Host:
    """The process callback's state: the next clock's place in frames, and what was sent."""

    def __init__(self, bpm: float) -> None:
        self.client = jack.Client("testhost", no_start_server=True)
        self.port = self.client.midi_outports.register("clock")
        self.set_tempo(bpm)
        self.due: float | None = None
        self.pending: list[str] = []
        self.clocks: list[int] = []
        self.moves: list[tuple[str, int, int]] = []
        self.client.set_process_callback(self.process)

    def set_tempo(self, bpm: float) -> None:
        """Set the tempo from the next clock on."""
        self.period = self.client.samplerate * 60 / (bpm * 24)

    def process(self, frames: int) -> None:
        """Write the clocks of one period; a transport message shares the frame of a clock."""
        self.port.clear_buffer()
        begin = self.client.last_frame_time
        if self.due is None:
            self.due = float(begin)
        while self.due < begin + frames:
            offset = max(int(self.due) - begin, 0)
            while self.pending:
                move = self.pending.pop(0)
                self.port.write_midi_event(offset, MESSAGES[move])
                self.moves.append((move, begin + offset, len(self.clocks)))
            self.port.write_midi_event(offset, b"\xf8")
            self.clocks.append(begin + offset)
            self.due += self.period


def connected(client: jack.Client, pattern: str) -> bool:
    """Connect the clock to the port that `pattern` names, if it is there."""
    found = client.get_ports(pattern, is_midi=True, is_input=True)
    if not found:
        return False
    try:
        client.connect("testhost:clock", found[0])
    except jack.JackErrorCode:  # its client is not active yet
        return False
    return True


def main() -> None:
    """Serve commands until the end."""
    host = Host(float(sys.argv[1]))
    with host.client:
        while not connected(host.client, sys.argv[2]):
            time.sleep(0.02)
        print("connected", flush=True)
        for line in sys.stdin:
            word, *rest = line.split()
            if word == "end":
                break
            if word == "tempo":
                host.set_tempo(float(rest[0]))
            else:
                host.pending.append(word)
        print(json.dumps({"clocks": host.clocks, "moves": host.moves}), flush=True)


if __name__ == "__main__":
    main()
