import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine import midi
from loopwright.engine.midi import Kind, Message, parse

CHANNELS, BYTES = st.integers(1, 16), st.integers(0, 127)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("f8", Message(Kind.CLOCK)),
        ("fa", Message(Kind.START)),
        ("fb", Message(Kind.CONTINUE)),
        ("fc", Message(Kind.STOP)),
        ("fe", Message(Kind.SENSING)),
        ("99 24 64", Message(Kind.NOTE_ON, 10, 36, 100)),
        ("99 24 00", Message(Kind.NOTE_OFF, 10, 36, 0)),
        ("80 3c 40", Message(Kind.NOTE_OFF, 1, 60, 64)),
        ("bf 07 7f", Message(Kind.CONTROL, 16, 7, 127)),
        ("c2 05", Message(Kind.PROGRAM, 3, 5)),
        ("e0 00 40", Message(Kind.BEND, 1, 0, 64)),
        ("f2 08 02", Message(Kind.POSITION, 0, 8, 2)),
        ("f0 7e 00 09 01 f7", Message(Kind.SYSEX)),
    ],
)
def test_what_bytes_say(data: str, message: Message) -> None:
    assert parse(bytes.fromhex(data)) == message


@pytest.mark.parametrize(
    "data",
    ["", "40", "90", "90 40", "90 40 80", "90 40 40 40", "f4", "f5 00", "f2 00", "f8 f8", "f0 01"],
)
def test_what_is_no_complete_message(data: str) -> None:
    assert parse(bytes.fromhex(data)) is None


@given(st.binary(max_size=8))
def test_any_bytes_are_a_valid_message_or_none(data: bytes) -> None:
    message = parse(data)
    if message is not None:
        assert message.kind in Kind
        assert 0 <= message.channel <= 16
        assert 0 <= message.first <= 127
        assert 0 <= message.second <= 127


@given(CHANNELS, BYTES, st.integers(1, 127))
def test_built_messages_are_read_back(channel: int, number: int, value: int) -> None:
    assert parse(midi.note_on(channel, number, value)) == Message(
        Kind.NOTE_ON, channel, number, value
    )
    assert parse(midi.note_off(channel, number)) == Message(Kind.NOTE_OFF, channel, number, 64)
    assert parse(midi.control(channel, number, value)) == Message(
        Kind.CONTROL, channel, number, value
    )


@given(st.integers(0, 16383))
def test_a_song_position_is_read_back(sixteenths: int) -> None:
    message = parse(midi.song_position(sixteenths))
    assert message is not None
    assert message.sixteenths == sixteenths


def test_what_silences_a_channel() -> None:
    expected = [bytes.fromhex(data) for data in ("b9 40 00", "b9 7b 00", "b9 78 00")]
    assert list(midi.all_notes_off(10)) == expected
