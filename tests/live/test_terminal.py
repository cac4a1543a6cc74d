import os
from dataclasses import replace
from io import BytesIO, StringIO, TextIOWrapper
from typing import cast

import pytest

from loopwright.engine.conduct import opening
from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.parameters import defaults
from loopwright.engine.state import Settings
from loopwright.engine.status import Melodic, read
from loopwright.engine.time import Tick
from loopwright.engine.transport import Motion
from loopwright.live.pianoroll import PLAIN, Ink, pianoroll
from loopwright.live.screen import Log, Screen, teller
from loopwright.live.terminal import View, key_lines, picture, status_line

DRUMS = [Note(bar * 96, 6, 36, 100, Part.DRUMS) for bar in range(8)]
HATS = [Note(48 + bar * 96, 6, 42, 100, Part.DRUMS) for bar in range(8)]
BASS = [Note(0, 96, 33, 80, Part.BASS), Note(384, 48, 40, 80, Part.BASS)]
LOOP = Loop(tuple(sorted([*DRUMS, *HATS, *BASS])), key=Key(9, True))
STATUS = replace(
    read(opening(Settings())[0]),
    motion=Motion.RUNNING,
    tempo=120.04,
    locked=True,
    bar=2,
    beat=2,
    phase=Tick(126),
    number=2,
    round=1,
    asked=False,
    key=Key(9, True),
)
VIEW = View(STATUS, LOOP, "JACK", "cpu-int8")

ROLL = """\
       1   v   3   4   5   6   7   8
  cymb .   .   .   .   .   .   .   .
   hat . x . x . x . x . x . x . x . x
 snare .   .   .   .   .   .   .   .
  kick x   x   x   x   x   x   x   x
       .   .   .   .   #=  .   .   .
       .   .   .   .   .   .   .   .
       .   .   .   .   .   .   .   .
  bass #===.   .   .   .   .   .   ."""


def test_a_loop_is_drawn_with_its_cursor() -> None:
    assert "\n".join(pianoroll(LOOP, 110, 32, PLAIN)) == ROLL


def test_a_loop_without_notes_can_be_drawn() -> None:
    assert len(pianoroll(Loop(()), None, 64, Ink())) == 6


def test_the_status_line_says_who_else_is_in_the_session() -> None:
    for peers, says in ((0, "Link, alone"), (1, "Link, 1 other"), (3, "Link, 3 others")):
        status = replace(STATUS, peers=peers)
        assert f"| {says} |" in status_line(replace(VIEW, status=status))
    assert "Link" not in status_line(VIEW)


def test_the_status_line_says_what_one_wants_to_know() -> None:
    assert status_line(VIEW) == "running | 120.0 BPM | bar 2.2 | loop 2 | Am | JACK | cpu-int8"
    silent = View(read(opening(Settings())[0]), None, "ALSA", "")
    assert status_line(silent) == "no clock | --- BPM | bar 1.1 | no loop yet | composing | ALSA"
    assert status_line(View(None, None, "ALSA", "")) == "starting | ALSA"


def test_lock_lead_round_and_what_is_ready_are_shown() -> None:
    unlocked = replace(STATUS, locked=False, coming=True, round=3)
    assert status_line(View(unlocked, LOOP, "", "")) == (
        "running, locking | 120.0 BPM | bar 2.2 | loop 2 round 3 | Am | next one ready"
    )
    leading = replace(unlocked, leads=True, coming=False)
    assert status_line(View(leading, LOOP, "", "")).startswith("running (own clock) | 120.0")


def test_what_seems_wrong_with_what_comes_in_is_shown() -> None:
    counts = replace(STATUS.counts, unknown=2, echoes=12)
    wrong = replace(STATUS, counts=counts, clocks_suspected=True)
    words = status_line(View(wrong, LOOP, "", "")).split(" | ")[-3:]
    hint = "positions look like clocks: try --position clocks"
    assert words == ["2 unknown messages", "hears itself (12)", hint]
    file = StringIO()
    log = Log(file)
    for status in (STATUS, wrong, replace(wrong, counts=replace(counts, echoes=13))):
        log.show(View(status, LOOP, "", ""))
    assert len(file.getvalue().splitlines()) == 2


def test_why_no_loop_comes_is_shown_until_one_does() -> None:
    failed = replace(STATUS, reason="the model failed", asked=True)
    assert "no new loop: the model failed" in status_line(View(failed, LOOP, "", ""))
    assert "failed" not in status_line(View(replace(failed, coming=True), LOOP, "", ""))


def test_a_log_tells_a_failure_once() -> None:
    file = StringIO()
    log = teller(file)
    for asked in (False, True, False):
        log.show(View(replace(STATUS, asked=asked), None, "JACK", "cpu"))
    for asked in (False, True, False):
        log.show(View(replace(STATUS, asked=asked, reason="it failed"), None, "JACK", "cpu"))
    assert [("it failed" in line) for line in file.getvalue().splitlines()] == [False, True]


def test_a_mute_is_shown() -> None:
    muted = replace(STATUS, parameters=defaults() | {"mute_bass": 1.0, "mute_drums": 1.0})
    assert "drums and bass muted" in status_line(View(muted, LOOP, "JACK", ""))


def test_messages_that_mean_nothing_are_counted() -> None:
    strays = replace(STATUS, counts=STATUS.counts.plus(unknown=2))
    assert "2 unknown messages" in status_line(View(strays, LOOP, "JACK", ""))


