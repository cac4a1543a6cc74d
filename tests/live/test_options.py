import re
from math import inf

import pytest

from loopwright.engine.errors import SettingError
from loopwright.engine.keys import Key
from loopwright.engine.preset import Preset
from loopwright.engine.time import Seconds
from loopwright.live.cli import parser_for
from loopwright.live.hosting import Hosting
from loopwright.live.options import (
    Channels,
    JamOptions,
    RenderOptions,
    Wiring,
    jam_options,
    render_options,
)
from loopwright.live.tuneup import settings_of


def jam(words: str = "") -> JamOptions:
    return jam_options(parser_for("jam").parse_args(["jam", *words.split()]))


def render(words: str = "") -> RenderOptions:
    return render_options(parser_for("render").parse_args(["render", *words.split()]))


def test_nothing_said_is_nothing_decided() -> None:
    assert jam() == JamOptions()


def test_a_jam_hears_all_its_options() -> None:
    options = jam(
        "--preset dusk --loops 3 --tempo 93.5 --every 2 --key F#m --low 30 --high 50 "
        "--seed 9 --follow --flat --set swing=0.3 --temperature 0.8 --port usb "
        "--notes-from keys --clock-from daw --one-port --midi-system alsa "
        "--channel-drums 3 --channel-bass 4 --channel-melody 5 --device cpu "
        "--recall 01 --record a.mid"
    )
    assert (options.preset, options.loops, options.tempo, options.key) == (
        "dusk",
        3,
        93.5,
        Key(6, minor=True),
    )
    assert dict(options.settings) == {
        "swing": 0.3,
        "temperature": 0.8,
        "every": 2.0,
        "follow": 1.0,
        "flat": 1.0,
    }
    assert (options.low, options.high, options.seed) == (30, 50, 9)
    wiring = options.wiring
    assert (wiring.port, wiring.notes_from, wiring.clock_from) == ("usb", "keys", "daw")
    assert (wiring.one_port, wiring.midi_system) == (True, "alsa")
    assert wiring.channels == Channels(3, 4, 5)
    assert (options.device, options.recall, options.record) == ("cpu", "01", "a.mid")


@pytest.mark.parametrize(
    ("words", "hosting"),
    [
        ("", Hosting(6, Seconds(0.25), restart=True)),
        ("--position clocks", Hosting(unit=1)),
        ("--freewheel 2", Hosting(freewheel=Seconds(2.0))),
        ("--freewheel on", Hosting(freewheel=Seconds(inf))),
        ("--ignore-restart", Hosting(restart=False)),
    ],
)
def test_how_a_host_is_taken(words: str, hosting: Hosting) -> None:
    assert jam(words).hosting == hosting
    settings = settings_of(jam(words), Preset("any"), ports=True)
    assert (settings.unit, settings.freewheel, settings.restart) == (
        hosting.unit,
        hosting.freewheel,
        hosting.restart,
    )


@pytest.mark.parametrize("wrong", ["for ever", "-1", "61", "nan"])
def test_a_freewheel_that_is_none_is_refused_in_one_line(wrong: str) -> None:
    told = ["jam", f"--freewheel={wrong}"]
    with pytest.raises(SettingError, match="--freewheel"):
        jam_options(parser_for("jam").parse_args(told))


@pytest.mark.parametrize(("words", "ports"), [("", 3), ("--one-port", 1), ("--port usb", 1)])
def test_which_parts_share_a_port(words: str, ports: int) -> None:
    settings = settings_of(jam(words), Preset("any"), ports=True)
    assert len(set(settings.ports.values())) == ports


def test_leading_and_sessions() -> None:
    assert jam("--lead").wiring == Wiring(lead=True)
    assert jam("--clock-to digi").wiring == Wiring(lead=True, clock_to="digi")
    assert jam("--clock link").wiring == Wiring(link=True)
    assert jam("--clock midi").wiring == Wiring()


def test_who_asks_for_loops_hears_a_new_one_each_time() -> None:
    assert dict(jam("--loops 4").settings) == {"every": 1.0}
    assert dict(jam("--loops 4 --every 0").settings) == {"every": 0.0}
    assert dict(jam("--loops 4 --set every=2").settings) == {"every": 2.0}


