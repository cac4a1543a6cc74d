"""The script of a listening page: what plays, what stops, and what is saved. Needs node."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import TypedDict, cast

import numpy as np
import pytest

from loopwright.engine.roll import DRUMS, Drum
from loopwright.training.listening import planned
from loopwright.training.listeningpage import page

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="no node here, which runs the page's script")
LOOP_SECONDS = 16
NAMELESS = "please write your name or number above first"


class Seen(TypedDict):
    """After a step: sounds that are not over, what the page says, name and text of a file."""

    sounds: int
    says: str
    saved: list[str] | None


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a page with three loops to get used to and two to rate: kick, crash, two notes."""
    rolls = np.zeros((3, 128, 93), np.uint8)
    rolls[:, 0, [Drum.KICK, Drum.CRASH, DRUMS + 20]] = 1
    rolls[:, 64:66, DRUMS + 22] = 1
    file = tmp_path / "index.html"
    file.write_text(page(planned({"real": rolls}, 3, 1), planned({"drawn": rolls}, 2, 1)))
    return file


def seen(site: Path, *steps: tuple[object, ...]) -> list[Seen]:
    twin = Path(__file__).with_name("listeningpage.js")
    command = [str(NODE), str(twin), str(site), json.dumps(steps)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    return cast(list[Seen], json.loads(ended.stdout))


def sounds(site: Path, *steps: tuple[object, ...]) -> list[int]:
    return [one["sounds"] for one in seen(site, *steps)]


def test_a_loop_plays_until_its_button_stops_it(site: Path) -> None:
    first = ("click", "loops", 0)
    assert sounds(site, first, first, first, ("wait", 4), first) == [4, 0, 4, 1, 0]


@pytest.mark.parametrize("other", [("click", "practice", 0), ("click", "loops", 1)])
def test_another_loop_takes_its_place_whatever_its_number(
    site: Path, other: tuple[object, ...]
) -> None:
    assert sounds(site, other, ("wait", 4), ("click", "loops", 0)) == [4, 1, 4]


def test_what_has_come_to_its_end_plays_again_at_once(site: Path) -> None:
    first, again = ("click", "loops", 0), ("wait", LOOP_SECONDS + 0.2)
    assert sounds(site, first, again, first) == [4, 0, 4]
    # The first loop's end is not that of the second.
    late = [first, ("wait", 10), ("click", "loops", 1), ("wait", 7), ("click", "loops", 1)]
    assert sounds(site, *late)[-2:] == [1, 0]


def test_ratings_are_saved_under_a_name(site: Path) -> None:
    told = seen(site, ("rate", 1, 4), ("name", " "), ("save",), ("name", "Žofie, 7"), ("save",),
                ("rate", 0, 2), ("rate", 0, 5), ("save",))  # fmt: skip
    assert (told[0]["says"], told[2]["says"]) == ("1 loop is not rated yet", NAMELESS)
    assert told[2]["saved"] is None
    assert told[4]["saved"] == ["ratings-Žofie7.csv", "listener,loop,rating\nŽofie7,02,4\n"]
    assert told[6]["says"] == "all rated"
    assert told[7]["saved"] == [
        "ratings-Žofie7.csv",
        "listener,loop,rating\nŽofie7,01,5\nŽofie7,02,4\n",
    ]
