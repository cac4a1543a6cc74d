"""What befalls a jam on stage: a table of what a host does, and of what the world does.

Each leaves the host playing. After what may cost messages, the host is told that its place is not
known ("mark lost"), stops, finds all silent ("mark found"), and starts anew.
"""

import os
import signal
import time
from collections.abc import Callable

from stage import HOST, INPUT, Stage

PLAYER, COMPOSER = "player", "composer"
NEW, BACK, PANIC = "send b0147f", "send b0177f", "send b0197f"


def rest(stage: Stage, low: float, high: float) -> None:
    """Let some seconds pass."""
    time.sleep(stage.chance.uniform(low, high))


def stop_start(stage: Stage) -> None:
    stage.tell("stop")
    rest(stage, 0.4, 1.5)
    stage.tell("start")


def stop_continue(stage: Stage) -> None:
    stage.tell("stop")
    rest(stage, 0.4, 1.0)
    stage.tell("continue")


def stop_locate(stage: Stage) -> None:
    stage.tell("stop")
    rest(stage, 0.1, 0.6)
    stage.tell(f"locate {stage.chance.randrange(2000)}", "continue")


def jump(stage: Stage) -> None:
    stage.tell(f"locate {stage.chance.randrange(2000)}")


def start_again(stage: Stage) -> None:
    stage.tell("start")


def tempo(stage: Stage) -> None:
    stage.tell(f"tempo {stage.chance.uniform(40, 240):.2f}")


def dropout(stage: Stage) -> None:
    stage.tell(f"drop {stage.chance.choice((1, 2, 6, 24, 60))}")


def burst(stage: Stage) -> None:
    stage.tell(f"hold {stage.chance.randint(1, 12)}")


def panic(stage: Stage) -> None:
    stage.tell(PANIC)


def play_in(stage: Stage) -> None:
    pitch = f"{stage.chance.randint(30, 60):02x}"
    stage.tell("send f5", f"send 90{pitch}50")
    rest(stage, 0.05, 0.3)
    stage.tell(f"send 80{pitch}40")


def another_loop(stage: Stage) -> None:
    stage.tell(NEW)
    rest(stage, 2.0, 3.0)
    stop_start(stage)
    rest(stage, 2.0, 4.0)
    stage.tell(BACK)
    stop_start(stage)


def start_over(stage: Stage) -> None:
    """Begin anew after a fault, once all is silent."""
    stage.tell("stop")
    time.sleep(1.0)
    stage.tell("mark found")
    time.sleep(0.5)
    stage.tell("start")


def unplug_clock(stage: Stage) -> None:
    stage.tell("mark lost clock")
    time.sleep(0.1)
    stage.cable("disconnect", HOST, INPUT)
    rest(stage, 0.5, 2.0)
    stage.cable("connect", HOST, INPUT)
    time.sleep(0.3)
    start_over(stage)


def strike(stage: Stage, role: str, number: int) -> None:
    """Send a signal to one of the jam's processes, and wait until it has been replaced.

    A host's Stop while there is no player is heard by nobody: so not before one is connected.
    """
    stage.tell(f"mark lost {role} {signal.Signals(number).name}")
    time.sleep(0.1)
    struck, began = stage.member(role), time.monotonic()
    os.kill(struck, number)
    stage.expect(f"the {role} failed and was started again", began)
    stage.wait_until(lambda: replaced(stage, role, struck), f"another {role}")
    time.sleep(2.0)
    stage.wait_until(stage.wired, "the host's clock on the next player's input")
    time.sleep(0.5)
    start_over(stage)


def replaced(stage: Stage, role: str, struck: int) -> bool:
    """Whether another process has the role."""
    try:
        return stage.member(role) != struck
    except (StopIteration, OSError):
        return False


def kill_player(stage: Stage) -> None:
    strike(stage, PLAYER, signal.SIGKILL)


def stop_player(stage: Stage) -> None:
    strike(stage, PLAYER, signal.SIGSTOP)


def kill_composer(stage: Stage) -> None:
    strike(stage, COMPOSER, signal.SIGKILL)


def stop_composer(stage: Stage) -> None:
    strike(stage, COMPOSER, signal.SIGSTOP)


def restart_server(stage: Stage) -> None:
    stage.tell("mark lost server")
    time.sleep(0.2)
    stage.kill_server()
    rest(stage, 0.5, 4.0)
    stage.start_server()
    stage.open_act()
    time.sleep(1.0)
    stage.tell("mark lost server")
    start_over(stage)


Fault = Callable[[Stage], None]
OFTEN: tuple[Fault, ...] = (
    stop_start,
    stop_continue,
    stop_locate,
    jump,
    start_again,
    tempo,
    dropout,
    burst,
    panic,
    play_in,
    another_loop,
)
SELDOM: tuple[Fault, ...] = (
    unplug_clock,
    kill_player,
    stop_player,
    kill_composer,
    stop_composer,
    restart_server,
)
