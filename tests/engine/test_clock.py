import random
from itertools import pairwise
from math import ceil
from statistics import mean, pstdev

import pytest
from clocks import Jitter, by_block, follow, gaussian, outliers, ramp, steady, step
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.clock import Follower, anchored, heard
from loopwright.engine.time import Seconds, Tick, bpm_of, period_of


def settled(bpm: float, jitter: Jitter) -> tuple[float, float, Follower]:
    """Return the sd of the phase (ms) and of the tempo after 20 seconds, and the last follower."""
    truth = steady(bpm, 60)
    line = follow(jitter(at) for at in truth)
    begin = int(20 / period_of(bpm))
    phase = [(f.at - at) * 1000 for f, at in zip(line, truth, strict=True)][begin:]
    return pstdev(phase), pstdev(bpm_of(f.period) for f in line[begin:]), line[-1]


@pytest.mark.parametrize("bpm", [20, 40, 120, 200, 400])
def test_a_perfect_clock_gives_perfect_times(bpm: float) -> None:
    truth = steady(bpm, 20)
    line = follow(truth, Follower(period_of(bpm)))
    assert max(abs(f.at - at) for f, at in zip(line, truth, strict=True)) < 1e-9
    assert bpm_of(line[-1].period) == pytest.approx(bpm, abs=1e-6)
    assert line[-1].reseeds == 0


@pytest.mark.parametrize(
    ("jitter", "phase", "tempo"),
    [
        (gaussian(0.001), 0.12, 0.007),
        (gaussian(0.003), 0.36, 0.02),
        (by_block(256 / 48000), 0.13, 0.02),
        (by_block(512 / 48000), 0.25, 0.02),
    ],
    ids=["1 ms", "3 ms", "256 frames", "512 frames"],
)
def test_a_jittered_clock_is_smoothed(jitter: Jitter, phase: float, tempo: float) -> None:
    phase_sd, tempo_sd, _ = settled(120, jitter)
    assert phase_sd <= phase
    assert tempo_sd <= tempo


@pytest.mark.parametrize("bpm", [120, 180, 240, 300])
def test_a_fast_clock_in_blocks_is_near_from_its_second_beat_on(bpm: float) -> None:
    truth, block = steady(bpm, 10), 256 / 48000
    late = by_block(block)
    line = follow(late(at) for at in truth)
    errors = [f.at - at for f, at in zip(line, truth, strict=True)]
    assert max(abs(error - mean(errors)) for error in errors[48:]) < block / 2


def test_blocks_longer_than_a_clock_are_smoothed_too() -> None:
    phase_sd, tempo_sd, last = settled(90, by_block(1024 / 44100))
    assert phase_sd < 0.5
    assert tempo_sd < 0.02
    assert last.reseeds <= 1


@pytest.mark.parametrize("bpm", [60, 140, 122])
def test_after_a_step_of_the_tempo_it_is_there_within_12_clocks(bpm: float) -> None:
    truth, before = step(120, bpm)
    line = follow(truth)
    errors = [abs(f.at - at) for f, at in zip(line, truth, strict=True)]
    assert max(errors[before + 12 :]) < 0.003
    assert bpm_of(line[-1].period) == pytest.approx(bpm, abs=0.05)


def test_a_ramp_is_followed_closely() -> None:
    truth = ramp(120, 160)
    errors = [abs(f.at - at) for f, at in zip(follow(truth), truth, strict=True)][-768:]
    assert mean(errors) < 0.0015
    assert max(errors) < 0.005


def test_an_hour_with_jitter_never_begins_anew() -> None:
    jitter = gaussian(0.001)
    assert follow(jitter(at) for at in steady(120, 3600))[-1].reseeds == 0


def test_a_few_clocks_far_too_late_are_not_believed() -> None:
    chance = random.Random(2)
    truth = steady(120, 60)
    late = [at + (0.02 if chance.random() < 0.01 else 0) for at in truth]
    line = follow(late)
    assert max(abs(f.at - at) for f, at in zip(line, truth, strict=True)) < 1e-6
    assert line[-1].count == len(truth)


def test_a_burst_after_a_gap_is_counted_and_moves_nothing() -> None:
    truth = steady(120, 20)
    held = [*truth[:500], *[truth[511]] * 12, *truth[512:]]
    line = follow(held)
    assert max(abs(f.at - at) for f, at in zip(line, truth, strict=True)) < 1e-6


@pytest.mark.parametrize("bpm", [40, 120, 200])
@pytest.mark.parametrize("jitter", [0.0, 0.001, 0.003], ids=["even", "1 ms", "3 ms"])
def test_at_any_tempo_the_line_is_ten_times_calmer_than_the_clocks(
    bpm: float, jitter: float
) -> None:
    phase_sd, tempo_sd, last = settled(bpm, gaussian(jitter, 4))
    assert phase_sd <= 100 * jitter + 1e-6
    assert tempo_sd <= 3e-2 * jitter * bpm + 1e-6
    assert last.reseeds == 0