def test_without_a_melody_nobody_is_asked_to_answer() -> None:
    assert dict(jam("--melody off").settings) == {"answer": 0.0}
    assert dict(jam("--melody off --answer off").settings) == {"answer": 0.0}
    for words in ("--answer pause", "--set answer=bars", "--style folk"):
        with pytest.raises(SettingError, match="--melody off leaves nobody to answer"):
            jam(f"--melody off {words}")


def test_a_rendering_hears_all_its_options() -> None:
    assert render() == RenderOptions(loops=1, out=".")
    options = render(
        "--loops 16 --out d --seed 7 --tempo 120 --key Bb --temperature 1.2 --top-k 9 "
        "--top-p 0.9 --seed-file a.mid --force --preset dusk --low 24 --high 60"
    )
    assert (options.loops, options.out, options.seed, options.tempo) == (16, "d", 7, 120.0)
    assert dict(options.settings) == {"temperature": 1.2, "top_k": 9.0, "top_p": 0.9}
    assert (options.key, options.seed_file, options.force) == (Key(10), "a.mid", True)


WRONG = [
    ("--tempo 19.9", "tempo 19.9 is outside 20-400"),
    ("--tempo 401", "tempo 401 is outside 20-400"),
    ("--tempo nan", "tempo nan is outside 20-400"),
    ("--tempo fast", "argument --tempo: invalid float value: 'fast'"),
    ("--loops -1", "--loops -1 is outside 0-100000"),
    ("--seed -1", "--seed -1 is outside 0-"),
    ("--seed 9223372036854775808", "is outside 0-9223372036854775807"),
    ("--key H", "no such key: 'H'"),
    ("--low 128", "--low 128 is outside 0-127"),
    ("--low 40 --high 50", "the bass needs an octave"),
    ("--every 65", "every 65 is outside 0-64"),
    ("--temperature 0", "temperature 0 is outside 0.1-2"),
    ("--set swing", "write NAME=VALUE"),
    ("--set swung=1", "no such setting: 'swung' (there are temperature"),
    ("--set swing=much", "swing: 'much' is not a number"),
    ("--set swing=1.1", "swing 1.1 is outside 0-1"),
    ("--set swing=nan", "swing nan is outside 0-1"),
    ("--channel-drums 17", "--channel-drums 17 is outside 1-16"),
    ("--lead --clock link", "exclude each other"),
    ("--clock-to a --clock-from b", "exclude each other"),
    ("--clock link --clock-from b", "exclude each other"),
    ("--clock sun", "invalid choice: 'sun'"),
    ("--midi-system oss", "invalid choice: 'oss'"),
    ("--unheard-of", "unrecognized arguments: --unheard-of"),
]


@pytest.mark.parametrize(("words", "says"), WRONG)
def test_what_makes_no_sense_is_refused(words: str, says: str) -> None:
    with pytest.raises(SettingError, match=re.escape(says)):
        jam(words)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--loops 0", "--loops 0 is outside 1-100000"),
        ("--top-p 0", "top_p 0 is outside 0.01-1"),
        ("--key Am --each-key", "--key and --each-key exclude each other"),
        ("--replay last --temperature 1.0", "it goes without --temperature"),
        ("--replay last --top-k 4", "it goes without --top-k"),
        ("--replay last --loops 4", "it goes without --loops"),
        ("--replay last --each-key", "it goes without --each-key"),
        ("--replay last --device cpu", "it goes without --device"),
    ],
)
def test_what_cannot_be_rendered_is_refused(words: str, says: str) -> None:
    with pytest.raises(SettingError, match=re.escape(says)):
        render(words)


def test_what_has_words_is_set_by_them() -> None:
    told = jam("--answer bars --set answer_grid=bar --set answer_pedal=66")
    assert dict(told.settings) == {"answer": 3.0, "answer_grid": 2.0, "answer_pedal": 66.0}
    with pytest.raises(SettingError, match=r"answer_grid: 'week' is not step or beat or bar"):
        jam("--set answer_grid=week")


def test_a_style_is_told() -> None:
    assert settings_of(jam("--style folk"), Preset("dusk"), ports=True).style == "folk"
