"""The composer as a process of its own: how it ends, of which the old way failed here at times."""

from loopwright.live.board import Board
from loopwright.live.library import system_library
from loopwright.live.options import JamOptions
from loopwright.live.processes import spawn
from loopwright.live.program import load_of, read_program
from loopwright.live.slots import preset_slots
from loopwright.live.wire import Gone

AT_ONCE = 4  # so many that no model is open by the time that its composer is to go


def test_a_composer_that_opens_models_while_the_app_goes_ends_as_any_other() -> None:
    heard = list[object]()
    shelf, options = system_library(), JamOptions()
    first = read_program(shelf, options, preset_slots(shelf).slots[0], "backbeat", None)
    children = [spawn("loopwright.live.composer", heard.append, Board()) for _ in range(AT_ONCE)]
    for child in children:
        child.wire.post(load_of(options, first, 0))
    for child in children:
        child.process.join(0.2)  # into the midst of it
        child.wire.post(Gone())
    for child in children:
        child.process.join(20)
    assert [child.process.exitcode for child in children] == [0] * AT_ONCE