@pytest.mark.parametrize("bpm", [120, 200])
def test_one_clock_in_a_hundred_much_too_late_leaves_the_line_where_it_is(bpm: float) -> None:
    phase_sd, tempo_sd, last = settled(bpm, outliers(5))
    assert phase_sd < 0.15
    assert tempo_sd < 0.01
    assert last.reseeds == 0


BLOCKS = {"exact": 0.0, "512": 512 / 48000, "1024": 1024 / 44100, "2048": 2048 / 48000}


@pytest.mark.parametrize(
    ("before", "after"), [*pairwise(BLOCKS), ("exact", "2048"), *((b, b) for b in BLOCKS)]
)
def test_however_long_its_blocks_are_or_become_a_host_is_followed_at_its_tempo(
    before: str, after: str
) -> None:
    """With a Start between: clocks that are even by the block at a wrong tempo are a trap."""
    block = BLOCKS[after]
    for bpm in (60, 75, 90, 93, 100, 110, 120, 140, 174, 200, 220, 250, 300):
        truth, phase = steady(bpm, 1100 * period_of(bpm)), random.Random(bpm).random()
        early, late = (by_block(b, phase) if b else float for b in (BLOCKS[before], block))
        line = follow(map(early, truth[:200]))
        line += follow(map(late, truth[201:]), anchored(line[-1], Seconds(late(truth[200]))))
        for follower, at in list(zip(line, [*truth[:200], *truth[201:]], strict=True))[-300:]:
            assert bpm_of(follower.period) == pytest.approx(bpm, rel=0.05)
            assert abs(follower.at - at - block / 2) < max(0.75 * block, 0.003)


@pytest.mark.parametrize("bpm", [60, 90, 110])
def test_clocks_that_are_lost_now_and_then_bend_nothing(bpm: float) -> None:
    """One in fifty by chance, and one in every bar: none of it is a host's block."""
    for seed in range(7, 10):
        chance = random.Random(seed)
        here = [at for at in steady(bpm, 1100 * period_of(bpm)) if chance.random() > 0.02]
        every_bar = [at for n, at in enumerate(steady(bpm, 1100 * period_of(bpm))) if n % 96]
        for truth in (here, every_bar):
            line = follow(map(gaussian(0.0005, seed), truth))[-500:]
            near = [abs(f.at - at) < 0.002 for f, at in zip(line, truth[-500:], strict=True)]
            assert sum(near) > 450
            assert line[-1].tempo == pytest.approx(bpm, abs=0.2)


def test_clocks_that_are_nearly_even_by_the_block_leap_and_the_line_does_not() -> None:
    line = follow(map(by_block(512 / 48000), steady(117.1, 60)))
    jumps = [abs(b.at - a.at - a.period) for a, b in pairwise(line[480:])]
    assert max(jumps) < 0.001
    assert max(abs(bpm_of(f.period) - 117.1) for f in line[480:]) < 0.2


@pytest.mark.parametrize(("before", "after"), [(120, 140), (120, 60), (60, 180), (120, 100)])
def test_a_step_is_taken_by_its_third_clock(before: float, after: float) -> None:
    truth, steps = step(before, after)
    jitter = gaussian(0.001, 6)
    line = follow(map(jitter, truth))[steps:]
    errors = [abs(f.at - at) for f, at in zip(line, truth[steps:], strict=True)]
    assert max(errors[3:]) < 0.004
    assert all(abs(bpm_of(f.period) / after - 1) < 0.02 for f in line[20:])


@pytest.mark.parametrize(("low", "high"), [(120, 160), (160, 120)])
def test_on_a_ramp_the_line_bends_and_does_not_break(low: float, high: float) -> None:
    jitter, truth = gaussian(0.001, 7), ramp(low, high)
    line = follow(map(jitter, truth))[-768:]
    errors = [abs(f.at - at) for f, at in zip(line, truth[-768:], strict=True)]
    assert mean(errors) < 0.001
    assert max(errors) < 0.005
    assert max(abs(b.at - a.at - a.period) for a, b in pairwise(line)) < 0.003


@pytest.mark.parametrize("held", [2, 6, 12])
def test_a_burst_on_a_jittered_clock_moves_nothing_much(held: int) -> None:
    jitter, truth = gaussian(0.001, 8), steady(120, 30)
    times = [jitter(at) for at in truth]
    times[700 : 700 + held] = [truth[700 + held - 1] + n * 1e-4 for n in range(held)]
    line = follow(times)
    errors = [abs(f.at - at) for f, at in zip(line, truth, strict=True)]
    assert max(errors[600:]) < 0.0006
    assert (line[-1].count, line[-1].reseeds) == (len(truth), 0)


