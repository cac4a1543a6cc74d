"""The one table of what can be set and done: it serves keys, CCs, notes, the command line, presets.

CC numbers keep clear of bank select, sustain, RPN/NRPN and the channel-mode messages. Control
notes are heard on channel 16 alone, so that they never mix with what is played as a seed.
"""

from dataclasses import dataclass

from loopwright.engine.answermode import GRIDS, MODES
from loopwright.engine.happen import Action
from loopwright.engine.keys import SCALE_WORDS
from loopwright.engine.melody import BOLD, CEILING, FLOOR

CONTROL_CHANNEL = 16


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that can be set, from `low` to `high`; `step` is what one key press adds."""

    name: str
    low: float
    high: float
    default: float
    unit: str
    says: str
    step: float = 0.0
    cc: int | None = None
    keys: str = ""  # one key toggles 0 and 1; two keys go down and up by `step`
    note: int | None = None  # toggles, on the control channel
    words: tuple[str, ...] = ()  # what its values 0, 1, 2... are called
    stays: bool = False  # it belongs to the place: another preset in play leaves it as it is


@dataclass(frozen=True, slots=True)
class Control:
    """How an action is reached: a key of the terminal, a CC (64 and up), a control note."""

    action: Action
    key: str
    cc: int
    note: int
    says: str


CONTROLS: tuple[Control, ...] = (
    Control(Action.NEW, "n", 20, 36, "a new loop from the next loop boundary on"),
    Control(Action.GROW, "g", 21, 38, "a loop that grows from what you played"),
    Control(Action.KEEP, "k", 22, 40, "keep the loop that plays, in a preset"),
    Control(Action.KEEP_PHRASE, "K", 31, 60, "keep the latest answer, and what you played"),
    Control(Action.BACK, "b", 23, 41, "back to the loop before (the last 16)"),
    Control(Action.ANSWER, "p", 28, 53, "a melody that goes on from what you played"),
    Control(Action.NEXT, ".", 30, 59, "the next slot: another preset from the next loop on"),
    Control(Action.BEFORE, ",", 29, 57, "the slot before this one"),
    Control(Action.PLAY, " ", 24, 43, "start or stop our own clock, where no host's is heard"),
    Control(Action.GO_ON, "c", 27, 52, "start our own clock where it stopped"),
    Control(Action.PANIC, "!", 25, 45, "silence everything at once"),
    Control(Action.QUIT, "q", 26, 47, "end"),
)

PARAMETERS: tuple[Parameter, ...] = (
    Parameter("temperature", 0.1, 2.0, 1.0, "", "how boldly the model draws", 0.1, 70, "tT"),
    Parameter("top_k", 0, 512, 0, "codes", "draw among so many codes only; 0: all"),
    Parameter(
        "top_p", 0.01, 1.0, 1.0, "share", "draw among the likeliest codes of this share", 0.0, 71
    ),
    Parameter("mute_drums", 0, 1, 0, "", "silence the drums from the next bar on", 1, 72, "d", 48),
    Parameter("mute_bass", 0, 1, 0, "", "silence the bass from the next bar on", 1, 73, "s", 50),
    Parameter(
        "swing",
        0.0,
        1.0,
        0.1,
        "share",
        "delay of every second step; 1 is a triplet",
        0.05,
        74,
        "wW",
    ),
    Parameter("accent", 0.0, 1.0, 0.5, "share", "how much beats stand out", 0.1, 75, "aA"),
    Parameter("velocity_low", 1, 127, 55, "", "softest note of a loop"),
    Parameter("velocity_high", 1, 127, 112, "", "loudest note of a loop"),
    Parameter(
        "flat", 0, 1, 0, "", "velocities as written: drums 100, bass 80; no swing", 1, 76, "f"
    ),
    Parameter("follow", 0, 1, 0, "", "every next loop grows from what you played", 1, 77, "o"),
    Parameter(
        "every", 0, 64, 0, "loops", "a new loop after so many rounds; 0: when asked", 1, 78, "eE"
    ),
    Parameter("tempo", 20, 400, 120, "BPM", "tempo of our own clock", 1, keys="-+", stays=True),
    Parameter("answer", 0, 5, 1, "", "when a melody answers you", 1, 79, "mM", words=MODES),
    Parameter("mute_melody", 0, 1, 0, "", "silence the melody from the next bar", 1, 80, "l", 55),
    Parameter("answer_grid", 0, 2, 1, "", "where an answer begins", 1, 81, words=GRIDS),
    Parameter("answer_bars", 1, 16, 2, "bars", "how long an answer is", 1, 82),
    Parameter(
        "answer_listen", 1, 16, 2, "bars", "of what you played: answered in bars, last, always", 1
    ),
    Parameter("answer_pause", 0.25, 8, 1, "beats", "of silence after which you are answered"),
    Parameter("answer_pedal", 0, 127, 64, "CC", "the pedal of the mode pedal", 1, stays=True),
    Parameter("answer_stays", 0, 1, 0, "", "an answer goes on while you play again", 1, 83),
    Parameter(
        "answer_channel",
        0,
        16,
        0,
        "",
        "where you play; 0: all but drums and controls",
        1,
        stays=True,
    ),
    Parameter("answer_from", 0, 127, 0, "", "the lowest key that is answered", 1, stays=True),
    Parameter("answer_to", 0, 127, 127, "", "the highest key that is answered", 1, stays=True),
    Parameter("melody_lock", 0, 1, 1, "", "the melody keeps to the scale of the loop", 1, 85, "y"),
    Parameter(
        "melody_scale",
        0,
        len(SCALE_WORDS) - 1,
        0,
        "",
        "the scale that the lock keeps to",
        1,
        89,
        words=SCALE_WORDS,
    ),
    Parameter("melody_low", 21, 108, FLOOR, "", "lowest note of the melody", 1),
    Parameter("melody_high", 21, 108, CEILING, "", "highest note of the melody", 1),
    Parameter("melody_density", 0, 12, 0, "a beat", "most notes; 0: as they come", 1, 86),
    Parameter("melody_rest", 0, 16, 4, "beats", "longest silence in the melody; 0: any", 1),
    Parameter("melody_close", 0, 8, 2, "beats", "in which an answer comes to rest; 0: none", 1),
    Parameter(
        "melody_temperature",
        0.1,
        2.0,
        BOLD.temperature,
        "",
        "how boldly it is drawn",
        0.1,
        87,
        "uU",
    ),
    Parameter("melody_top_k", 0, 500, BOLD.top_k, "tokens", "draw among so many only; 0: all"),
    Parameter("melody_top_p", 0.01, 1.0, BOLD.top_p, "share", "draw among the likeliest", 0.0, 88),
    Parameter("offset_melody", -300, 300, 0, "ms", "melody later (+) or earlier (-)", stays=True),
    Parameter("offset_drums", -300, 300, 0, "ms", "drums later (+) or earlier (-)", stays=True),
    Parameter("offset_bass", -300, 300, 0, "ms", "bass later (+) or earlier (-)", stays=True),
)

BY_NAME: dict[str, Parameter] = {p.name: p for p in PARAMETERS}
OF_MELODY = tuple(name for name in BY_NAME if name.startswith("melody_"))
"""What says how a melody is drawn, whoever asks for it."""


def defaults() -> dict[str, float]:
    """Return every parameter at its default."""
    return {p.name: p.default for p in PARAMETERS}


def clamp(name: str, value: float) -> float:
    """Return `value` moved into the range of the parameter `name`."""
    p = BY_NAME[name]
    return min(max(value, p.low), p.high)


def from_cc(parameter: Parameter, value: int) -> float:
    """Return what CC `value` 0..127 means for a parameter: a share of its range."""
    return parameter.low + (parameter.high - parameter.low) * value / 127
