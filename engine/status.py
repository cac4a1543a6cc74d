"""What there is to see of an instrument, as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass

from loopwright.engine.answerwork import is_listening
from loopwright.engine.jitter import Jitter
from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop
from loopwright.engine.state import Counts, State
from loopwright.engine.time import (
    TICKS_PER_BAR,
    TICKS_PER_QUARTER,
    Seconds,
    Tick,
    loop_phase,
)
from loopwright.engine.transport import Motion


@dataclass(frozen=True, slots=True)
class Melodic:
    """What there is to see of answers to what is played.

    `listens` says that a phrase is being played. Of the answer that is on, `bar` is counted from 1
    up to `bars`; 0 before it begins, and `bars` 0 where there is none. `late` says that some of it
    came too late; `reason`, why there are no answers; `wanted`, that it is saved once it is over.
    """

    listens: bool = False
    bar: int = 0
    bars: int = 0
    late: bool = False
    reason: str = ""
    wanted: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """What there is to see.

    `tempo` is in quarter notes a minute. `bar` 1..8 and `beat` 1..4 are the place in the loop,
    `phase` the same in ticks, 0..767; while still they are where the music will go on. `number`
    counts the loops that have played, `round` the rounds of the present one from 1 (it stays where
    it is after the last one), `passes` all rounds that were played to their end. `coming` says that
    another loop waits for the boundary, `asked` that one is being composed. `leads` says that our
    own clock runs; `peers` are the others in our session, None without one. `jitter` is the
    standard deviation of the clock, in seconds; `clocks` are the deviations of all the host's
    clocks so far. `clocks_suspected` says that the host's song positions seem to count clocks, not
    sixteenths. `slot` is the choice of a preset that plays, `choices` the newest. `skipped` says
    that a Start may be lost, for there was a moment in which nobody could hear one.
    """

    tempo: float
    motion: Motion
    locked: bool
    bar: int
    beat: int
    phase: Tick
    number: int
    round: int
    passes: int
    loop: Loop | None
    coming: bool
    asked: bool
    key: Key | None
    melody: Melodic
    leads: bool
    peers: int | None
    jitter: Seconds
    clocks: Jitter
    reseeds: int
    parameters: Mapping[str, float]
    counts: Counts
    sounding: int
    remembered: int
    clocks_suspected: bool
    reason: str
    ended: bool
    slot: int = 0
    choices: int = 0
    skipped: bool = False


def read(state: State) -> Status:
    """Return what there is to see of an instrument."""
    transport, follower, songs = state.transport, state.follower, state.repertoire
    phase = loop_phase(transport.tick if transport.playing else transport.next)
    return Status(
        tempo=follower.tempo,
        motion=transport.motion,
        locked=follower.locked,
        bar=phase // TICKS_PER_BAR + 1,
        beat=phase % TICKS_PER_BAR // TICKS_PER_QUARTER + 1,
        phase=phase,
        number=songs.number,
        round=round_of(state),
        passes=songs.passes,
        loop=songs.playing,
        coming=songs.coming is not None,
        asked=songs.asked is not None,
        key=state.settings.key or songs.key,
        melody=melody_of(state),
        leads=state.host is not None,
        peers=state.peers,
        jitter=follower.spread,
        clocks=state.jitter,
        reseeds=follower.reseeds,
        parameters=state.parameters,
        counts=state.counts,
        sounding=len(state.table.voices),
        remembered=len(songs.history),
        clocks_suspected=state.settings.unit != 1 and state.reading.clocks,
        reason=state.reason,
        ended=state.ended,
        slot=state.settings.slot,
        choices=state.choice.newest,
        skipped=state.skipped,
    )


def melody_of(state: State) -> Melodic:
    """Return what there is to see of answers."""
    answering, playing = state.answering, state.transport.playing
    place = state.transport.tick + answering.ear.shift
    listens = playing and is_listening(state, place)
    answer = answering.answer
    if answer is None:
        return Melodic(listens, reason=answering.reason)
    bar = (place - answer.start) // TICKS_PER_BAR + 1
    bars = -(-(answer.end - answer.start) // TICKS_PER_BAR)
    return Melodic(listens, max(bar, 0), bars, answer.late, answering.reason, answering.wanted)


def round_of(state: State) -> int:
    """Return the round of the loop that plays, 0 without a loop; none begins after the last."""
    songs = state.repertoire
    if songs.playing is None:
        return 0
    return songs.rounds if state.ending else songs.rounds + 1
