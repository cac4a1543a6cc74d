from dataclasses import replace

import pytest

from loopwright.engine.conduct import opening
from loopwright.engine.state import Settings
from loopwright.engine.status import read
from loopwright.engine.transport import Motion
from loopwright.live.hints import HOST, LEADING, SESSION, SKIPPED, hint

FOLLOWS = Settings()
LEADS = Settings(follow_clock=False, sends_clock=True, waits=True)
ALONE = Settings(follow_clock=False)
IN_SESSION = Settings(session=True)
STATUS = read(opening(FOLLOWS)[0])


@pytest.mark.parametrize(
    ("settings", "motion", "says"),
    [
        (FOLLOWS, Motion.NO_CLOCK, HOST),
        (FOLLOWS, Motion.STOPPED, ""),
        (FOLLOWS, Motion.RUNNING, ""),
        (LEADS, Motion.STOPPED, LEADING),
        (LEADS, Motion.RUNNING, ""),
        (ALONE, Motion.STOPPED, ""),
        (IN_SESSION, Motion.STOPPED, SESSION),
        (IN_SESSION, Motion.RUNNING, ""),
    ],
)
def test_what_to_do_is_told_where_nothing_plays(
    settings: Settings, motion: Motion, says: str
) -> None:
    assert hint(settings, replace(STATUS, motion=motion)) == says


@pytest.mark.parametrize(
    ("settings", "motion", "says"),
    [
        (FOLLOWS, Motion.STOPPED, SKIPPED),
        (FOLLOWS, Motion.NO_CLOCK, HOST),
        (FOLLOWS, Motion.RUNNING, ""),
        (LEADS, Motion.STOPPED, LEADING),
        (IN_SESSION, Motion.STOPPED, SESSION),
    ],
)
def test_a_start_that_jack_may_have_skipped_is_asked_for_again(
    settings: Settings, motion: Motion, says: str
) -> None:
    assert hint(settings, replace(STATUS, motion=motion, skipped=True)) == says


def test_before_there_is_anything_to_tell() -> None:
    assert hint(None, None) == ""
    assert hint(FOLLOWS, None) == HOST
