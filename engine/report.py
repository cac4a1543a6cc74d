"""What a jam came to in figures, so that a host's fault can be told from ours (R11).

`Chronicle` adds up over all players of a jam: one that fell is followed by another, who counts
from nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from loopwright.engine.jitter import Jitter
from loopwright.engine.state import Counts
from loopwright.engine.status import Status
from loopwright.engine.time import NEVER, Seconds
from loopwright.engine.transport import PLAYING

AFAR = 1.0  # seconds between two statuses that say nothing of the time between them


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a jam.

    `played` is how long music ran, `hosted` how long to a host's clock, `locked` how much of that
    with the clock closely followed. `jitter` holds the host's clocks, `reseeds` how often the
    line to follow began anew. `restarts` tells how often what had to be started again.
    """

    played: Seconds = NEVER
    hosted: Seconds = NEVER
    locked: Seconds = NEVER
    jitter: Jitter = field(default_factory=Jitter)
    reseeds: int = 0
    loops: int = 0
    rounds: int = 0
    counts: Counts = field(default_factory=Counts)
    restarts: Mapping[str, int] = field(default_factory=dict[str, int])

    def merged(self, other: "Report") -> "Report":
        """Return the figures of both; restarts are not a player's to count."""
        return Report(
            played=Seconds(self.played + other.played),
            hosted=Seconds(self.hosted + other.hosted),
            locked=Seconds(self.locked + other.locked),
            jitter=self.jitter.merged(other.jitter),
            reseeds=self.reseeds + other.reseeds,
            loops=self.loops + other.loops,
            rounds=self.rounds + other.rounds,
            counts=self.counts.plus(**by_name(other.counts)),
        )


@dataclass(frozen=True, slots=True)
class Chronicle:
    """The report so far: `past` of the players that fell, `present` of the one that plays."""

    past: Report = field(default_factory=Report)
    present: Report = field(default_factory=Report)
    last: Status | None = None
    at: Seconds = NEVER

    @property
    def report(self) -> Report:
        """Return the figures of all players."""
        return self.past.merged(self.present)

    def heard(self, status: Status, at: Seconds) -> "Chronicle":
        """Return the chronicle after a status that was told at second `at`."""
        return replace(self, present=self._after(status, at), last=status, at=at)

    def another(self) -> "Chronicle":
        """Return the chronicle whose next statuses come from another player."""
        return Chronicle(self.report)

    def _after(self, status: Status, at: Seconds) -> Report:
        """Return the present figures; what two statuses in a row agree on held between them."""
        last, present = self.last, self.present
        passed = at - self.at if last is not None and at - self.at < AFAR else 0.0
        playing = status.motion in PLAYING and last is not None and last.motion in PLAYING
        hosted = playing and not status.leads
        seen = 0 if last is None or status.reseeds < last.reseeds else last.reseeds
        return replace(
            present,
            played=Seconds(present.played + playing * passed),
            hosted=Seconds(present.hosted + hosted * passed),
            locked=Seconds(present.locked + (hosted and status.locked) * passed),
            jitter=status.clocks,
            # A follower that begins anew, as when our own clock gives way, counts from nothing.
            reseeds=present.reseeds + status.reseeds - seen,
            loops=status.number,
            rounds=status.passes,
            counts=status.counts,
        )


WORDS = {
    "late": "late notes",
    "dropped": "dropped notes",
    "unknown": "messages that mean nothing",
    "stale": "answers too old to use",
    "failed": "loops not composed",
    "tardy": "late answers",
    "unanswered": "answers not composed",
    "echoes": "messages of our own that came back",
}
"""What each of `Counts` is called; one without a word here goes by its name."""


def by_name(counts: Counts) -> dict[str, int]:
    """Return each count by its name."""
    return {f.name: getattr(counts, f.name) for f in fields(counts)}


def lines(report: Report) -> tuple[str, ...]:
    """Return the report in a few lines to read."""
    wrong = [
        f"{WORDS.get(name, name.replace('_', ' '))} {times}x"
        for name, times in by_name(report.counts).items()
        if times
    ]
    again = [f"{what} {times}x" for what, times in report.restarts.items() if times]
    music = f"{clock(report.played)} of music, loops: {report.loops}, rounds: {report.rounds}"
    return (
        f"report: {music}",
        f"  host's clock: {clock_of(report)}",
        f"  went wrong: {', '.join(wrong) or 'nothing'}",
        f"  started again: {', '.join(again) or 'nothing'}",
    )


def clock_of(report: Report) -> str:
    """Return what is known of the host's clock."""
    jitter = report.jitter
    if not jitter.count:
        return "none was heard"
    typical, worst = (1000 * jitter.percentile(share) for share in (0.5, 0.99))
    return (
        f"locked {clock(report.locked)} of {clock(report.hosted)}, {jitter.count} clocks, "
        f"off by {typical:.2g} ms (p50), {worst:.2g} ms (p99), re-seeds: {report.reseeds}"
    )


def clock(seconds: float) -> str:
    """Return a time in minutes and seconds, or hours too."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
