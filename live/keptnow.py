"""What a player asks to be kept in the middle of a jam, and what is said of it."""

from loopwright.engine.duet import Duet
from loopwright.engine.errors import LoopwrightError
from loopwright.engine.notes import Loop
from loopwright.live.keeping import Kept, keep, keep_phrase
from loopwright.live.library import Library
from loopwright.live.program import Program

NOTHING = "no phrase to keep: nothing was answered, and nothing played that could be"


def kept_now(library: Library, program: Program, what: Loop | Duet | None, tempo: float) -> str:
    """Save a loop or a phrase of a program that plays; return a word about it.

    One thread at a time; blocks for the disk.
    """
    if what is None:
        return NOTHING
    try:
        if isinstance(what, Loop):
            kept, kind = keep(library, program.opened, what, tempo), "kept"
        else:
            kept, kind = phrase(library, program, what, tempo), "phrase kept"
    except LoopwrightError as error:
        return f"not kept: {error}"
    return f"{kind} as {kept.name} in {kept.opened.found.folder}"


def phrase(library: Library, program: Program, duet: Duet, tempo: float) -> Kept:
    """Save a phrase with the tokens that the program's melody model takes it for."""
    # Imported when a phrase is kept: it takes numpy, which the app is without otherwise.
    from loopwright.live.phrasetokens import with_tokens  # noqa: PLC0415

    told = with_tokens(duet, tempo, program.melody)
    return keep_phrase(library, program.opened, told, tempo)
