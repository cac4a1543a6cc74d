"""What `evaluate` can be asked for, and what each reads: an option that is not read is refused."""

from argparse import ArgumentParser, Namespace
from enum import Enum

from loopwright.engine.errors import SettingError
from loopwright.training.measurable import Measurable


class Purpose(Enum):
    """What `evaluate` can be asked for, as one line calls it."""

    LISTENING = "--listening"
    RESULT = "--listening-result"
    PAPER = "--paper"
    FINE_TUNE = "--fine-tune"
    LOOPS = "a loop model"
    LEAD = "a lead"
    ANSWERS = "--samples of a lead"
    PIANO = "a piano model"
    SAMPLES = "--samples of a piano model"
    MELODY = "runs and presets of `train melody`"


MODEL = {"preset", "data"}
READ = {
    Purpose.LISTENING: {*MODEL, "listening", "against", "each", "seed", "temperature", "device"},
    Purpose.RESULT: {"listening", "listening_result"},
    Purpose.PAPER: {*MODEL, "paper", "loops", "seed", "device", "out"},
    Purpose.FINE_TUNE: {*MODEL, "fine_tune", "json", "threads"},
    Purpose.LOOPS: {
        *MODEL, "loops", "seed", "temperature", "device", "json", "card", "training", "out"
    },
    Purpose.LEAD: {*MODEL, "stride", "split", "json"},
    Purpose.ANSWERS: {*MODEL, "stride", "split", "json", "samples", "seed", "device"},
    Purpose.PIANO: {*MODEL, "stride", "split", "json", "torch", "keep", "threads"},
    Purpose.SAMPLES: {
        *MODEL, "samples", "drawn_alone", "seed", "temperature", "device", "threads"
    },
    Purpose.MELODY: {
        *MODEL, "tunes", "questions", "melodies", "split", "seed", "json", "threads"
    },
}  # fmt: skip
BY_KIND = {
    Measurable.LOOPS: Purpose.LOOPS,
    Measurable.LEAD: Purpose.LEAD,
    Measurable.PIANO: Purpose.PIANO,
    Measurable.MELODY: Purpose.MELODY,
}


def remember_usual(parser: ArgumentParser) -> None:
    """Let what is parsed hold, as `usual`, what each option is where nobody says it."""
    parser.set_defaults(usual=vars(parser.parse_args([])))


def measuring(told: Namespace, kind: Measurable) -> Purpose:
    """Return what a model of a kind is measured for."""
    if kind is Measurable.LOOPS and told.fine_tune is not None:
        return Purpose.FINE_TUNE
    if kind is Measurable.PIANO and told.samples is not None:
        return Purpose.SAMPLES
    if kind is Measurable.LEAD and told.samples is not None:
        return Purpose.ANSWERS
    return BY_KIND[kind]


def refuse_unread(told: Namespace, purpose: Purpose) -> None:
    """Raise SettingError for an option that was said and would not be read."""
    said = (name for name, usual in told.usual.items() if vars(told)[name] != usual)
    for name in said:
        if name not in READ[purpose]:
            homes = ", ".join(one.value for one in Purpose if name in READ[one])
            raise SettingError(
                f"{shown(name)} does not go with {purpose.value}; it goes with {homes}"
            )


def shown(name: str) -> str:
    """Return an option as it is written on the command line."""
    return "PRESET" if name == "preset" else f"--{name.replace('_', '-')}"
