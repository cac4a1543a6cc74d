"""The command line: what can be asked for, and one clear line where it cannot be had.

Only argparse is imported here; each command loads what it needs when it is given, so that `jam`
starts at once and nothing but training and export ever needs torch.
"""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

from loopwright.engine.errors import LoopwrightError, SettingError
from loopwright.live import arguments, streams
from loopwright.live.continuing import continue_options
from loopwright.live.options import jam_options, render_options
from loopwright.live.presets_arguments import VERBS

if TYPE_CHECKING:
    from argparse import _SubParsersAction  # pyright: ignore[reportPrivateUsage]

    Commands = _SubParsersAction["Parser"]

TROUBLE, INTERRUPTED, UNHEARD = 2, 130, 141
ABOUT = """A band mate for your DAW: bass and drum loops that follow the host's MIDI clock.

  loopwright jam                             play along, on ports of its own
  loopwright render --loops 16 --out loops   loops as MIDI files
  loopwright presets list                    what there is to play with
"""
ELSEWHERE = {
    "train": ("loopwright.training.cli", "train a model on a folder of MIDI, into a preset"),
    "evaluate": ("loopwright.training.cli", "measure a model beside its data"),
    "export": ("loopwright.export.cli", "write a trained model as ONNX graphs"),
}
"""Commands of other packages, which may need torch: loaded only when they are given."""
DOORS = {
    **dict.fromkeys(
        ("kinds_in", "open_model", "loop_file", "loop_folder", "melody_folder", "step_devices"),
        "loopwright.live.opening",
    ),
    "open_steps": "loopwright.live.stepopen",
    "run_graph": "loopwright.export.cli_melody",
    "own_loops": "loopwright.live.cli_own_loops",
    "own_melody": "loopwright.live.cli_own_melody",
}
"""What training may not import, and is handed over."""
EXTRA = ("torch", "onnx", "miditok", "pretty_midi", "symusic")
"""What the extra `training` installs."""
Command = Callable[[Namespace], object]


class Parser(ArgumentParser):
    """An ArgumentParser whose complaint is raised as one line, not printed with the usage."""

    def error(self, message: str) -> NoReturn:
        """Raise SettingError."""
        raise SettingError(f"{message} (see {self.prog} --help)")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status, 2 with one line on stderr for trouble."""
    streams.ready()
    words = list(sys.argv[1:] if argv is None else argv) or ["--help"]
    try:
        told = parser_for(words[0]).parse_args(words)
        return finished(cast(Command, told.run)(told))
    except LoopwrightError as trouble:
        return complain(str(trouble))
    except ModuleNotFoundError as trouble:
        if trouble.name not in EXTRA:
            raise
        return complain(f"{trouble.name} is missing here: pip install 'loopwright[training]'")
    except OSError as trouble:
        return refused(trouble)
    except KeyboardInterrupt:
        return INTERRUPTED


def complain(trouble: str) -> int:
    """Print one line on stderr, whatever the text; return the exit status."""
    # Names in it may be a stranger's: nothing that a terminal would obey.
    line = " ".join("".join(c if c.isprintable() else " " for c in trouble).split())
    print(f"loopwright: {line}", file=sys.stderr)
    return TROUBLE


def refused(trouble: OSError) -> int:
    """Say what the system refused; return the exit status.

    Nothing more is said to whoever reads no further, as `head` does.
    """
    if streams.is_cut(sys.stdout):
        streams.to_nowhere(sys.stdout)
        if isinstance(trouble, BrokenPipeError):
            return UNHEARD
    try:
        Path.cwd()
    except OSError:
        return complain("the folder that you are in is gone: change to another one")
    return complain(f"{trouble.filename or 'the system says'}: {trouble.strerror or trouble}")


def finished(result: object) -> int:
    """Return the exit status that a command's result stands for; print it if it is a text."""
    if isinstance(result, str):
        print(result, flush=True)
    return result if isinstance(result, int) else 0


