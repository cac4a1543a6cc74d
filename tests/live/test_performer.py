"""What the player tells the app, and in which order."""

from multiprocessing import Pipe

from score import groove

from loopwright.engine.happen import Action, Chosen, Fetch, Fetched, Pressed
from loopwright.engine.setup import Setup
from loopwright.engine.state import Settings
from loopwright.engine.status import Status
from loopwright.engine.time import Seconds
from loopwright.live.board import Board
from loopwright.live.inbox import Inbox
from loopwright.live.messages import Begin
from loopwright.live.performer import Performer
from loopwright.live.tape import Sent, Tape
from loopwright.live.wire import Wire

NOW = Seconds(0.0)  # stamped by the player


def test_what_plays_is_told_before_what_was_chosen_after_it() -> None:
    """The app closes the models of a choice that another one follows, unless it plays."""
    ours, theirs = Pipe()
    wire = Wire(ours, lambda _: None)
    told: Inbox[object] = Inbox()

    def heard(value: object) -> None:
        """Choose another one as soon as the first sounds, and go."""
        wire.post(value)
        if isinstance(value, Sent):
            told.put(Chosen(1, NOW))
            told.put(Pressed(Action.QUIT, NOW))

    told.put(Chosen(0, NOW))
    told.put(Fetched(1, Setup(groove()), NOW))
    begin = Begin(Settings(follow_clock=False))
    Performer(wire, told, Tape(heard), Board(), begin).play(None)
    wire.finish(1.0)
    ours.close()
    said = list(iter(lambda: theirs.recv() if theirs.poll() else None, None))
    theirs.close()
    chosen = next(n for n, value in enumerate(said) if value == Fetch(2, 1))
    before = [value.slot for value in said[:chosen] if isinstance(value, Status)]
    assert before[-1] == 1
