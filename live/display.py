"""What the app says to its user: lines that stay, and a word that is shown for a while."""

import sys

from loopwright.engine.time import Seconds
from loopwright.live.now import now
from loopwright.live.screen import teller
from loopwright.live.terminal import View

WHILE = 8.0  # seconds that a word stays


class Display:
    """The display of a jam. The app's main thread."""

    def __init__(self) -> None:
        self._teller = teller(sys.stdout)
        self._word, self._until = "", Seconds(0.0)

    def say(self, word: str) -> None:
        """Show a word for a while."""
        self._word, self._until = word, Seconds(now() + WHILE)

    def word(self, otherwise: str) -> str:
        """Return the word that is shown now, `otherwise` if its time is over."""
        return self._word if now() < self._until else otherwise

    def line(self, text: str) -> None:
        """Write a line that stays."""
        self._teller.say(text)

    def show(self, view: View) -> None:
        """Draw the picture."""
        self._teller.show(view)
