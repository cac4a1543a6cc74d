"""What whoever sits before a silent program is told to do."""

from loopwright.engine.state import Settings
from loopwright.engine.status import Status
from loopwright.engine.transport import Motion

HOST = "waiting for the host: connect its clock to Loopwright In and press play, or press space"
LEADING = "others can follow our clock: press space to start"
SESSION = "in the Link session: press space, or start in another program"


def hint(settings: Settings | None, status: Status | None) -> str:
    """Return what to do to hear something, empty where something plays or nothing can be done."""
    if settings is None:
        return ""
    motion = Motion.NO_CLOCK if status is None else status.motion
    if settings.follow_clock and not settings.session:
        return HOST if motion is Motion.NO_CLOCK else ""
    if motion not in (Motion.NO_CLOCK, Motion.STOPPED):
        return ""
    return SESSION if settings.session else LEADING if settings.waits else ""
