"""The options of each command, for argparse. Standard library only."""

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from loopwright.engine.answermode import MODES
from loopwright.engine.compose import BASS_CEILING, BASS_FLOOR
from loopwright.engine.parameters import PARAMETERS
from loopwright.live.continuing import add_continue
from loopwright.live.hosting import add_hosting
from loopwright.live.options import MIDI_SYSTEMS

if TYPE_CHECKING:
    from argparse import _ArgumentGroup as Group  # pyright: ignore[reportPrivateUsage]

PRESET = "a preset's name, folder or .loopwright file (default: backbeat)"
MELODY = (
    "the preset whose melody model goes on from what you play, or off (default: the preset's own, "
    "else lead)"
)
NAMED = "a preset's name, folder or .loopwright file"
KEY = "keep the bass in this key: Am, F#, Bb minor (default: the key of the first loop)"
LOW = f"lowest MIDI note of the bass (default: the preset's, else {BASS_FLOOR}, E1)"
HIGH = f"highest MIDI note of the bass (default: the preset's, else {BASS_CEILING}, G3)"
SEED = "the number that all chance comes from; the same seed plays the same (default: a new one)"
DEVICE = "auto, cpu, cuda, or one of the model's variants such as cpu-fp32 (default: auto)"


def settings_help() -> str:
    """Return the table of parameters as text, for the end of a help page."""
    lines = ["settings (--set NAME=VALUE):"]
    for p in PARAMETERS:
        unit = f" {p.unit}" if p.unit else ""
        span = ", ".join(p.words) or f"{p.low:g}..{p.high:g}{unit}"
        default = p.words[round(p.default)] if p.words else f"{p.default:g}"
        lines.append(f"  {p.name:18} {span:15} {p.says} (default {default})")
    return "\n".join(lines)


def add_sound(parser: ArgumentParser) -> None:
    """Add what jam and render share: model, chance, key and range."""
    parser.add_argument("--preset", metavar="X", help=PRESET)
    parser.add_argument("--key", metavar="KEY", help=KEY)
    parser.add_argument("--low", type=int, metavar="NOTE", help=LOW)
    parser.add_argument("--high", type=int, metavar="NOTE", help=HIGH)
    parser.add_argument("--seed", type=int, metavar="N", help=SEED)
    parser.add_argument("--device", default="auto", metavar="D", help=DEVICE)
    parser.add_argument(
        "--temperature", type=float, metavar="T", help="how boldly the model draws, 0.1-2"
    )


def add_jam(parser: ArgumentParser) -> None:
    """Add the options of `loopwright jam`."""
    add_sound(parser)
    add_performance(parser.add_argument_group("what plays"))
    add_wiring(parser.add_argument_group("MIDI"))
    add_hosting(parser.add_argument_group("a host with a mind of its own"))


def add_performance(group: "Group") -> None:
    """Add when loops change and how they feel."""
    group.add_argument(
        "--loops", type=int, default=0, metavar="N", help="end after N loops (default: play on)"
    )
    group.add_argument(
        "--every",
        type=int,
        metavar="N",
        help="a new loop after every N rounds; 0: only when asked (default: 0, with --loops 1)",
    )
    group.add_argument(
        "--tempo",
        type=float,
        metavar="BPM",
        help="of our own clock, where no host's is heard, 20-400 (default: the preset's)",
    )
    group.add_argument(
        "--follow", action="store_true", help="every new loop grows from what was played in"
    )
    group.add_argument(
        "--answer",
        choices=MODES,
        help="when a melody answers what you play: after a pause, by pedal, by turns of bars, when "
        "asked from the last bars, always (default: pause)",
    )
    group.add_argument(
        "--flat", action="store_true", help="velocities as written, drums 100 and bass 80; no swing"
    )
    group.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set anything of the list below; may be given again",
    )
    group.add_argument("--recall", metavar="LOOP", help="begin with a kept loop of the preset")
    group.add_argument(
        "--slots",
        metavar="FILE",
        help="what program changes choose, as TOML (default: presets, as presets list has them)",
    )
    group.add_argument("--melody", metavar="X", help=MELODY)
    group.add_argument(
        "--style", metavar="WORD", help="a style that the melody model knows (presets show tells)"
    )


def add_wiring(group: "Group") -> None:
    """Add where MIDI comes from and goes to."""
    group.add_argument(
        "--port",
        metavar="NAME",
        help="use the existing port whose name holds NAME, instead of ports of our own",
    )
    group.add_argument("--notes-from", metavar="NAME", help="hear notes and controls on this input")
    group.add_argument("--clock-from", metavar="NAME", help="follow the clock of this input")
    group.add_argument(
        "--clock",
        choices=("midi", "link"),
        default="midi",
        help="follow MIDI clock, or the session of Ableton Link (default: midi)",
    )
    group.add_argument(
        "--lead",
        action="store_true",
        help="be the clock that others follow: sends it on Loopwright Clock Out, from the first "
        "moment on; space starts and stops, c goes on; with --loops it starts by itself",
    )
    group.add_argument(
        "--clock-to", metavar="NAME", help="lead, and send the clock to this existing output"
    )
    group.add_argument(
        "--one-port", action="store_true", help="send all parts on one port, by channel"
    )
    group.add_argument(
        "--midi-system", choices=MIDI_SYSTEMS, default="auto", help="(default: what really works)"
    )
    for part, channel in (("drums", 10), ("bass", 1), ("melody", 2)):
        group.add_argument(
            f"--channel-{part}",
            type=int,
            metavar="CH",
            help=f"MIDI channel of the {part}, 1-16 (default: the preset's, else {channel})",
        )
    group.add_argument(
        "--record",
        metavar="FILE",
        help="the MIDI file to record to where there is no MIDI system (default: in takes/)",
    )
    group.add_argument(
        "--log",
        metavar="FILE",
        help="write down all that happens here, not where sessions are kept by themselves "
        "(loopwright sessions); off keeps nothing",
    )


def add_render(parser: ArgumentParser) -> None:
    """Add the options of `loopwright render`."""
    add_sound(parser)
    parser.add_argument(
        "--loops", type=int, default=1, metavar="N", help="how many loops (default: 1)"
    )
    parser.add_argument(
        "--out", default=".", metavar="DIR", help="the folder for the files (default: this one)"
    )
    parser.add_argument("--tempo", type=float, metavar="BPM", help="20-400 (default: the preset's)")
    parser.add_argument("--top-k", type=int, metavar="K", help="draw among K codes only; 0: all")
    parser.add_argument(
        "--top-p", type=float, metavar="P", help="draw among the likeliest codes of this share"
    )
    parser.add_argument(
        "--each-key", action="store_true", help="leave every loop in the key that it was drawn in"
    )
    parser.add_argument(
        "--seed-file", metavar="MID", help="grow every loop from the drums and bass of a MIDI file"
    )
    parser.add_argument(
        "--replay",
        metavar="LOG",
        help="play a session again, instead of loops: last, a name of loopwright sessions, a file",
    )
    parser.add_argument(
        "--force", action="store_true", help="replace files that have the same names"
    )
    add_continue(parser)
