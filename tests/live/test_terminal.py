from io import StringIO

from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.parameters import defaults
from loopwright.live.pianoroll import PLAIN, Ink, pianoroll
from loopwright.live.terminal import Log, View, picture, status_line, teller

DRUMS = [Note(bar * 96, 6, 36, 100, Part.DRUMS) for bar in range(8)]
HATS = [Note(48 + bar * 96, 6, 42, 100, Part.DRUMS) for bar in range(8)]
BASS = [Note(0, 96, 33, 80, Part.BASS), Note(384, 48, 40, 80, Part.BASS)]
LOOP = Loop(tuple(sorted([*DRUMS, *HATS, *BASS])), key=Key(9, True))
VIEW = View(
    "running",
    120.04,
    768 + 96 + 30,
    2,
    "",
    LOOP,
    "JACK",
    "cpu-int8",
    tuple(defaults().items()),
)

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


def test_the_status_line_says_what_one_wants_to_know() -> None:
    assert status_line(VIEW) == "running | 120.0 BPM | bar 10.2 | loop 2 | Am | JACK | cpu-int8"
    silent = View("no clock", None, None, 0, "composing", None, "ALSA", "")
    assert status_line(silent) == "no clock | --- BPM | bar - | no loop yet | composing | ALSA"


def test_a_mute_is_shown() -> None:
    view = View("running", 90.0, 0, 1, "", LOOP, "JACK", "", (("mute_bass", 1.0),))
    assert "bass muted" in status_line(view)


def test_no_line_is_wider_than_the_terminal() -> None:
    for width in (40, 72, 140):
        lines = picture(VIEW, width, PLAIN)
        assert max(map(len, lines)) <= width
        assert len(lines) == 4 + len(ROLL.splitlines())


def test_keys_and_values_are_shown() -> None:
    text = "\n".join(picture(VIEW, 400, PLAIN))
    for piece in ("[n] new", "[space] play", "[!] panic", "[t/T] temperature 1", "[d] mute drums"):
        assert piece in text


def test_a_log_has_a_line_for_each_change_alone() -> None:
    file = StringIO()
    log = teller(file)
    assert isinstance(log, Log)
    for tick in (768, 800, 900):
        log.show(View("running", 120.0, tick, 2, "", LOOP, "JACK", "cpu"))
    log.show(View("stopped", 120.0, None, 2, "", LOOP, "JACK", "cpu"))
    assert file.getvalue().splitlines() == [
        "running | 120.0 BPM | bar 9.1 | loop 2 | Am | JACK | cpu",
        "stopped | 120.0 BPM | bar - | loop 2 | Am | JACK | cpu",
    ]