def parser_for(word: str) -> Parser:
    """Return the parser of a command line whose first word is `word`."""
    parser = Parser("loopwright", description=ABOUT, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--version", action="store_const", dest="run", const=version)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    doors = {name: partial(call, module, name) for name, module in DOORS.items()}
    parser.set_defaults(run=no_command, **doors)
    add_playing(commands)
    add_presets(commands)
    add_ports(commands)
    add_elsewhere(commands, word)
    return parser


def version(_: Namespace) -> str:
    """Return the version that is installed."""
    return f"loopwright {call('importlib.metadata', 'version', 'loopwright')}"


def no_command(_: Namespace) -> int:
    """Raise SettingError."""
    raise SettingError("a command is missing (see loopwright --help)")


def add_playing(commands: "Commands") -> None:
    """Add jam and render."""
    jam = commands.add_parser(
        "jam",
        help="play along with a host, or alone",
        description="Play bass and drum loops in time with the host's MIDI clock.",
        epilog=arguments.settings_help(),
        formatter_class=RawDescriptionHelpFormatter,
    )
    arguments.add_jam(jam)
    jam.set_defaults(run=later("loopwright.live.jam", "jam", jam_options))
    render = commands.add_parser(
        "render",
        help="write loops, or melodies, as MIDI files",
        description="Write loops as MIDI files of eight bars: PRESET_8bar_120bpm_Am_01.mid.",
    )
    arguments.add_render(render)
    render.set_defaults(run=render_or_replay)


def render_or_replay(told: Namespace) -> object:
    """Render loops, go on with a tune, or play a log again, which takes no model."""
    tune = continue_options(told)
    if tune is not None:
        return call("loopwright.live.render_continue", "continue_to_files", tune)
    options = render_options(told)
    if options.replay is not None:
        return call("loopwright.live.replay", "replay_to_files", options)
    return call("loopwright.live.render", "render_to_files", options)


def add_presets(commands: "Commands") -> None:
    """Add `presets` and its verbs."""
    presets = add(commands, "presets", "list, show, pack, install, export presets ...")
    verbs = presets.add_subparsers(title="verbs", metavar="VERB", required=True)
    for verb in VERBS:
        parser = verbs.add_parser(verb.name, help=verb.says, description=verb.says)
        parser.set_defaults(run=partial(call, verb.module, verb.function))
        verb.add(parser)


def add_ports(commands: "Commands") -> None:
    """Add sessions, ports, panic and doctor."""
    sessions = add(commands, "sessions", "list what was played of late, to be replayed")
    sessions.set_defaults(run=later("loopwright.live.cli_sessions", "listing"))
    ports = add(commands, "ports", "list the MIDI system and its ports")
    ports.set_defaults(run=later("loopwright.live.portlist", "listing"))
    panic = add(commands, "panic", "silence everything that still sounds")
    panic.add_argument("--port", metavar="NAME", help="only this output (default: all)")
    panic.set_defaults(run=later("loopwright.live.portlist", "silence", attrgetter("port")))
    says = "tell what is here, measure how well it works, and say what could be changed"
    doctor = add(commands, "doctor", says)
    doctor.add_argument("--json", action="store_true", help="the figures, for a program")
    doctor.set_defaults(run=partial(call, "loopwright.live.doctor", "report"))


def add(commands: "Commands", name: str, says: str) -> Parser:
    """Add a command, which says the same of itself wherever it is asked."""
    return commands.add_parser(name, help=says, description=says)


def add_elsewhere(commands: "Commands", word: str) -> None:
    """Add the commands of other packages: the one that is given, the others by name alone."""
    if word in ELSEWHERE:
        call(ELSEWHERE[word][0], "add_commands", commands)
    for name, (_, says) in ELSEWHERE.items():
        if name not in commands.choices:
            commands.add_parser(name, help=says)


def later(module: str, function: str, *readers: Callable[[Namespace], object]) -> Command:
    """Return a command that calls a function with what each reader makes of the command line."""

    def run(told: Namespace) -> object:
        return call(module, function, *(read(told) for read in readers))

    return run


def call(module: str, function: str, *given: object) -> object:
    """Load a function and call it: nothing is imported before it is needed."""
    return cast(Callable[..., object], getattr(import_module(module), function))(*given)