@pytest.mark.parametrize("bpm", [40, 57, 80, 120, 240, 400])
@pytest.mark.parametrize("apart", [0.0, 0.001])
def test_what_is_made_up_for_after_a_silence_is_no_tempo(bpm: float, apart: float) -> None:
    truth = steady(bpm, 30)
    made_up = range(100, 100 + ceil(0.4 * bpm * 24 / 60))
    late = truth[made_up[-1]] - apart * len(made_up)
    held = [late + apart * (n - 99) for n in made_up]
    line = follow([*truth[:100], *held, *truth[made_up.stop :]])[made_up.stop - 1 :]
    assert all(bpm_of(f.period) == pytest.approx(bpm, rel=1e-3) for f in line)
    errors = [abs(f.at - at) for f, at in zip(line, truth[made_up.stop - 1 :], strict=True)]
    assert max(errors) < 1e-6
    assert line[-1].reseeds == 0


@pytest.mark.parametrize("bpm", [480, 600, 999])
def test_the_quickest_host_is_no_burst(bpm: float) -> None:
    line = follow(steady(bpm, 5))
    assert line[-1].locked
    assert bpm_of(line[-1].period) == pytest.approx(bpm, rel=1e-6)


def test_after_a_second_without_clocks_it_begins_anew_where_they_go_on() -> None:
    truth = steady(120, 20)
    line = follow([*truth[:500], *truth[524:]])
    assert [f.count for f in line[499:502]] == [500, 1, 2]
    assert [f.at for f in line[500:503]] == pytest.approx(truth[524:527])


@pytest.mark.parametrize("missing", [1, 6])
def test_after_clocks_that_never_came_the_line_is_where_the_clock_is(missing: int) -> None:
    truth = steady(120, 20)
    came = [*truth[:500], *truth[500 + missing :]]
    line = follow(came)
    errors = [abs(f.at - at) for f, at in zip(line, came, strict=True)]
    assert max(errors[502:]) < 1e-6


def test_after_a_silence_it_begins_anew_at_the_tempo_known() -> None:
    truth = [*steady(150, 10), *steady(100, 10, 200.0)]
    line = follow(truth)
    first = next(f for f in line if f.at >= 200)
    assert (first.count, first.at) == (1, 200.0)
    assert bpm_of(first.period) == pytest.approx(150)
    assert bpm_of(line[-1].period) == pytest.approx(100)


def test_it_is_locked_after_12_clocks() -> None:
    assert [f.locked for f in follow(steady(120, 0.3))].index(True) == 11


def test_where_the_song_begins_off_the_old_grid_the_line_begins_there() -> None:
    line = follow(steady(120, 10))[-1]
    start = Seconds(line.at + line.period + 0.01)
    begun = anchored(line, start)
    assert (begun.at, begun.period) == (start, line.period)


def test_where_the_song_begins_on_the_old_grid_jitter_is_smoothed_still() -> None:
    jitter = gaussian(0.001)
    line = follow(jitter(at) for at in steady(120, 10))[-1]
    expected = line.at + line.period
    assert abs(anchored(line, Seconds(expected + 0.001)).at - expected) < 0.0003


def test_the_tempo_shown_does_not_flicker() -> None:
    jitter = gaussian(0.001)
    shown = [f.shown for f in follow(jitter(at) for at in steady(120, 60)) if f.locked]
    assert len(set(shown[: 10 * 48])) <= 5
    assert set(shown[10 * 48 :]) == {120.0}


def test_the_tempo_shown_follows_a_step() -> None:
    truth, _ = step(120, 90)
    assert follow(truth)[-1].shown == 90.0


@given(st.lists(st.floats(0, 0.4), min_size=1, max_size=80))
def test_whatever_comes_periods_stay_sane_and_the_line_goes_forward(gaps: list[float]) -> None:
    follower, at = Follower(period_of(120)), 100.0
    for gap in gaps:
        at += gap
        follower = heard(follower, Seconds(at))
        assert period_of(999) <= follower.period <= period_of(5)
        assert abs(follower.at - at) < 2.5
        line = follower.line(Tick(7))
        assert line.time_of(7) == follower.at


@given(
    st.lists(st.sampled_from((0.0, 0.0, 0.003, 0.02, 0.0232, 0.0464, 0.1, 0.3)), max_size=80),
    st.sampled_from((30, 60, 90, 140, 200, 300)),
    st.floats(0, 1),
)
def test_after_whatever_came_steady_clocks_are_soon_followed(
    chaos: list[float], bpm: float, off: float
) -> None:
    begin = 100.0 + sum(chaos)
    times = [100.0 + sum(chaos[: n + 1]) for n in range(len(chaos))]
    truth = [begin + (n + off) * period_of(bpm) for n in range(256)]
    last = follow([*times, *truth])[-1]
    assert bpm_of(last.period) == pytest.approx(bpm, rel=0.01)
    assert abs(last.at - truth[-1]) < 0.003
