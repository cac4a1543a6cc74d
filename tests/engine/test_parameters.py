from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.happen import Action
from loopwright.engine.parameters import (
    BY_NAME,
    CONTROLS,
    PARAMETERS,
    Parameter,
    clamp,
    defaults,
    from_cc,
)

TAKEN = {0, 6, 32, 38, 64, *range(98, 102), *range(120, 128)}


def test_every_default_lies_in_its_range() -> None:
    assert all(p.low <= p.default <= p.high for p in PARAMETERS)
    assert defaults().keys() == BY_NAME.keys()


def test_every_action_can_be_reached() -> None:
    assert {c.action for c in CONTROLS} == set(Action)


def test_no_cc_key_or_note_does_two_things() -> None:
    ccs = [c.cc for c in CONTROLS] + [p.cc for p in PARAMETERS if p.cc is not None]
    keys = "".join([c.key for c in CONTROLS] + [p.keys for p in PARAMETERS])
    notes = [c.note for c in CONTROLS] + [p.note for p in PARAMETERS if p.note is not None]
    for group in (ccs, list(keys), notes):
        assert len(set(group)) == len(group)


def test_no_cc_means_something_else_to_midi() -> None:
    assert not TAKEN & ({c.cc for c in CONTROLS} | {p.cc for p in PARAMETERS})


@given(st.sampled_from(PARAMETERS), st.integers(0, 127))
def test_a_cc_spans_the_range(p: Parameter, value: int) -> None:
    assert p.low <= from_cc(p, value) <= p.high + 1e-9
    assert (from_cc(p, 0), from_cc(p, 127)) == (p.low, p.high)


@given(st.sampled_from(sorted(BY_NAME)), st.floats(allow_nan=False))
def test_clamped_values_lie_in_range(name: str, value: float) -> None:
    assert BY_NAME[name].low <= clamp(name, value) <= BY_NAME[name].high
