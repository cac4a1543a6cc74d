"""What whoever sits before a silent program is told to do."""

from loopwright.engine.state import Settings
from loopwright.engine.status import Status
from loopwright.engine.transport import Motion

HOST = "waiting for the host: connect its clock to Loopwright In and press play, or press space"
LEADING = "others can follow our clock: press space to start"
SKIPPED = "does the host play? then press play in it again: JACK skipped us for a moment"
SESSION = "in the Link session: press space, or start in another program"


def hint(settings: Settings | None, status: Status | None) -> str:
    """Return what to do to hear something, empty where something plays or nothing can be done."""
    if settings is None:
        return ""
    motion = Motion.NO_CLOCK if status is None else status.motion
    if settings.follow_clock and not settings.session:
        return hosted(motion, skipped=status is not None and status.skipped)
    if motion not in (Motion.NO_CLOCK, Motion.STOPPED):
        return ""
    return SESSION if settings.session else LEADING if settings.waits else ""


def hosted(motion: Motion, *, skipped: bool) -> str:
    """Return what to do where a host is followed; `skipped` as in `Status`."""
    if motion is Motion.NO_CLOCK:
        return HOST
    return SKIPPED if skipped and motion is Motion.STOPPED else ""
