"""What leaves in which period, held against a server that goes on without a client that is late."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.midi import note_off, note_on
from loopwright.live.jackmouth import DOUBTED, JackMouth

FRAMES = 256
KICK = note_on(10, 36, 100)
ENDED = note_off(10, 36)
Heard = list[tuple[int, bytes]]


@dataclass(eq=False)
class Buffer:
    """A port's buffer: what is in it at the end of a period is what was sent."""

    sent: Heard = field(default_factory=Heard)

    def clear_buffer(self) -> None:
        self.sent.clear()

    def write_midi_event(self, time: int, event: bytes) -> None:
        assert not self.sent or time >= self.sent[-1][0], "JACK takes messages in order of time"
        self.sent.append((time, event))


@dataclass
class Clock:
    """As much of a client as is asked: how late a call is."""

    frames_since_cycle_start: int = 0


class Server:
    """JACK without -S: whoever listens reads each port as it is when the period ends."""

    def __init__(self) -> None:
        self.clock, self.buffer, self.heard = Clock(), Buffer(), Heard()
        self.mouth = JackMouth(self.clock, BufferError)  # type: ignore[arg-type]
        self.mouth.outputs.append(self.buffer)  # type: ignore[arg-type]

    def put(self, frame: int, data: bytes) -> None:
        self.mouth.put(frame, self.buffer, data)  # type: ignore[arg-type]

    def period(self, number: int, *, calls: int = 1, held: int = 0, after: int = 0) -> Heard:
        """Call the client in a period, `after` so many frames; return what is read at its end."""
        begin, self.clock.frames_since_cycle_start = number * FRAMES, after
        for _ in range(calls):
            self.mouth.speak(None if held else begin, FRAMES)
        read = [(begin + offset, data) for offset, data in self.buffer.sent]
        self.heard += read
        return read


def test_messages_leave_at_their_frames_and_what_is_late_at_once() -> None:
    server = Server()
    server.put(FRAMES + 7, KICK)
    server.put(2 * FRAMES + 9, ENDED)
    server.period(0)
    assert server.period(1) == [(FRAMES + 7, KICK)]
    server.put(FRAMES, note_on(10, 38, 90))
    assert server.period(2) == [(2 * FRAMES, note_on(10, 38, 90)), (2 * FRAMES + 9, ENDED)]


def test_what_a_call_that_comes_once_more_has_wiped_leaves_in_the_next_period() -> None:
    server = Server()
    server.period(0)
    server.put(FRAMES + 7, KICK)
    assert server.period(1, calls=3) == []
    assert server.period(2) == [(2 * FRAMES, KICK)]
    assert server.period(3) == []


def test_nothing_leaves_where_nothing_may() -> None:
    server = Server()
    server.period(0)
    server.put(FRAMES + 7, KICK)
    assert server.period(1, held=1, calls=2) == []
    assert server.period(2) == [(2 * FRAMES, KICK)]


LATELY = [{"held": 1}, {"calls": 2}, {"after": FRAMES // 2}]


@pytest.mark.parametrize("lately", LATELY, ids=str)
def test_after_a_late_call_the_ends_before_it_are_said_again(lately: dict[str, int]) -> None:
    server = Server()
    server.put(FRAMES, KICK)
    server.put(2 * FRAMES, ENDED)
    server.put(2 * FRAMES, note_off(10, 38))
    server.put(4 * FRAMES, note_on(10, 38, 90))
    for number in range(4):
        server.period(number)
    again = server.period(4, **lately) + server.period(5)
    assert [data for _, data in again] == [note_on(10, 38, 90), ENDED]
    assert server.period(6) == []


def test_old_ends_are_not_said_again() -> None:
    server = Server()
    server.put(0, KICK)
    server.put(FRAMES, ENDED)
    for number in range(DOUBTED + 3):
        server.period(number)
    assert server.period(DOUBTED + 9) == []


@given(
    st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 3)), max_size=30),
    st.lists(
        st.fixed_dictionaries(
            {
                "calls": st.integers(1, 3),
                "held": st.integers(0, 1),
                "after": st.sampled_from([5, 150]),
            }
        ),
        max_size=20,
    ),
    st.lists(st.integers(1, 4), min_size=20, max_size=20),
)
def test_each_note_is_heard_once_and_ends_however_late_we_are(
    notes: list[tuple[int, int]], calls: list[dict[str, int]], skips: list[int]
) -> None:
    server, number = Server(), 0
    for key, (frame, length) in enumerate(notes):
        server.put(frame, note_on(10, key, 100))
        server.put(frame + length, note_off(10, key))
    for call, skip in zip(calls, skips, strict=False):
        server.period(number, **call)
        number += skip
    for last in range(20):
        server.period(number + last)
    heard = [data for _, data in server.heard]
    for key in range(len(notes)):
        mine = [data for data in heard if data[1] == key]
        assert mine[:2] == [note_on(10, key, 100), note_off(10, key)]
        assert set(mine[2:]) <= {note_off(10, key)}
