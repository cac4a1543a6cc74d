"""Which tokens are heard: the latest, never too many, the same for the same number of them."""

from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.context import AHEAD, Window

contexts = st.integers(5, 60).flatmap(
    lambda half: st.builds(Window, st.just(2 * half + 5), st.integers(0, 4))
)


@given(contexts, st.integers(0, 400))
def test_the_opening_and_the_latest_are_heard_and_fit(window: Window, count: int) -> None:
    tokens = list(range(count))
    heard = list(window.heard(tokens, window.base(count)))
    assert len(heard) <= window.context
    assert len(heard) >= min(count, window.half + window.opening)
    assert heard[: window.opening] == tokens[: window.opening]
    latest = heard[window.opening :]
    assert latest == tokens[count - len(latest) :]


@given(contexts, st.integers(0, 400))
def test_bases_only_rise_and_the_next_is_known_before_it_comes(window: Window, count: int) -> None:
    base, after = window.base(count), window.base(count + 1)
    assert base <= after
    if after != base:
        assert window.following(count) == after
        assert after - (base or window.opening) == window.half


@given(contexts)
def test_a_few_for_each_new_token_are_enough_to_be_ready(window: Window) -> None:
    ready = 0
    for count in range(1, 4 * window.context):
        tokens = range(count)
        if window.base(count) != window.base(count - 1):
            before_the_last = len(window.heard(tokens, window.base(count))) - 1
            assert before_the_last - ready <= AHEAD
            ready = 0
        base = window.following(count)
        if base is not None:
            ready = min(ready + AHEAD, len(window.heard(tokens, base)) - 1)


def test_a_context_of_none_hears_all() -> None:
    window = Window(0)
    assert window.base(10_000) == 0
    assert window.following(10_000) is None
