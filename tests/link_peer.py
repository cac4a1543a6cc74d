"""A peer of Ableton Link that is not ours, and a JACK client that ties its beat to frames.

Run as a script. Argument: a tempo. Commands come on standard input, a line each: "start", "stop"
(the session), "tempo BPM". At the end of standard input it prints one line of JSON: for every
period of JACK the frame that it began at, the session's beat then, its tempo, whether it plays,
and how many peers there are.
"""

# Neither library has types.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false, reportUntypedFunctionDecorator=false
# pyright: reportMissingModuleSource=false

import json
import sys

import jack
import link

QUANTUM = 4


def obey(peer: link.Link, line: str) -> None:
    """Do what a line says."""
    word, *rest = line.split()
    state, now = peer.captureAppSessionState(), peer.clock().micros()
    if word == "tempo":
        state.setTempo(float(rest[0]), now)
    else:
        state.setIsPlaying(word == "start", now)
    peer.commitAppSessionState(state)


def main() -> None:
    """Be a peer until standard input ends."""
    peer = link.Link(float(sys.argv[1]))
    peer.startStopSyncEnabled = True
    peer.enabled = True
    client = jack.Client("testpeer", no_start_server=True)
    seen: list[tuple[int, float, float, bool, int]] = []

    @client.set_process_callback
    def process(_: int) -> None:
        state, now = peer.captureSessionState(), peer.clock().micros()
        beat = state.beatAtTime(now, QUANTUM)
        told = (client.last_frame_time, beat, state.tempo(), state.isPlaying(), peer.numPeers())
        seen.append(told)

    with client:
        print("joined", flush=True)
        for line in sys.stdin:
            obey(peer, line)
        print(json.dumps(seen), flush=True)


if __name__ == "__main__":
    main()
