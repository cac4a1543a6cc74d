"""The app between a player and a composer that only say what a test has them say."""

from collections.abc import Iterator
from pathlib import Path
from time import sleep
from typing import cast

import pytest
from small_preset import make_preset

from loopwright.engine import conduct, status
from loopwright.engine.duet import Duet
from loopwright.engine.happen import Fetch, KeepPhrase
from loopwright.engine.notes import Note, Part
from loopwright.engine.state import Settings
from loopwright.export.presetfile import read_folder
from loopwright.live.app import App
from loopwright.live.band import Band
from loopwright.live.board import Member
from loopwright.live.loading import Load
from loopwright.live.messages import Ended
from loopwright.live.options import OFF, JamOptions

DUET = Duet((Note(0, 24, 57, 80, Part.MELODY), Note(96, 48, 64, 70, Part.MELODY)), 96, 192)
DAWN, DUSK = 0, 1  # choices, and slots


class Script:
    """A band whose player plays dawn, then dusk, and only then wishes for what dawn answered."""

    def __init__(self) -> None:
        self.opened = list[int]()
        self.words = self.said()

    def said(self) -> Iterator[object]:
        yield Fetch(DUSK, DUSK)
        while DUSK not in self.opened:
            yield None
        state, _ = conduct.opening(Settings(slot=DUSK))
        yield status.read(state)
        yield KeepPhrase(DUET, DAWN, 93.0)
        yield KeepPhrase(DUET, DUSK, 94.0)
        yield Ended()

    def heard(self, patience: float) -> list[tuple[Member, object]]:
        word = next(self.words)
        if word is None:
            sleep(patience / 10)
        return [] if word is None else [(Member.PLAYER, word)]

    def tell(self, member: Member, value: object) -> None:
        if isinstance(value, Load):
            assert member is Member.COMPOSER
            self.opened.append(value.slot)

    def start(self, member: Member) -> None:
        """Start nobody."""

    def revived(self) -> list[Member]:
        return []


def test_a_phrase_goes_into_the_preset_that_answered_it_whatever_plays_by_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOOPWRIGHT_HOME", str(tmp_path / "home"))
    for name in ("dawn", "dusk"):
        make_preset(tmp_path / name)
    options = JamOptions(preset="dawn", melody=OFF, log=OFF)
    App(options, cast(Band, Script()), []).play()
    for name, tempo in (("dawn", 93), ("dusk", 94)):
        (saved,) = read_folder(tmp_path / name).preset.phrases
        assert (saved.duet, saved.tempo) == (DUET, tempo)
