import pytest
from score import groove, playing, settings, with_lead

from loopwright.engine.happen import Action

LOOP = 16.0  # seconds, at 120 quarter notes a minute


@pytest.mark.parametrize(
    ("offset", "lead", "ahead"),
    [(0, 0.0, 0.025), (-100, 0.0, 0.125), (-300, 0.0, 0.325), (300, 0.0, 0.025), (0, 0.01, 0.035)],
)
@pytest.mark.parametrize("in_time", [True, False])
def test_a_loop_that_is_there_before_the_look_ahead_reaches_the_boundary_enters_on_it(
    offset: float, lead: float, ahead: float, in_time: bool
) -> None:
    stand = playing(with_lead(settings(offset_bass=offset), lead))
    begin = stand.at
    stand.clocks(700)
    stand.press(Action.NEW)
    while stand.at < begin + LOOP - ahead - stand.period - 0.002:
        stand.clocks(1)
    stand.wait_until(begin + LOOP - ahead + (-0.002 if in_time else 0.002))
    stand.answer(groove(bass=50))
    assert (stand.state.plan.laid == 768) == in_time


@pytest.mark.parametrize("offset", [-300, -120, 0, 120, 300])
def test_an_offset_moves_every_note_of_its_part_and_no_other(offset: float) -> None:
    stand = playing(settings(offset_bass=offset))
    begin = stand.at
    stand.clocks(480)
    late = offset / 1000
    kicks, bass = stand.ons(36), stand.ons(40)
    assert kicks == pytest.approx([begin + n * 0.5 for n in range(20)], abs=1e-6)
    expected = [max(begin + n * 0.5 + late, begin) for n in range(20)]
    assert bass[:19] == pytest.approx(expected[:19], abs=1e-6)
    assert (stand.state.counts.late, stand.state.counts.dropped) == (0, 0)
