"""Which period a message came in, where the server goes on without us: no JACK is needed."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from loopwright.live.periods import Event, Gap, Period, Periods

FRAMES = 256
Known = list[Gap | Period]


def message_of(number: int) -> Event:
    """What a host sends in its period of this number: no two are alike."""
    return (0, number % FRAMES, number.to_bytes(4, "big"))


def period(number: int, said: int | None = None) -> Period:
    """A call in the period of a number, with what was said in that one, or in another."""
    return Period(number * FRAMES, FRAMES, (message_of(number if said is None else said),))


def called(*calls: Period) -> Known:
    periods = Periods()
    return [known for call in calls for known in periods.called(call)]


def heard(known: Known) -> list[Period]:
    return [one for one in known if isinstance(one, Period)]


def test_periods_that_follow_each_other_are_known_at_once() -> None:
    periods = Periods()
    for number in range(5):
        assert periods.called(period(number)) == (period(number),)


def test_what_comes_after_a_gap_is_known_with_the_next_call() -> None:
    assert called(period(0), period(4)) == [period(0)]
    known = called(period(0), period(4), period(5))
    assert known == [period(0), Gap(FRAMES, 4 * FRAMES), period(4), period(5)]


def test_messages_that_are_read_twice_count_once() -> None:
    known = called(period(0), period(4), period(4), period(5))
    assert known == [period(0), Gap(FRAMES, 4 * FRAMES), period(4), period(5)]


def test_who_reads_before_the_host_wrote_has_the_period_before() -> None:
    known = called(period(0), period(4, said=3), period(4), period(5))
    assert known == [period(0), Gap(FRAMES, 3 * FRAMES), period(3), period(4), period(5)]


def test_who_is_called_twice_before_the_host_wrote_has_the_period_before() -> None:
    late = period(4, said=3)
    known = called(period(0), late, late, period(4), period(5))
    assert known == [period(0), Gap(FRAMES, 3 * FRAMES), period(3), period(4), period(5)]


def test_a_period_that_is_called_in_again_tells_only_what_is_new() -> None:
    more = period(1)._replace(events=(message_of(1), message_of(0)))
    new = period(1)._replace(events=(message_of(0),))
    assert called(period(0), period(1), more) == [period(0), period(1), new]


def test_a_call_that_is_late_by_less_than_a_period_missed_nothing() -> None:
    known = called(period(0), period(2, said=1), period(2), period(3))
    assert known == [period(0), period(1), period(2), period(3)]


def test_a_call_that_is_late_once_more_does_not_hear_the_same_again() -> None:
    known = called(period(0), period(4), period(5, said=4), period(5), period(6))
    assert [event for one in heard(known) for event in one.events] == [
        message_of(number) for number in (0, 4, 5, 6)
    ]


def test_two_gaps_in_a_row_are_told_each_for_itself() -> None:
    known = called(period(0), period(4), period(9), period(10))
    assert [one for one in known if isinstance(one, Gap)] == [
        Gap(FRAMES, 4 * FRAMES),
        Gap(5 * FRAMES, 9 * FRAMES),
    ]
    assert heard(known) == [period(0), period(4), period(9), period(10)]


def test_nothing_leaves_in_the_first_period_after_a_gap() -> None:
    periods = Periods()
    told = [(periods.called(call), periods.may_leave)[1] for call in map(period, (0, 1, 4, 4, 5))]
    assert told == [True, True, False, False, True]


def test_who_is_late_for_every_period_is_not_mute() -> None:
    periods = Periods()
    told = [(periods.called(call), periods.may_leave)[1] for call in map(period, (0, 3, 6, 9, 9))]
    assert told == [True, False, True, True, True]


@dataclass
class Server:
    """JACK without -S: it wakes a client once in each period, after the host, and waits for none.

    A client that does not sleep when it is woken is called once more after this call; that is all
    that is kept of how often it was woken. Where the host has yet to write, that call is too early
    as well, and another follows.
    """

    number: int = 0
    calls: list[Period] = field(default_factory=list[Period])

    def on_time(self, periods: int) -> None:
        for _ in range(periods):
            self.number += 1
            self.calls.append(period(self.number))

    def late(self, periods: int, *, woken: bool, before_host: bool) -> None:
        """Have a call be late by some periods, `woken` for it already when it was held up."""
        self.number += periods
        early = period(self.number, said=self.number - before_host)
        self.calls += [early] * (1 + woken)
        if before_host:
            self.calls.append(period(self.number))


STALLS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(2, 40), st.booleans(), st.booleans()), max_size=8
)


@given(STALLS)
def test_every_message_is_heard_once_in_its_own_period_or_lies_in_a_gap(
    stalls: list[tuple[int, int, bool, bool]],
) -> None:
    server = Server()
    for steady, late, woken, before_host in stalls:
        server.on_time(steady)
        server.late(late, woken=woken, before_host=before_host)
    server.on_time(2)
    known = called(*server.calls)
    assert all(one == period(one.begin // FRAMES) for one in heard(known))
    numbers = [one.begin // FRAMES for one in heard(known)]
    lost = [
        frame // FRAMES
        for gap in known
        if isinstance(gap, Gap)
        for frame in range(gap.follows, gap.begin, FRAMES)
    ]
    assert sorted(numbers + lost) == list(range(1, server.number + 1))
    begins = [one.begin for one in known]
    assert begins == sorted(begins)
