"""The options of each command, for argparse. Standard library only."""

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from loopwright.engine.answermode import MODES
from loopwright.engine.compose import BASS_CEILING, BASS_FLOOR
from loopwright.engine.notes import CHANNELS
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
    plays = parser.add_argument_group("what plays")
    add_loops(plays)
    add_feel(plays)
    add_answers(plays)
    midi = parser.add_argument_group("MIDI")
    add_ports(midi)
    add_clock(midi)
    add_files(midi)
    add_hosting(parser.add_argument_group("a host with a mind of its own"))


def add_loops(group: "Group") -> None:
    """Add which loops play, and when another comes."""
    add = group.add_argument
    add("--loops", type=int, default=0, metavar="N", help="end after N loops (default: play on)")
    says = "a new loop after every N rounds; 0: only when asked (default: 0, with --loops 1)"
    add("--every", type=int, metavar="N", help=says)
    says = "of our own clock, where no host's is heard, 20-400 (default: the preset's)"
    add("--tempo", type=float, metavar="BPM", help=says)
    add("--follow", action="store_true", help="every new loop grows from what was played in")
    add("--recall", metavar="LOOP", help="begin with a kept loop of the preset")
    says = "what program changes choose, as TOML (default: presets, as presets list has them)"
    add("--slots", metavar="FILE", help=says)


def add_feel(group: "Group") -> None:
    """Add how all of it is played."""
    add = group.add_argument
    says = "velocities as written, drums 100 and bass 80; no swing"
    add("--flat", action="store_true", help=says)
    says = "set anything of the list below; may be given again"
    add("--set", action="append", default=[], metavar="NAME=VALUE", help=says)


def add_answers(group: "Group") -> None:
    """Add when a melody answers, and which model's."""
    add = group.add_argument
    says = (
        "when a melody answers what you play: after a pause, by pedal, by turns of bars, when "
        "asked from the last bars, always (default: pause)"
    )
    add("--answer", choices=MODES, help=says)
    add("--melody", metavar="X", help=MELODY)
    says = "a style that the melody model knows (presets show tells)"
    add("--style", metavar="WORD", help=says)


def add_ports(group: "Group") -> None:
    """Add which ports notes come from and go to, and on which channels."""
    add = group.add_argument
    says = "use the existing port whose name holds NAME, instead of ports of our own"
    add("--port", metavar="NAME", help=says)
    add("--notes-from", metavar="NAME", help="hear notes and controls on this input")
    add("--one-port", action="store_true", help="send all parts on one port, by channel")
    add("--midi-system", choices=MIDI_SYSTEMS, default="auto", help="(default: what really works)")
    for part, channel in CHANNELS.items():
        says = f"MIDI channel of the {part}, 1-16 (default: the preset's, else {channel})"
        add(f"--channel-{part}", type=int, metavar="CH", help=says)


def add_clock(group: "Group") -> None:
    """Add whose clock is followed, or who follows ours."""
    add = group.add_argument
    add("--clock-from", metavar="NAME", help="follow the clock of this input")
    says = "follow MIDI clock, or the session of Ableton Link (default: midi)"
    add("--clock", choices=("midi", "link"), default="midi", help=says)
    says = (
        "be the clock that others follow: sends it on Loopwright Clock Out, from the first "
        "moment on; space starts and stops, c goes on; with --loops it starts by itself"
    )
    add("--lead", action="store_true", help=says)
    says = "lead, and send the clock to this existing output"
    add("--clock-to", metavar="NAME", help=says)


def add_files(group: "Group") -> None:
    """Add where the session is written down."""
    add = group.add_argument
    says = "the MIDI file to record to where there is no MIDI system (default: in takes/)"
    add("--record", metavar="FILE", help=says)
    says = (
        "write down all that happens here, not where sessions are kept by themselves "
        "(loopwright sessions); off keeps nothing"
    )
    add("--log", metavar="FILE", help=says)


def add_render(parser: ArgumentParser) -> None:
    """Add the options of `loopwright render`."""
    add_sound(parser)
    add = parser.add_argument
    add("--loops", type=int, default=1, metavar="N", help="how many loops (default: 1)")
    add("--out", default=".", metavar="DIR", help="the folder for the files (default: this one)")
    add("--tempo", type=float, metavar="BPM", help="20-400 (default: the preset's)")
    add("--top-k", type=int, metavar="K", help="draw among K codes only; 0: all")
    add("--top-p", type=float, metavar="P", help="draw among the likeliest codes of this share")
    says = "leave every loop in the key that it was drawn in"
    add("--each-key", action="store_true", help=says)
    says = "grow every loop from the drums and bass of a MIDI file"
    add("--seed-file", metavar="MID", help=says)
    says = "play a session again, instead of loops: last, a name of loopwright sessions, a file"
    add("--replay", metavar="LOG", help=says)
    add("--force", action="store_true", help="replace files that have the same names")
    add_continue(parser)
