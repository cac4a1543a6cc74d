"""What plays, what comes next, and what was played before.

A loop that was asked for becomes `coming` when it is there, and `playing` at the next boundary;
until then, and when it never comes, the old one goes round again.
"""

from dataclasses import dataclass, replace

from loopwright.engine import tuning
from loopwright.engine.compose import Composed, Request
from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop

REMEMBERED = 16


@dataclass(frozen=True, slots=True)
class Repertoire:
    """`history` are the last loops, oldest first; `place` is that of the loop that plays.

    `number` counts the loops that have played, `rounds` the times that the present one has gone
    from bar 1 to its end, `passes` all such rounds. `whole` says that this round began in bar 1.
    """

    playing: Loop | None = None
    coming: Loop | None = None
    recalled: int | None = None  # the place in the history that `coming` was taken from
    history: tuple[Loop, ...] = ()
    place: int = -1
    asked: Request | None = None
    waited: int = 0  # boundaries that have passed since
    requests: int = 0
    key: Key | None = None
    number: int = 0
    rounds: int = 0
    passes: int = 0
    whole: bool = False


def asking(repertoire: Repertoire, request: Request) -> Repertoire:
    """Return the repertoire that waits for an answer to `request`, and to no other."""
    return replace(repertoire, asked=request, requests=request.number, waited=0)


def awaited(repertoire: Repertoire, composed: Composed) -> bool:
    """Whether an answer is the one waited for, not an older one."""
    return repertoire.asked is not None and composed.number == repertoire.asked.number


def answered(repertoire: Repertoire, composed: Composed) -> Repertoire:
    """Return the repertoire after the awaited answer; a failed one changes no loop."""
    request = repertoire.asked
    after = replace(repertoire, asked=None)
    if composed.loop is None or request is None:
        return after
    # A loop that grew from what somebody plays brings that music's key along.
    keep = repertoire.key is not None and request.take is None
    key = repertoire.key if keep else key_of(composed.loop) or repertoire.key
    return replace(after, coming=composed.loop, recalled=None, key=key)


def key_of(loop: Loop) -> Key | None:
    """Return the key of a loop: the one written down, else the one that its bass has."""
    return loop.key or tuning.key_of(loop.notes)


def recalled(repertoire: Repertoire, loop: Loop) -> Repertoire:
    """Return the repertoire in which a kept loop comes next, whatever was asked for.

    As the first loop it gives its key to those that follow.
    """
    key = repertoire.key or key_of(loop)
    return replace(repertoire, coming=loop, recalled=None, asked=None, key=key)


def back(repertoire: Repertoire) -> Repertoire:
    """Return the repertoire in which the loop before the playing (or recalled) one comes next."""
    here = repertoire.place if repertoire.recalled is None else repertoire.recalled
    if here < 1:
        return repertoire
    return replace(repertoire, coming=repertoire.history[here - 1], recalled=here - 1, asked=None)


def swapped(repertoire: Repertoire) -> Repertoire:
    """Return the repertoire at a boundary: what was coming plays, from its first round."""
    if repertoire.coming is None:
        return repertoire
    if repertoire.recalled is None:
        history = (*repertoire.history, repertoire.coming)[-REMEMBERED:]
        place = len(history) - 1
    else:
        history, place = repertoire.history, repertoire.recalled
    return replace(
        repertoire,
        playing=repertoire.coming,
        coming=None,
        recalled=None,
        history=history,
        place=place,
        number=repertoire.number + 1,
        rounds=0,
    )


def round_over(repertoire: Repertoire) -> Repertoire:
    """Return the repertoire after a round that has come to its end."""
    if repertoire.playing is None or not repertoire.whole:
        return repertoire
    return replace(
        repertoire, rounds=repertoire.rounds + 1, passes=repertoire.passes + 1, whole=False
    )


def wants_another(repertoire: Repertoire, every: int) -> bool:
    """Whether the last of `every` rounds begins, so that the next loop must be asked for."""
    idle = repertoire.asked is None and repertoire.coming is None
    return every > 0 and idle and repertoire.whole and repertoire.rounds >= every - 1


def round_begun(repertoire: Repertoire) -> Repertoire:
    """Return the repertoire in whose loop bar 1 begins."""
    waited = repertoire.waited + (repertoire.asked is not None)
    return replace(repertoire, whole=repertoire.playing is not None, waited=waited)


def overdue(repertoire: Repertoire) -> bool:
    """Whether a whole round has gone by without an answer: the question may be lost."""
    return repertoire.asked is not None and repertoire.waited > 1
