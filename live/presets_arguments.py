"""The verbs of `loopwright presets` and their options, for argparse. Standard library only."""

from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass

from loopwright.live.arguments import NAMED

ONE_FILE = "a .loopwright file"
FORCE = "replace files that have the same names"
MODULE = "loopwright.live.presets_cli"


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: what it does in words, where its function is, what adds its options."""

    name: str
    says: str
    add: Callable[[ArgumentParser], None]
    function: str
    module: str = MODULE


def nothing(_: ArgumentParser) -> None:
    """Add nothing."""


def add_preset(parser: ArgumentParser) -> None:
    """Add the name of a preset."""
    parser.add_argument("preset", metavar="X", help=NAMED)


def add_pack(parser: ArgumentParser) -> None:
    """Add the options of `pack`."""
    add_preset(parser)
    parser.add_argument("--out", metavar="FILE", help="(default: ./NAME.loopwright)")
    says = "leave out a model that ships with Loopwright: it is found by its SHA-256 again"
    parser.add_argument("--light", action="store_true", help=says)


def add_unpack(parser: ArgumentParser) -> None:
    """Add the options of `unpack`."""
    parser.add_argument("file", metavar="FILE", help=ONE_FILE)
    parser.add_argument("--into", metavar="DIR", help="(default: your own presets)")


def add_install(parser: ArgumentParser) -> None:
    """Add the options of `install`."""
    parser.add_argument("file", metavar="FILE", help=ONE_FILE)
    parser.add_argument("--name", metavar="NAME", help="what to call it (default: what it says)")


def add_remove(parser: ArgumentParser) -> None:
    """Add the options of `remove`."""
    parser.add_argument("preset", metavar="X", help="one of your own presets")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def add_rename(parser: ArgumentParser) -> None:
    """Add the options of `rename`."""
    parser.add_argument("preset", metavar="X", help="one of your own presets")
    parser.add_argument("name", metavar="NEW", help="its new name")


def add_diff(parser: ArgumentParser) -> None:
    """Add the options of `diff`."""
    for name in ("old", "new"):
        parser.add_argument(name, metavar=name.upper(), help=NAMED)


def add_export(parser: ArgumentParser) -> None:
    """Add the options of `export`."""
    add_preset(parser)
    add = parser.add_argument
    add("--out", default=".", metavar="DIR", help="the folder for the files (default: this one)")
    add("--loop", metavar="NAME", help="this kept loop alone (default: all that was kept)")
    add("--phrase", metavar="NAME", help="this kept phrase alone")
    add("--parts", action="store_true", help="also a MIDI file for each part")
    add("--png", action="store_true", help="also a picture of each loop's piano roll")
    add("--wav", action="store_true", help="also what it sounds like; needs fluidsynth")
    add("--sound-font", metavar="SF2", help="for --wav (default: the system's General MIDI)")
    add("--force", action="store_true", help=FORCE)


VERBS = (
    Verb("list", "what there is, in the order of the search", nothing, "list_all"),
    Verb("show", "what a preset holds, where it is, and on which terms", add_preset, "show"),
    Verb("diff", "what differs between two presets", add_diff, "diff"),
    Verb("verify", "hold a preset's files to their hashes, and try its model", add_preset, "check"),
    Verb("pack", "write a preset as one .loopwright file", add_pack, "pack_up"),
    Verb("unpack", "unpack a .loopwright file, to where jam finds it", add_unpack, "unpack_here"),
    Verb("install", "unpack a .loopwright file and try its model", add_install, "install_file"),
    Verb("rename", "give one of your presets another name", add_rename, "rename_own"),
    Verb("remove", "delete one of your presets", add_remove, "remove_own"),
    Verb(
        "export",
        "write kept loops and phrases as MIDI files, pictures, sound",
        add_export,
        "export_kept",
        "loopwright.live.presets_export",
    ),
)
