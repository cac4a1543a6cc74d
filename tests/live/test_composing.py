"""What the app tells a composer that takes over, of the slot that plays and the one to come."""

from pathlib import Path

from loopwright.engine.compose import Request, Sampling
from loopwright.live.board import Member
from loopwright.live.composing import Composing
from loopwright.live.loading import Load, Opened

PRESET = Path("preset")


class Stage:
    """What was posted to whom; a composer falls when a test says so."""

    def __init__(self) -> None:
        self.to: dict[Member, list[object]] = {member: [] for member in Member}

    def tell(self, member: Member, value: object) -> None:
        self.to[member].append(value)

    def fell(self, member: Member) -> None:
        raise AssertionError(f"the {member} was ended")

    def loads(self) -> list[int]:
        """Take the slots that the composer was told to open."""
        told = [value.slot for value in self.to[Member.COMPOSER] if isinstance(value, Load)]
        self.to[Member.COMPOSER].clear()
        return told


def opened(stage: Stage, *slots: int) -> Composing:
    """Two slots: 0 plays, 1 is next; those named are open."""
    composing = Composing(stage, Load(0, PRESET, "auto"), lambda _: None)
    composing.load(Load(1, PRESET, "auto", Request(1, 7, Sampling(), slot=1)))
    for slot in slots:
        composing.hear(Opened(slot, "cpu", 0.1))
    assert stage.loads() == [0, 1]
    return composing


def test_the_next_slot_stays_open_however_often_composers_fall() -> None:
    stage = Stage()
    composing = opened(stage, 0, 1)
    for _ in range(3):
        composing.revive()
        assert stage.loads() == [0, 1]
    composing.play(1)
    composing.revive()
    assert stage.loads() == [1]


def test_a_composer_that_fell_over_the_next_slot_is_started_without_it() -> None:
    stage = Stage()
    composing = opened(stage, 0)
    composing.revive()
    assert stage.loads() == [0]
    assert not composing.wants(1)
