"""What those who follow our clock hear on JACK, judged by an independent client in frames."""

import time

import pytest
from jack_heard import BASS, DRUMS, Heard, errors, sounding_after
from jack_keys import CLOCK, CLOCK_OUT, CONTINUE, START, STOP, Led, keyed, led
from jack_session import HERE, RATE, Starter, events_of

pytestmark = pytest.mark.jack

BPM, PERIOD = 125, 960  # frames a clock, a whole number


def share(values: list[int], limit: int) -> float:
    """How many of the values are no more than `limit`, as a share."""
    return sum(value <= limit for value in values) / len(values)


def check_moves(heard: Led) -> None:
    """Start, then a clock; later Stop, song position, Continue at a sixteenth, and a clock."""
    assert [data[:1] for data in heard.moves] == [START, STOP, b"\xf2", CONTINUE, STOP]
    position = heard.moves[2]
    assert heard.after(START)[1] == heard.after(CONTINUE)[1] == CLOCK
    assert heard.after(position[:1])[1] == CONTINUE
    begin, stop = heard.after(START)[0], next(f for f, m in heard.line if m == STOP)
    ticks = sum(begin <= frame <= stop for frame in heard.clocks)
    assert (position[1] + 128 * position[2]) == ticks // 6


def test_others_hear_an_even_clock_and_our_notes_lie_on_it(start: Starter) -> None:
    heard = led(start, BPM, 6.0)
    check_moves(heard)
    begin = heard.after(START)[0]
    # What a stalled machine sends too late is uneven; the rest is exact to the frame.
    assert share(heard.uneven(PERIOD, heard.clocks[0], begin + 5 * RATE), 0) > 0.9
    assert len(heard.onsets) > 20  # how many there are is up to the loop
    assert min(heard.onsets) - begin <= PERIOD
    assert share(heard.far(), 0) > 0.9


def test_another_loopwright_follows_the_one_that_leads(start: Starter) -> None:
    leader = keyed(start, "--lead", "--tempo", "200", "--flat")
    follower = keyed(start, "--clock-from", CLOCK_OUT, "--flat", "--seed", "7")
    names = [f"Loopwright-01:{part}" for part in (DRUMS, BASS)]
    ears = start(HERE / "jack_ears.py", CLOCK_OUT, *names)
    for jam in (leader.jam, follower.jam):
        jam.wait_for("next one ready")
    ears.wait_for("connected")
    time.sleep(1)
    leader.press(" ", 8.0)
    leader.press(" ", 0.5)
    follower.end()
    leader.end()
    told = ears.result()
    line = events_of(told[CLOCK_OUT])
    begin, stop = (next(n for n, (_, m) in enumerate(line) if m == data) for data in (START, STOP))
    clocks = [frame for frame, data in line if data == CLOCK]
    parts = {part: events_of(told[name]) for part, name in zip((DRUMS, BASS), names, strict=True)}
    heard = Heard(clocks, begin, line[stop][0], parts)
    far = errors(heard)
    assert len(far) > 20
    assert share(far, 24) > 0.9
    assert not any(sounding_after(events) for events in parts.values())
