import pytest

from loopwright.engine import midi
from loopwright.engine.echo import MOST, Echoes, noted, recognised
from loopwright.engine.happen import Cue, Send
from loopwright.engine.notes import Part
from loopwright.engine.time import Seconds

ON, OFF = midi.note_on(1, 40, 80), midi.note_off(1, 40)


def sent(*messages: bytes, at: float = 1.0) -> Echoes:
    wishes = [Send(Part.BASS, data, Seconds(at)) for data in messages]
    return noted(Echoes(), wishes, Seconds(at))


@pytest.mark.parametrize(
    ("data", "at", "is_echo"),
    [
        (ON, 1.0, True),
        (ON, 1.09, True),
        (ON, 1.11, False),  # too late
        (ON, 0.99, False),  # before it was sent
        (midi.note_on(1, 40, 82), 1.0, True),
        (midi.note_on(1, 40, 83), 1.0, False),  # harder than anything on the way could make it
        (midi.note_on(2, 40, 80), 1.0, False),
        (midi.note_on(1, 41, 80), 1.0, False),
        (OFF, 1.0, False),
    ],
)
def test_what_is_taken_for_an_echo(data: bytes, at: float, is_echo: bool) -> None:
    assert (recognised(sent(ON), data, Seconds(at)) is not None) == is_echo


def test_each_message_comes_back_once() -> None:
    rest = recognised(sent(ON), ON, Seconds(1.0))
    assert rest is not None
    assert recognised(rest, ON, Seconds(1.0)) is None


@pytest.mark.parametrize("end", [OFF, midi.note_on(1, 40, 0), b"\x80\x28\x00"])
def test_an_end_is_an_echo_only_where_its_beginning_was(end: bytes) -> None:
    assert recognised(sent(ON, OFF), end, Seconds(1.0)) is None
    begun = recognised(sent(ON, OFF), ON, Seconds(1.0))
    assert begun is not None
    assert recognised(begun, end, Seconds(1.0)) == Echoes()


def test_what_silences_a_channel_comes_back_too() -> None:
    quiet = midi.all_notes_off(3)
    assert recognised(sent(*quiet), quiet[1], Seconds(1.05)) is not None


def test_a_start_of_ours_is_no_hosts_but_any_stop_is_believed() -> None:
    cues = [Cue(data, Seconds(1.0)) for data in (midi.START, midi.CLOCK, midi.STOP)]
    expected = noted(Echoes(), cues, Seconds(1.0))
    assert recognised(expected, midi.START, Seconds(1.0)) is not None
    assert recognised(expected, midi.CLOCK, Seconds(1.0)) is None
    assert recognised(expected, midi.STOP, Seconds(1.0)) is None


def test_the_past_is_forgotten() -> None:
    echoes = sent(*[ON] * 300)
    assert len(echoes.sent) == MOST
    later = noted(echoes, [Send(Part.BASS, ON, Seconds(2.0))], Seconds(2.0))
    assert len(later.sent) == 1