def test_no_line_is_wider_than_the_terminal() -> None:
    for width in (40, 72, 140):
        lines = picture(VIEW, width, PLAIN)
        assert max(map(len, lines)) <= width
        assert "\n".join(lines).count("[") == "\n".join(picture(VIEW, 400, PLAIN)).count("[")


def test_what_to_do_is_told_whole_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    away = ("digitakt", "synth")
    word = "the player failed and was started again; if nothing sounds, press play in the host"
    for columns in (40, 80):
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("LINES", "40")
        file = TextIOWrapper(BytesIO(), "utf-8", newline="\n")
        Screen(file).show(replace(VIEW, away=away, word=word))
        lines = drawn(file).replace("\x1b[K", "").splitlines()
        assert max(map(len, lines)) < columns
        shown = " ".join(lines)
        assert word in shown
        assert "'digitakt' is away | 'synth' is away | JACK | cpu-int8" in shown


def test_keys_and_values_are_shown() -> None:
    text = "\n".join(picture(VIEW, 400, PLAIN))
    for piece in (
        "[n] new",
        "[space] play",
        "[!] panic",
        "[t/T] temperature 1",
        "[d] mute drums off",
    ):
        assert piece in text


def test_a_value_that_a_controller_set_is_rounded() -> None:
    assert VIEW.status is not None
    status = replace(VIEW.status, parameters={**VIEW.status.parameters, "temperature": 1.05748})
    assert "[t/T] temperature 1.06 " in "\n".join(key_lines(status, 400))


def test_a_log_has_a_line_for_each_change_alone() -> None:
    file = StringIO()
    log = teller(file)
    assert isinstance(log, Log)
    for beat in (1, 2, 3):
        log.show(View(replace(STATUS, beat=beat), LOOP, "JACK", "cpu"))
    log.show(View(replace(STATUS, motion=Motion.STOPPED), LOOP, "JACK", "cpu", "a word"))
    assert file.getvalue().splitlines() == [
        "running | 120.0 BPM | bar 2.1 | loop 2 | Am | JACK | cpu",
        "stopped | 120.0 BPM | bar 2.2 | loop 2 | Am | JACK | cpu | a word",
    ]


def drawn(file: TextIOWrapper) -> str:
    """What was written to a terminal."""
    file.flush()
    return cast(BytesIO, file.buffer).getvalue().decode(file.encoding)


def test_a_screen_draws_over_what_it_drew() -> None:
    file = TextIOWrapper(BytesIO(), "utf-8", newline="\n")
    screen = Screen(file)
    screen.show(VIEW)
    height = drawn(file).count("\n")
    screen.show(VIEW)
    assert drawn(file).count("\n") == height
    screen.show(View(replace(STATUS, beat=3), LOOP, "JACK", "cpu-int8"))
    assert f"\x1b[{height}F" in drawn(file)
    assert "●" in drawn(file)


def test_a_picture_is_no_taller_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    file = TextIOWrapper(BytesIO(), encoding="utf-8")
    screen = Screen(file)
    for height in (50, 9, 5):
        monkeypatch.setenv("LINES", str(height))
        before = len(drawn(file))
        screen.show(replace(VIEW, word=f"a word {height}"))
        after = drawn(file)[before:]
        assert "bar 2.2" in after
        assert f"a word {height}" in after
        assert after.count("\n") < height


def test_what_is_said_stays_above_the_picture() -> None:
    file = TextIOWrapper(BytesIO(), "utf-8", newline="\n")
    screen = Screen(file)
    screen.show(VIEW)
    screen.say("kept")
    screen.show(VIEW)
    assert drawn(file).rindex("kept") < drawn(file).rindex("running")


def test_the_music_goes_on_where_nobody_can_see_it() -> None:
    for shown in (Screen, Log):
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "w") as file:
            there = shown(file)
            there.show(VIEW)
            there.say("a word")


def test_a_poor_terminal_gets_letters() -> None:
    file = TextIOWrapper(BytesIO(), "ascii", newline="\n")
    Screen(file).show(VIEW)
    assert "#===" in drawn(file)


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        (Melodic(), ""),
        (Melodic(listens=True), "listening"),
        (Melodic(bar=0, bars=4), "answer next"),
        (Melodic(bar=3, bars=4), "answering, 3 of 4 bars"),
        (Melodic(bar=3, bars=4, late=True), "answering, 3 of 4 bars, late"),
        (Melodic(reason="no melody model"), "no melody model"),
    ],
)
def test_the_status_line_says_what_the_melody_does(seen: Melodic, says: str) -> None:
    words = status_line(replace(VIEW, status=replace(STATUS, melody=seen))).split(" | ")
    assert words[5:-2] == ([says] if says else [])


def test_what_has_words_is_shown_by_them() -> None:
    status = replace(STATUS, parameters={**STATUS.parameters, "answer": 3.0})
    assert "[m/M] answer bars" in "\n".join(key_lines(status, 80))


def test_a_log_says_once_why_there_is_no_melody() -> None:
    file = StringIO()
    log = Log(file)
    none = replace(STATUS, melody=Melodic(reason="no melody model"))
    for status in (STATUS, none, replace(none, beat=3), none):
        log.show(replace(VIEW, status=status))
    assert file.getvalue().count("no melody model") == 1
