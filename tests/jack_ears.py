"""An independent JACK client that writes down, in frames, what it hears. Run as a script.

Arguments: the names of the ports to hear. It prints "connected" once it hears them all and, when
standard input ends, one line of JSON: for every port a list of (frame, message in hex).
"""

# JACK-Client has no types.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false, reportUntypedFunctionDecorator=false

import json
import sys
import time
from contextlib import suppress

import jack


def connected(client: jack.Client, name: str, ear: jack.Port) -> bool:
    """Connect an ear to the port of that name, if it is there and its client is active."""
    for found in client.get_ports(name, is_midi=True, is_output=True)[:1]:
        with suppress(jack.JackErrorCode):  # not active yet, or connected by it
            client.connect(found, ear)
    return bool(client.get_all_connections(ear))


def main() -> None:
    """Listen until standard input ends."""
    client = jack.Client("testears", no_start_server=True)
    names = sys.argv[1:]
    ports = [client.midi_inports.register(f"ear{i}") for i in range(len(names))]
    heard: dict[str, list[tuple[int, str]]] = {name: [] for name in names}

    @client.set_process_callback
    def process(_: int) -> None:
        begin = client.last_frame_time
        for name, port in zip(names, ports, strict=True):
            for offset, data in port.incoming_midi_events():
                heard[name].append((begin + offset, bytes(data).hex()))

    with client:
        for name, port in zip(names, ports, strict=True):
            while not connected(client, name, port):
                time.sleep(0.02)
        print("connected", flush=True)
        sys.stdin.read()
        print(json.dumps(heard), flush=True)


if __name__ == "__main__":
    main()
