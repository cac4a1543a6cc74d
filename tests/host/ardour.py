"""Ardour leads and records, Loopwright follows, an independent client judges: `make test-host`.

Prints how far, in frames, note-ons lie from the sixteenths of the clock that Ardour sent, after
Start, song positions, a change of tempo and the ends of a loop range, and where Ardour's own
recording has them. Needs ardour and jackd2; not part of `make test`, for Ardour is large.
"""

# mido has no types.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import shutil
import sys
import tempfile
import time
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import mido
from jack_heard import BASS, DRUMS, Event, is_on, sounding_after
from jack_session import HERE, PERIOD, RATE, Script, Starter, events_of, jack_server, starter

LUA = Path(__file__).parent / "ardour.lua"
CLOCK, IN = "ardour:MIDI Clock out", "Loopwright:Loopwright In"
TRACKS = {DRUMS: "Drums", BASS: "Bass"}
JAM = ("--flat", "--seed", "7", "--every", "0")
STEP, LOOP = 6, 768  # ticks
TICKS_A_BEAT = 24
BENT = 12  # ticks
LATE = 2 * PERIOD  # frames: what a note on the first clock of a stretch may be late
SCORE = (
    *(("record", 0.5), ("roll", 18.0), ("stop", 1.0)),
    *(("roll", 3.0), ("stop", 1.0)),
    *(("locate 10", 1.0), ("roll", 4.0), ("tempo 140", 6.0), ("stop", 1.0)),
    *(("tempo 120", 0.5), ("locate 8", 1.0), ("loop", 19.0), ("stop", 1.0)),
)
"""Words to Ardour, and the seconds after each: its song is in 120, its loop range bars 5 to 8."""
HINT = "--position clocks"

Places = Counter[tuple[str, int, int]]
"""Notes: part, tick of the song, pitch."""


@dataclass
class Stretch:
    """What Ardour played at one go: from `place`, in ticks of the song, to frame `end`."""

    place: int
    frames: list[int] = field(default_factory=list[int])
    end: int = 0

    @property
    def bend(self) -> range:
        """The ticks in which we cannot know yet that the tempo has changed."""
        steps = [b - a for a, b in pairwise(self.frames)]
        changed = next((n for n, step in enumerate(steps) if abs(step - steps[0]) > 5), len(steps))
        return range(self.place + changed, self.place + changed + BENT)

    def nearest(self, frame: int) -> int:
        """The index of the clock that a frame is nearest to."""
        after = bisect_left(self.frames, frame)
        near = [n for n in (after - 1, after) if 0 <= n < len(self.frames)]
        return min(near, key=lambda n: abs(self.frames[n] - frame))


@dataclass
class Found:
    """What is to be told of all stretches."""

    errors: list[int] = field(default_factory=list[int])  # frames, less those of first clocks
    first: list[int] = field(default_factory=list[int])  # frames, of first clocks
    bent: list[int] = field(default_factory=list[int])  # frames, while the tempo's change is new
    seams: int = 0  # notes of the place left, handed over before Ardour's Stop came
    off: list[str] = field(default_factory=list[str])
    stretches: list[Places] = field(default_factory=list[Places])


def stretches(clock: list[Event]) -> list[Stretch]:
    """What Ardour played; it counts song positions in clocks."""
    found, place, playing = list[Stretch](), 0, False
    for frame, data in clock:
        match data[0]:
            case 0xFA:
                found, playing, place = [*found, Stretch(0)], True, 0
            case 0xFB:
                found, playing = [*found, Stretch(place)], True
            case 0xFC:
                playing = False
                found[-1].end = frame
            case 0xF2:
                place = data[1] + 128 * data[2]
            case 0xF8 if playing:
                found[-1].frames.append(frame)
            case _:
                pass
    return found


def judged(plays: list[Stretch], heard: dict[str, list[Event]]) -> Found:
    """Hold what was heard against the clocks of every stretch."""
    found = Found(stretches=[Places() for _ in plays])
    for part in TRACKS:
        for frame, data in heard[part]:
            if is_on(data):
                begun = [n for n, play in enumerate(plays) if play.frames[0] <= frame]
                hold(found, plays, begun[-1], (part, frame, data[1]))
    return found


def hold(found: Found, plays: list[Stretch], number: int, note: tuple[str, int, int]) -> None:
    """Hold one note-on (part, frame, pitch) against the stretch that it fell into."""
    play, (part, frame, pitch) = plays[number], note
    if frame >= play.end:  # silent by then, but for what was on its way already
        found.seams += 1
        return
    near = play.nearest(frame)
    tick, far = play.place + near, frame - play.frames[near]
    if near == 0 or (near == 1 and far < 0):
        found.first.append(frame - play.frames[0])
        tick = play.place
    elif tick in play.bend:
        tick = round(tick / STEP) * STEP
        found.bent.append(abs(frame - play.frames[tick - play.place]))
    else:
        found.errors.append(abs(far))
    if tick % STEP:
        found.off.append(f"stretch {number}: {pitch} on tick {tick}")
    found.stretches[number][part, tick, pitch] += 1


