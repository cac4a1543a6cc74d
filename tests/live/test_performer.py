"""What the player tells the app, and in which order."""

from multiprocessing import Pipe

import pytest
from score import groove

from loopwright.engine.happen import (
    Action,
    Chosen,
    Fetch,
    Fetched,
    Happening,
    Keep,
    KeepPhrase,
    Pressed,
    Wish,
)
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


@pytest.mark.parametrize(
    ("deed", "kind"),
    [
        (Chosen(1, NOW), Fetch),
        (Pressed(Action.KEEP, NOW), Keep),
        (Pressed(Action.KEEP_PHRASE, NOW), KeepPhrase),
    ],
)
def test_what_plays_is_told_before_what_was_wished_for_after_it(
    deed: Happening, kind: type[Wish]
) -> None:
    """The app closes the models of a choice that another one follows, and keeps in what plays."""
    ours, theirs = Pipe()
    wire = Wire(ours, lambda _: None)
    told: Inbox[object] = Inbox()

    def heard(value: object) -> None:
        """Do something as soon as the first sounds, and go."""
        wire.post(value)
        if isinstance(value, Sent):
            told.put(deed)
            told.put(Pressed(Action.QUIT, NOW))

    told.put(Chosen(0, NOW))
    told.put(Fetched(1, Setup(groove()), NOW))
    begin = Begin(Settings(follow_clock=False))
    Performer(wire, told, Tape(heard), Board(), begin).play(None)
    wire.finish(1.0)
    ours.close()
    said = list(iter(lambda: theirs.recv() if theirs.poll() else None, None))
    theirs.close()
    chosen = next(n for n, value in enumerate(said) if type(value) is kind and value != Fetch(1, 0))
    before = [value.slot for value in said[:chosen] if isinstance(value, Status)]
    assert before[-1] == 1
