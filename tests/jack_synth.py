"""A synthesiser that is not ours, as JACK shows one: a client with an input. Run as a script.

Arguments: the client's name. It prints "there" once it is, and, when standard input ends, one line
of JSON: {"in": list of (frame, message in hex)}.
"""

# JACK-Client has no types.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false, reportUntypedFunctionDecorator=false

import json
import sys

import jack


def main() -> None:
    """Listen until standard input ends."""
    client = jack.Client(sys.argv[1], no_start_server=True)
    port = client.midi_inports.register("in")
    heard: list[tuple[int, str]] = []

    @client.set_process_callback
    def process(_: int) -> None:
        begin = client.last_frame_time
        for offset, data in port.incoming_midi_events():
            heard.append((begin + offset, bytes(data).hex()))

    with client:
        print("there", flush=True)
        sys.stdin.read()
    print(json.dumps({"in": heard}), flush=True)


if __name__ == "__main__":
    main()
