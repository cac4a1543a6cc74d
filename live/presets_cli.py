"""`loopwright presets`: what there is, and what can be done with it."""

import sys
from argparse import Namespace
from pathlib import Path
from textwrap import shorten

from loopwright.engine.errors import PresetError, SettingError
from loopwright.engine.preset import ModelRef
from loopwright.engine.sidecar import MODEL
from loopwright.engine.stepsidecar import MODEL as MELODY
from loopwright.export.inspection import inspect
from loopwright.export.pack import SUFFIX, lightened, pack_to
from loopwright.export.presetfile import PresetFolder
from loopwright.export.unpack import read_packed, unpack
from loopwright.live import shelf
from loopwright.live.lending import holds
from loopwright.live.library import (
    Found,
    Library,
    find,
    listed,
    open_preset,
    preset_folders,
    system_library,
    verified,
)
from loopwright.live.melodies import open_singer
from loopwright.live.presets_diff import differences
from loopwright.live.presets_show import description, printable
from loopwright.live.trial import tried

LONGEST = 100  # characters about a preset in a list
LIGHT = "{}: it carries no model of its own"


def list_all(_: Namespace) -> str:
    """Return where presets are looked for, and each in a line: name, place, what it says."""
    library = system_library()
    found = listed(library)
    names = [preset.name for preset in found]
    lines = [f"{printable(p.name):24} {p.place:8} {summary(p)}" for p in found]
    for index, name in enumerate(names):
        if name in names[:index]:
            lines[index] += " (hidden by the one above)"
    places = [f"{place}: {folder}" for place, folder in library.places()]
    return "\n".join([*lines, f"searched in this order: {'; '.join(places)}"])


def summary(found: Found) -> str:
    """Return one line about a preset; about a damaged one, what is wrong with it."""
    try:
        preset = found.read().preset
    except PresetError as trouble:
        return f"damaged: {printable(str(trouble))}"
    count = len(preset.loops) + len(preset.phrases)
    says = shorten(printable(preset.says), LONGEST, placeholder=" ...")
    return says + (f" [{count} kept]" if count else "")


def show(told: Namespace) -> str:
    """Return all that is known about a preset."""
    found, content = verified(system_library(), told.preset)
    title = f"{content.preset.name} ({found.place}: {found.folder})"
    return "\n  ".join([title, *description(content)])


def diff(told: Namespace) -> str:
    """Return what differs between two presets."""
    library = system_library()
    old, new = (find(library, name).read().preset for name in (told.old, told.new))
    return "\n".join(differences(old, new)) or "no difference"


def check(told: Namespace) -> str:
    """Hold a preset to its hashes, look into its files, and try its models."""
    library = system_library()
    content = find(library, told.preset).read()
    files = inspect(content)
    title = content.preset.name
    says = [f"{title}: {files} files are what their hashes name" if files else LIGHT.format(title)]
    names = {model.name for model in content.preset.models}
    if MODEL in names:
        tried(open_preset(library, told.preset).model, MODEL)
        says.append(f"its model{lent(content, MODEL)} draws loops")
    if MELODY in names:
        tried(open_singer(library, told.preset).folder, MELODY)
        says.append(f"its melody model{lent(content, MELODY)} goes on from what is played")
    return "; ".join(says)


def lent(content: PresetFolder, name: str) -> str:
    """Return whose model a preset plays, where it does not carry it; empty where it does."""
    model = content.preset.model(name)
    here = (content.folder / model.sidecar).is_file()
    return "" if here else f", that of {model.origin},"


def pack_up(told: Namespace) -> str:
    """Write a preset as one file. Raises PresetError, SettingError."""
    library = system_library()
    _, content = verified(library, told.preset)
    target = Path(told.out or f"{content.preset.name}{SUFFIX}")
    if target.suffix != SUFFIX:
        raise SettingError(f"--out {target}: the name must end in {SUFFIX}")
    pack_to(lightened(content, origins(library, content)) if told.light else content, target)
    return f"{target}: {target.stat().st_size} bytes"


def origins(library: Library, content: PresetFolder) -> dict[str, str]:
    """Return which shipped preset has each model of another one. Raises PresetError."""
    return {model.name: origin(library, content, model) for model in content.preset.models}


def origin(library: Library, content: PresetFolder, model: ModelRef) -> str:
    """Return a shipped preset that has a model of another one. Raises PresetError."""
    for folder in preset_folders(library.shipped):
        if holds(folder, model):
            return folder.name
    raise PresetError(
        f"the {model.name} model of {content.preset.name} does not ship with Loopwright: it has to "
        "travel along"
    )


def unpack_here(told: Namespace) -> str:
    """Unpack a preset, by default into the user's folder, where a name finds it."""
    packed = Path(told.file)
    parent = Path(told.into) if told.into else system_library().user
    content = unpack(packed, parent / read_packed(packed).preset.name)
    return f"{content.preset.name}: unpacked to {content.folder}"


def install_file(told: Namespace) -> str:
    """Unpack a preset into the user's folder, its model tried out before."""
    library = system_library()
    content = shelf.install(library, Path(told.file), told.name)
    name = content.preset.name
    says = f"{name}: installed to {content.folder}"
    first = find(library, name).folder
    if first != content.folder:
        says += f"\n{name} means {first} here, which is found before it"
    try:
        open_preset(library, str(content.folder))
    except PresetError as trouble:
        return f"{says}\nbut it cannot be played yet: {trouble}"
    return f"{says}\nto play it: loopwright jam --preset {name!r}"


def rename_own(told: Namespace) -> str:
    """Give one of the user's presets another name."""
    content = shelf.rename(system_library(), told.preset, told.name)
    return f"{told.preset} is {content.preset.name} now: {content.folder}"


def remove_own(told: Namespace) -> str:
    """Delete one of the user's presets, once the user has said so."""
    found = shelf.own(system_library(), told.preset)
    if not told.yes and not confirmed(found):
        return f"{found.name} stays"
    shelf.remove(found)
    return f"{found.name} is removed"


def confirmed(found: Found) -> bool:
    """Ask on the terminal whether a preset may go. Raises SettingError where nobody can answer."""
    if not sys.stdin.isatty():
        raise SettingError(f"{found.name} stays: say --yes where there is no terminal to ask on")
    print(f"remove {found.folder} ({summary(found)})? [y/N] ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")  # nothing, at Ctrl-D
