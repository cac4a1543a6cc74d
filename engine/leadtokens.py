"""What a lead model hears before the notes: a style and a key, one token each.

They come after the 153 piano tokens: no key, 12 major and 12 minor keys, no style, the styles. The
notes themselves are told as if they were in C major or A minor, so that a model learns one scale
and not twelve: the key's token says where they really sound.
"""

from loopwright.engine.keys import Key, way
from loopwright.engine.pianotokens import VOCABULARY

HOME = Key(0)
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


def told_key(token: int) -> Key | None:
    """Return the key that a token stands for, None for none."""
    if not FIRST_KEY <= token < NO_STYLE:
        return None
    minor, tonic = divmod(token - FIRST_KEY, TONICS)
    return Key(tonic, bool(minor))


def above_home(key: Key | None) -> int:
    """Return how many semitones, -6..5, notes sound above those that are told."""
    return 0 if key is None else way(HOME, key)


def style_token(style: str, styles: tuple[str, ...]) -> int:
    """Return the token of a style; one that the model does not know is none."""
    return FIRST_STYLE + styles.index(style) if style in styles else NO_STYLE


def opening(style: str, key: Key | None, styles: tuple[str, ...]) -> tuple[int, int]:
    """Return the two tokens that a context begins with."""
    return style_token(style, styles), key_token(key)