def same_loop(found: Found, plays: list[Stretch]) -> list[str]:
    """Where a later stretch has other notes than the first has at that phase of the loop."""
    loop = Places()
    for (part, tick, pitch), count in found.stretches[0].items():
        if tick < LOOP:
            loop[part, tick, pitch] += count
    wrong = list[str]()
    for number, (play, notes) in enumerate(zip(plays, found.stretches, strict=True)):
        last = play.place + len(play.frames) - STEP
        ticks = range(play.place, last)
        meant = Counter(
            (part, tick, pitch)
            for (part, phase, pitch) in loop
            for tick in range(phase, last, LOOP)
            if tick in ticks
        )
        heard = Places({note: n for note, n in notes.items() if note[1] < last})
        lost, more = meant - heard, heard - meant
        wrong += [f"stretch {number}: lost {dict(lost)}, more {dict(more)}"] if lost or more else []
    return wrong


def recorded(song: Path) -> tuple[Places, list[float]]:
    """What Ardour's tracks hold, and how far each note is from a sixteenth, in frames."""
    notes, far = Places(), list[float]()
    for part, track in TRACKS.items():
        (file,) = song.glob(f"interchange/song/midifiles/Take*_{track}-*.mid")
        midi = mido.MidiFile(file)
        now = 0
        for message in mido.merge_tracks(midi.tracks):
            now += message.time
            if message.type == "note_on" and message.velocity:
                place = now / midi.ticks_per_beat * TICKS_A_BEAT
                tick = round(place / STEP) * STEP
                far.append(abs(place - tick) * RATE / 2 / TICKS_A_BEAT)  # at 120
                notes[part, tick, message.note] += 1
    return notes, sorted(far)


def begun(start: Starter, *words: str) -> Script:
    """A jam that has its first loop, connected to Ardour."""
    jam = start("-m", "loopwright.live", "jam", "--midi-system", "jack", *JAM, *words)
    jam.wait_for("next one ready")
    cables = {CLOCK: IN} | {
        f"Loopwright:{part}": f"ardour:{track}/midi_in 1" for part, track in TRACKS.items()
    }
    for source, target in cables.items():
        start.run("jack_connect", source, target).process.wait()
    return jam


def perform(start: Starter, song: Path) -> dict[str, list[Event]]:
    """Play the score; return what was heard on Ardour's clock and on our parts."""
    ardour = start.run("ardour7-lua" if shutil.which("ardour7-lua") else "ardour8-lua", LUA, song)
    ardour.wait_for("ready")
    hint(start, ardour)
    jam = begun(start, *HINT.split())
    ears = start(HERE / "jack_ears.py", CLOCK, *TRACKS)
    ears.wait_for("connected")
    for word, seconds in SCORE:
        ardour.tell(word)
        time.sleep(seconds)
    told = ears.result()
    jam.process.terminate()
    ardour.tell("end")
    ardour.process.wait(20)
    return {name: events_of(events) for name, events in told.items()}


def hint(start: Starter, ardour: Script) -> None:
    """Without the option, a jam soon says that the positions look like clocks."""
    jam = begun(start)
    for _ in range(3):
        ardour.tell("roll")
        time.sleep(2.0)
        ardour.tell("stop")
        time.sleep(0.5)
    print("hint:", jam.wait_for(HINT).strip())
    jam.process.terminate()
    jam.process.wait()
    ardour.tell("locate 0")
    time.sleep(0.5)


def report(heard: dict[str, list[Event]], song: Path) -> list[str]:
    """Print the figures; return what is wrong."""
    plays = stretches(heard[CLOCK])
    found = judged(plays, heard)
    taken, far = recorded(song)
    print(f"{len(plays)} stretches, from tick {', '.join(str(play.place) for play in plays)}")
    tell("note-ons from the clock", sorted(found.errors))
    tell("those on the first clock of a stretch, late by", sorted(found.first))
    tell(f"those of the first {BENT} ticks after a change of tempo", sorted(found.bent))
    tell("in Ardour's recording, from its grid", far)
    print(f"note-ons of a place just left: {found.seams}")
    played = Places({note: n for note, n in found.stretches[0].items() if note[1] > 0})
    wrong = found.off + same_loop(found, plays)
    lost, more = played - taken, taken - played
    wrong += [f"recorded otherwise: lost {dict(lost)}, more {dict(more)}"] if lost or more else []
    for part in TRACKS:
        left = sounding_after(heard[part])
        wrong += [f"{part}: {left} left sounding"] if left else []
    if max(found.errors) > PERIOD or max(found.first) > LATE or far[-1] > PERIOD:
        wrong.append("notes away from the grid")
    return wrong


def tell(what: str, frames: list[int] | list[float]) -> None:
    """Print a row of figures."""
    n = len(frames)
    print(
        f"{what}: {n}, p50 {frames[n // 2]:.0f}, p99 {frames[n * 99 // 100]:.0f},"
        f" worst {frames[-1]:.0f} frames"
    )


def main() -> int:
    """Run the whole and return the exit status."""
    ardour = any(shutil.which(name) for name in ("ardour7-lua", "ardour8-lua"))
    if not ardour or shutil.which("jackd") is None:
        print("test-host needs Ardour and JACK (Debian, Ubuntu: apt-get install ardour jackd2)")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        song = Path(folder) / "song"
        with jack_server() as environment, starter(environment, Path(folder)) as start:
            heard = perform(start, song)
        wrong = report(heard, song)
    print("\n".join(wrong) or "nothing wrong")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
