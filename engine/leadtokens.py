"""What a lead model hears before the notes: a style and a key, one token each.

They come after the 153 piano tokens: no key, 12 major and 12 minor keys, no style, the styles.
"""

from loopwright.engine.keys import Key
from loopwright.engine.pianotokens import VOCABULARY

STYLES = ("folk", "pop", "song", "hook")
TONICS = 12
NO_KEY = VOCABULARY
FIRST_KEY = NO_KEY + 1
NO_STYLE = FIRST_KEY + 2 * TONICS
FIRST_STYLE = NO_STYLE + 1


def size(styles: tuple[str, ...]) -> int:
    """Return how many tokens a lead model has."""
    return FIRST_STYLE + len(styles)


def key_token(key: Key | None) -> int:
    """Return the token of a key."""
    return NO_KEY if key is None else FIRST_KEY + key.tonic + TONICS * key.minor


def style_token(style: str, styles: tuple[str, ...]) -> int:
    """Return the token of a style; one that the model does not know is none."""
    return FIRST_STYLE + styles.index(style) if style in styles else NO_STYLE


def opening(style: str, key: Key | None, styles: tuple[str, ...]) -> tuple[int, int]:
    """Return the two tokens that a context begins with."""
    return style_token(style, styles), key_token(key)
