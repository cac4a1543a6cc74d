"""Ten million happenings through the pure instrument, each step held to the laws.

    python tests/soak/pure.py [--seed N] [--happenings M] [--only K]

An hour of simulated jamming comes first: the position must be the clocks that were sent. Then come
performances of chance, numbered from 0, until there were M happenings in all. What failed is told
with its number, and `--only K` with the same seed plays that one alone. The process's own memory,
looked at after every performance, must stay as it was after the first minute, within 5 MB.
"""

import argparse
import gc
import os
import random
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).parents[1]))

from deeds import ANSWERS, answer, chosen, perform
from judge import LOOPS, Judge
from melodies import sung
from score import settings
from tqdm import tqdm

from loopwright.engine import midi
from loopwright.engine.answermode import Mode
from loopwright.engine.compose import Composed
from loopwright.engine.happen import Action, Answered, Heard, Phrased, Pressed
from loopwright.engine.time import Seconds, loop_phase, period_of

HAPPENINGS = 10_000_000
HOUR = 3600.0  # seconds
SCORE = 4000  # bytes of a performance
SETTLED = 60.0  # seconds until memory counts
ALLOWED = 5.0  # MB


class Memory:
    """This process's resident memory since it settled, in MB."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.low = self.high = 0.0

    def look(self) -> float:
        """Return what is resident now, less what Python keeps at hand for tuples to come."""
        gc.collect()
        now = resident()
        if time.monotonic() - self.begun >= SETTLED:
            self.low, self.high = min(self.low or now, now), max(self.high, now)
        return now


def resident() -> float:
    """Return this process's resident memory in MB; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def jam(judge: Judge, seconds: float, chance: random.Random, bar: "tqdm[NoReturn]") -> int:
    """Play along with a host whose tempo wanders, for so long; return how many clocks it sent."""
    judge.hear(midi.START)
    sent, end, bpm = 0, judge.now + seconds, 120.0
    while judge.now < end:
        before = judge.steps
        bpm = min(max(bpm + chance.uniform(-2, 2), 60.0), 200.0)
        for beat in range(4):
            play_along(judge, chance, beat)
            for _ in range(24):
                sing_along(judge)
                judge.hear_clocks(1, period_of(bpm), wake=True)
            sent += 24
        if judge.state.repertoire.asked is not None:
            judge.step(Answered(Composed(judge.asked[-1].number, chance.choice(LOOPS)), at(judge)))
        bar.update(judge.steps - before)
    return sent


def play_along(judge: Judge, chance: random.Random, beat: int) -> None:
    """Play a note on the keyboard, and now and then press something."""
    pitch = chance.randrange(30, 60)
    judge.step(Heard(midi.note_on(3, pitch, chance.randrange(40, 90)), at(judge)))
    judge.step(Heard(midi.note_off(3, pitch), at(judge)))
    if beat == 0 and chance.random() < 0.05:
        actions = (Action.NEW, Action.GROW, Action.BACK, Action.KEEP, Action.KEEP_PHRASE)
        judge.step(Pressed(chance.choice(actions), at(judge)))


def sing_along(judge: Judge) -> None:
    """Have the melody's composer answer what it was asked, if it was."""
    answer = judge.state.answering.answer
    if answer is not None and answer.asked is not None:
        judge.step(Phrased(sung(answer.asked), at(judge)))


def at(judge: Judge) -> Seconds:
    """Return the present second."""
    return Seconds(judge.now)


def hour(seed: int, seconds: float, bar: "tqdm[NoReturn]") -> Judge:
    """Jam for an hour and hold the instrument to where it must be then."""
    answers = settings(every=1, follow=1, answer=Mode.ALWAYS)
    judge = Judge(replace(answers, seed=seed))
    judge.step(Answered(Composed(1, ANSWERS[0]), at(judge)))
    sent = jam(judge, seconds, random.Random(seed), bar)
    after = judge.state
    assert after.transport.tick == sent - 1, f"{sent} clocks came, at tick {after.transport.tick}"
    assert loop_phase(after.transport.tick) == (sent - 1) % 768
    assert (after.counts.dropped, after.counts.failed) == (0, 0), after.counts
    judge.hear(midi.STOP)
    assert not judge.sounding
    return judge


def one(seed: int, number: int) -> Judge:
    """Play performance `number` of a seed to its end."""
    chance = random.Random(f"{seed}:{number}")
    judge = Judge(chosen(chance.getrandbits(16)))
    answer(judge, iter(b""))
    judge.hear(midi.START)
    score = chance.randbytes(SCORE)
    for place in range(0, SCORE, 50):
        if not judge.over:
            perform(judge, score[place : place + 50])
    if not judge.over:
        judge.step(Pressed(Action.QUIT, at(judge)))
    assert judge.over
    assert not judge.sounding
    return judge


def soak(seed: int, happenings: int) -> int:
    """Play until there were so many happenings; return the exit status."""
    memory, number = Memory(), 0
    every = 1.0 if sys.stderr.isatty() else 30.0
    with tqdm(total=happenings, unit=" happenings", unit_scale=True, mininterval=every) as bar:
        jammed = hour(seed, HOUR * min(1.0, happenings / HAPPENINGS), bar)
        done, ons = jammed.steps, jammed.ons
        heard = jammed.state.transport.next
        while done < happenings:
            try:
                judge = one(seed, number)
            except Exception:
                print(f"\nbroken: --seed {seed} --only {number}", file=sys.stderr)
                raise
            done, ons, number = done + judge.steps, ons + judge.ons, number + 1
            bar.update(judge.steps)
            bar.set_postfix(notes=ons, MB=f"{memory.look():.1f}", refresh=False)
    print(f"seed {seed}: {done} happenings, a jam of {heard} clocks and {number} performances,")
    print(f"{ons} notes, none left sounding, doubled, out of phase, or begun while we did not play")
    print(f"memory after the first minute: {memory.low:.1f} to {memory.high:.1f} MB")
    return int(memory.high - memory.low > ALLOWED)


def main() -> int:
    """Read the command line, soak, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    parser.add_argument("--happenings", type=int, default=HAPPENINGS)
    parser.add_argument("--only", type=int, metavar="K", help="play performance K alone")
    told = parser.parse_args()
    print(f"seed {told.seed}")
    if told.only is not None:
        print(f"{one(told.seed, told.only).steps} happenings, nothing broken")
        return 0
    return soak(told.seed, told.happenings)


if __name__ == "__main__":
    sys.exit(main())
