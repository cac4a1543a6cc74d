"""A session log brings back what happened, to the last bit, and proves that it did."""

from dataclasses import replace
from math import isfinite
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from score import groove, playing, settings

from loopwright.engine import journal
from loopwright.engine.compose import Composed
from loopwright.engine.errors import LogError
from loopwright.engine.happen import Answered, Happening, Heard, OutputLost, Recalled, Turned, Woke
from loopwright.engine.journal import Began, Cut, Entry, Tally, entries, line_of, read_line
from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.report import Report
from loopwright.engine.roll import Drum
from loopwright.engine.setup import Setup
from loopwright.engine.state import Settings
from loopwright.engine.time import Seconds

KEYS = st.none() | st.builds(Key, st.integers(0, 11), st.booleans())
NOTES = st.builds(
    Note,
    st.integers(0, 700),
    st.integers(1, 68),
    st.integers(0, 127),
    st.integers(1, 127),
    st.sampled_from(Part),
)
LOOPS = st.builds(
    Loop,
    st.lists(NOTES, max_size=5).map(tuple),
    st.lists(st.integers(0, 511), max_size=32).map(tuple),
    st.text(),
    KEYS,
)
st.register_type_strategy(Loop, LOOPS)
SETUPS = st.builds(
    Setup,
    key=KEYS,
    tempo=st.none() | st.floats(),
    parameters=st.dictionaries(st.text(), st.floats()),
    drum_map=st.dictionaries(st.sampled_from(Drum), st.integers(0, 127)),
)
st.register_type_strategy(Setup, SETUPS)
HAPPENINGS = st.one_of([st.from_type(kind) for kind in get_args(Happening)]).filter(
    lambda happening: isfinite(happening.at)
)
SETTINGS = st.builds(
    Settings,
    seed=st.integers(0, 2**63),
    key=KEYS,
    parameters=st.dictionaries(st.text(), st.floats() | st.integers()),
    channels=st.dictionaries(st.sampled_from(Part), st.integers(1, 16)),
    drum_map=st.dictionaries(st.sampled_from(Drum), st.integers(0, 127)),
    lead=st.floats(0, 1).map(Seconds),
)
BEGINNINGS = st.builds(Began, SETTINGS, st.text())


@given(HAPPENINGS | BEGINNINGS | st.from_type(Tally) | st.from_type(Cut))
def test_whatever_happens_is_read_as_it_was_written(entry: Entry) -> None:
    line = line_of(entry)
    assert line.count("\n") == 1
    again = read_line(line)
    assert repr(again) == repr(entry)  # of floats, repr tells every bit


def test_a_line_is_what_a_reader_expects() -> None:
    heard = Heard(b"\xf8", Seconds(0.1 + 0.2), "Loopwright In")
    assert line_of(heard) == (
        '{"Heard":{"data":"f8","at":0.30000000000000004,"port":"Loopwright In"}}\n'
    )
    loop = Loop((Note(0, 6, 36, 100, Part.DRUMS),), (3, 511), "ab", Key(9, True))
    assert line_of(Recalled(loop, Seconds(1.5))) == (
        '{"Recalled":{"loop":{"notes":[[0,6,36,100,"drums"]],"codes":[3,511],"model":"ab",'
        '"key":{"tonic":9,"minor":true}},"at":1.5}}\n'
    )


def test_the_order_of_channels_comes_back() -> None:
    turned = dict(reversed(list(settings().channels.items())))
    began = read_line(line_of(Began(replace(settings(), channels=turned))))
    assert isinstance(began, Began)
    assert list(began.settings.channels) == list(turned)


def test_a_reason_stays_at_home() -> None:
    failed = Answered(Composed(3, None, "/somebody/s/model.onnx is damaged"), Seconds(1.0))
    told = journal.without_reason(failed)
    assert told == Answered(Composed(3, None, journal.UNTOLD), Seconds(1.0))
    for other in (Woke(Seconds(1.0)), Answered(Composed(3, groove()), Seconds(1.0))):
        assert journal.without_reason(other) is other


