from dataclasses import replace
from math import ceil

import pytest
from clocks import gaussian, steady
from hypothesis import given
from hypothesis import strategies as st
from score import Stand, playing, settings

from loopwright.engine import midi
from loopwright.engine.clock import START_UP
from loopwright.engine.jitter import EDGES, Jitter

WIDTH = EDGES[1] / EDGES[0]
DEVIATIONS = st.floats(-0.09, 0.09)


def jitter_of(deviations: list[float]) -> Jitter:
    jitter = Jitter()
    for deviation in deviations:
        jitter = jitter.plus(deviation)
    return jitter


@given(st.lists(DEVIATIONS, min_size=1, max_size=60), st.floats(0, 1))
def test_a_percentile_is_at_most_a_bin_above_the_true_one(
    deviations: list[float], share: float
) -> None:
    rank = max(1, ceil(share * len(deviations)))
    true = sorted(map(abs, deviations))[rank - 1]
    told = jitter_of(deviations).percentile(share)
    assert true <= told <= max(true * WIDTH * (1 + 1e-9), EDGES[0])


@given(st.lists(DEVIATIONS, max_size=20), st.lists(DEVIATIONS, max_size=20))
def test_merged_is_as_if_all_had_been_added_to_one(one: list[float], other: list[float]) -> None:
    assert jitter_of(one).merged(jitter_of(other)) == jitter_of(one + other)
    assert jitter_of(one).count == len(one)


def test_it_does_not_grow() -> None:
    assert len(jitter_of([n / 1000 for n in range(200)]).counts) == len(Jitter().counts)


def test_without_clocks_there_is_no_jitter() -> None:
    assert (Jitter().count, Jitter().percentile(0.99)) == (0, 0.0)


def test_what_is_beyond_a_tenth_of_a_second_is_called_a_tenth() -> None:
    assert Jitter().plus(2.0).percentile(0.5) == pytest.approx(0.1)


def test_of_a_host_the_jitter_is_measured_once_its_clock_is_known() -> None:
    stand, jitter = Stand(), gaussian(0.001)
    truth = steady(120, 20)
    for at in truth:
        stand.wait_until(jitter(at))
        stand.hear(midi.CLOCK)
    measured = stand.state.jitter
    assert measured.count == len(truth) - START_UP + 1
    assert measured.percentile(0.5) == pytest.approx(0.00067, rel=0.25)
    assert measured.percentile(0.99) == pytest.approx(0.0026, rel=0.25)


def test_our_own_clock_is_not_measured() -> None:
    stand = playing(replace(settings(), follow_clock=False))
    stand.wait(10)
    assert stand.state.follower.locked
    assert stand.state.jitter.count == 0
