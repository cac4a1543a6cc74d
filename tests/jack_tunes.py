"""Tunes that a host plays to a jam on JACK, and the answers that an independent client hears."""

import random
from dataclasses import dataclass
from pathlib import Path

from jack_heard import Heard, is_off, is_on
from jack_session import HERE, Script, Starter, events_of

MELODY = "Loopwright Melody"
NOTES, BEAT, LENGTH = 4, 24, 8  # four quarter notes, each eight ticks long
PLAYED = (NOTES - 1) * BEAT + LENGTH  # ticks of a tune
SOON = -(-(PLAYED + BEAT) // BEAT) * BEAT  # the first beat when a beat of silence has passed
EVERY = 288  # ticks from one tune to the next
Onset = tuple[int, int, int]
"""Tick of the nearest sixteenth, frames from it, pitch."""


@dataclass(frozen=True)
class Duet:
    """What was played and heard: the first tick of each tune, and its answer's note-ons."""

    answers: dict[int, list[Onset]]
    heard: Heard

    @property
    def events(self) -> list[tuple[int, bytes]]:
        return self.heard.parts[MELODY]

    @property
    def lengths(self) -> list[int]:
        """How long each note sounded, in frames; every note that began has ended."""
        begun, lengths = dict[int, int](), list[int]()
        for frame, message in self.events:
            if is_on(message):
                assert message[1] not in begun
                begun[message[1]] = frame
            elif is_off(message) and message[1] in begun:
                lengths.append(frame - begun.pop(message[1]))
        assert not begun
        return lengths


def play(host: Script, tick: int, pitches: list[int]) -> None:
    """Have a host play quarter notes from a tick on, with its clocks, on channel 3."""
    for n, pitch in enumerate(pitches):
        host.tell(f"at {tick + n * BEAT} 92{pitch:02x}50")
        host.tell(f"at {tick + n * BEAT + LENGTH} 82{pitch:02x}40")


def duet(start: Starter, melody: Path, tunes: int, bpm: int, *words: str, soon: int = SOON) -> Duet:
    """Play so many tunes of chance to a jam, and stop in the midst of the last answer.

    Answers are expected `soon` ticks after a tune begins.
    """
    jam = start(
        *("-m", "loopwright.live", "jam", "--midi-system", "jack", "--flat", "--seed", "7"),
        *("--melody", melody, "--set", "answer_bars=1", *words),
    )
    jam.wait_for("ports:")
    ears = start(HERE / "jack_ears.py", MELODY)
    end = EVERY * (tunes - 1) + soon + BEAT + BEAT // 3
    host = start(HERE / "jack_host.py", "Loopwright In", f"{bpm}@{end}")
    for script, word in ((jam, "next one ready"), (ears, "connected"), (host, "connected")):
        script.wait_for(word)
    chance = random.Random(tunes)
    for n in range(tunes):
        play(host, n * EVERY, [chance.randrange(30, 90) for _ in range(NOTES)])
    for word in ("start", "wait"):
        host.tell(word)
    host.wait_for("stopped", patience=end * 60 / bpm / 24 + 30)
    host.tell("end")
    sent = host.result()
    jam.process.terminate()
    assert jam.process.wait(5) == 0
    moves = {str(word): (int(str(f)), int(str(n))) for word, f, n in sent["moves"]}
    clocks = [int(str(clock)) for clock in sent["clocks"]]
    parts = {MELODY: events_of(ears.result()[MELODY])}
    heard = Heard(clocks, moves["start"][1], moves["stop"][0], parts)
    onsets = heard.onsets(MELODY)
    answers = {
        begin: [onset for onset in onsets if begin <= onset[0] < begin + EVERY]
        for begin in range(0, EVERY * tunes, EVERY)
    }
    return Duet(answers, heard)
