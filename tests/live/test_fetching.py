"""A choice on its way: what plays, and what has played."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from time import sleep

from small_preset import library_in, make_preset

from loopwright.engine.happen import Fetch
from loopwright.live.board import Member
from loopwright.live.composing import Composing
from loopwright.live.fetching import REMEMBERED, Fetching
from loopwright.live.loading import Load
from loopwright.live.options import OFF, JamOptions
from loopwright.live.program import load_of, read_program
from loopwright.live.slots import preset_slots

OPTIONS = JamOptions(melody=OFF)


class Stage:
    """What the composer was told to open; nobody falls."""

    def __init__(self) -> None:
        self.loads = list[int]()

    def tell(self, member: Member, value: object) -> None:
        if isinstance(value, Load):
            assert member is Member.COMPOSER
            self.loads.append(value.slot)

    def fell(self, member: Member) -> None:
        raise AssertionError(f"the {member} was ended")


def choices(folder: Path) -> Iterator[Fetching]:
    """Play dawn and dusk in turns, one choice after the other."""
    shelf, stage = library_in(folder), Stage()
    for name in ("dawn", "dusk"):
        make_preset(shelf.user / name)
    slots = preset_slots(shelf)
    first = read_program(shelf, OPTIONS, slots.slots[0], "dawn", None)
    composing = Composing(stage, load_of(OPTIONS, first, 0), print)
    fetching = Fetching(shelf, OPTIONS, slots, first, band=stage, composing=composing, say=print)
    number = 0
    while True:
        yield fetching
        number += 1
        fetching.fetch(Fetch(number, number % 2))
        for _ in range(3000):
            fetching.watch(None)
            if number in stage.loads:
                break
            sleep(0.01)
        assert fetching.seen(number) is not None


def test_what_has_played_is_known_by_its_choice(tmp_path: Path) -> None:
    fetching = list(islice(choices(tmp_path), 4))[-1]
    names = [fetching.played(number).opened.found.name for number in range(4)]
    assert names == ["dawn", "dusk", "dawn", "dusk"]


def test_of_what_played_long_ago_what_plays_takes_the_place(tmp_path: Path) -> None:
    fetching = list(islice(choices(tmp_path), REMEMBERED + 2))[-1]
    assert fetching.playing.opened.found.name == "dusk"
    assert fetching.played(0) is fetching.playing
    assert fetching.played(2).opened.found.name == "dawn"
