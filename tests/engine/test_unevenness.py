import pytest
from clocks import by_block, follow, gaussian, outliers, steady
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.unevenness import Unevenness


@pytest.mark.parametrize("sd", [0.0005, 0.001, 0.003])
def test_the_spread_is_the_standard_deviation_of_the_clocks(sd: float) -> None:
    line = follow(map(gaussian(sd, 3), steady(120, 60)))
    spreads = [follower.spread for follower in line[480:]]
    assert sum(spreads) / len(spreads) == pytest.approx(sd, rel=0.1)


def test_a_few_late_clocks_do_not_make_it_large() -> None:
    line = follow(map(outliers(4), steady(120, 60)))
    assert max(follower.spread for follower in line[480:]) < 0.002


@pytest.mark.parametrize("bpm", [117.1, 120])
def test_the_block_of_a_host_is_known_by_its_leaps(bpm: float) -> None:
    block = 512 / 48000
    line = follow(map(by_block(block), steady(bpm, 60)))
    assert line[-1].uneven.block == pytest.approx(block, rel=0.25)
    assert line[-1].spread == pytest.approx(block / 12**0.5, rel=0.25)


@given(st.lists(st.floats(-0.3, 0.3), max_size=60))
def test_whatever_comes_it_stays_a_size(offs: list[float]) -> None:
    uneven = Unevenness()
    for count, off in enumerate(offs, 1):
        uneven = uneven.after(off, count, believed=count % 3 > 0)
        assert 0 < uneven.jitter < 1
        assert uneven.limit(1.0) > uneven.jitter
        assert uneven.turned >= 0