def test_a_report_can_be_in_a_log() -> None:
    report = Report(loops=3, restarts={"player": 2})
    assert read_line(line_of(report)) == report


def test_a_torn_last_line_is_left_out() -> None:
    whole = [line_of(Woke(Seconds(1.0))), line_of(OutputLost(Seconds(2.0)))]
    for cut in range(len(whole[1]) - 1):
        assert list(entries([whole[0], whole[1][:cut]])) == [Woke(Seconds(1.0))]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nonsense", "line 3: this is no JSON"),
        ("[]", "line 3: one entry a line"),
        ('{"Slept":{"at":1.0}}', "line 3: 'Slept' is unknown"),
        ('{"Woke":{"at":"soon"}}', "line 3: 'soon' is no number"),
        ('{"Woke":{"at":true}}', "line 3: True is no number"),
        ('{"Woke":{"at":1' + 400 * "0" + "}}", r"line 3: 10+\.\.\. is no number$"),
        ('{"' + 400 * "x" + '":{}}', r"line 3: 'x+\.\.\. is unknown"),
        ('{"Woke":{}}', "line 3: Woke: .*missing"),
        ('{"Woke":[1.0]}', "line 3: .* is no object"),
        ('{"Woke":{"at":1.0,"why":"x"}}', "line 3: Woke has no field 'why' here"),
        ('{"Heard":{"data":"fg","at":1.0}}', "line 3: 'fg' cannot be read"),
        ('{"Pressed":{"action":"jump","at":1.0}}', "line 3: 'jump' cannot be read"),
        ('{"Tally":{"happenings":1.5}}', "line 3: 1.5 is no int"),
        ('{"Recalled":{"loop":{"notes":[[0,6,36]]},"at":1.0}}', "line 3: .* is no note"),
        (
            '{"Recalled":{"loop":{"notes":[[900,6,36,9,"bass"]]},"at":1.0}}',
            "line 3: Loop: .*outside its eight bars",
        ),
    ],
)
def test_a_damaged_line_is_refused_by_its_number(line: str, says: str) -> None:
    with pytest.raises(LogError, match=says):
        list(entries([line_of(Woke(Seconds(1.0))), line + "\n"]))


def test_the_header_tells_version_and_program() -> None:
    assert journal.writer_of(journal.header({"loopwright": "1.2"})) == {"loopwright": "1.2"}
    for bad in ("", "MThd", "{}", "[1]", '{"Woke":{"at":1.0}}'):
        with pytest.raises(LogError, match="no session log"):
            journal.writer_of(bad)
    with pytest.raises(LogError, match="log version 2 is unknown: this Loopwright reads 1"):
        journal.writer_of('{"log": 2}')


def test_a_tally_tells_any_wish_from_another() -> None:
    stand = playing()
    stand.clocks(30)
    wishes = tuple(wish for wish, _ in stand.wishes)
    whole = Tally().plus(wishes)
    assert whole.happenings == 1
    assert whole.sends == len(stand.sends) > 0
    assert whole == Tally().plus(wishes)
    for number in range(len(wishes)):
        without = wishes[:number] + wishes[number + 1 :]
        assert Tally().plus(without).digest != whole.digest
    assert Tally().plus(()).digest == ""


def test_a_tally_hears_no_difference_below_a_microsecond() -> None:
    stand = playing()
    stand.clocks(2)
    (first, *_) = stand.sends
    near = replace(first, at=Seconds(first.at + 1e-12))
    later = replace(first, at=Seconds(first.at + 1e-5))
    assert Tally().plus((near,)) == Tally().plus((first,))
    assert Tally().plus((later,)) != Tally().plus((first,))


def test_every_kind_of_happening_has_its_line() -> None:
    told = [Turned("tempo", 120, Seconds(0.0)), Recalled(groove(), Seconds(0.0))]
    assert [read_line(line_of(one)) for one in told] == told
    assert {kind.__name__ for kind in get_args(Happening)} < set(journal.KINDS)
