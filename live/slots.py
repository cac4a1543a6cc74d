"""The slots of a jam: which preset, or kept loop of one, a program number stands for.

A file has one [[slot]] for each: `program` 1-128, as musicians count (missing: one after the slot
above, after 128 in the next bank); `bank`, CC 0 times 128 plus CC 32 (missing: that of the slot
above, or 0); `preset`, a name, or a folder or .loopwright file beside the file; `loop`, a kept loop
to begin with, by its name or number (missing: the model draws one); `title`, what is shown
(missing: the names).
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from loopwright.engine import fields
from loopwright.engine.errors import PresetError, SettingError
from loopwright.engine.fields import Table
from loopwright.engine.switch import PROGRAMS
from loopwright.export.reading import read_at_most
from loopwright.live.library import Library, listed

LARGEST = 1 << 20  # bytes of a file
BANKS = 128 * PROGRAMS
HEADER = re.compile(r"\s*\[\[\s*slot\s*\]\]")


@dataclass(frozen=True, slots=True)
class Slot:
    """What place `bank * 128 + program - 1` stands for; `preset` is what `--preset` takes.

    `title` is what is shown of it.
    """

    place: int
    preset: str
    loop: str | None
    title: str


@dataclass(frozen=True, slots=True)
class Slots:
    """All slots, in the order in which one steps through them."""

    slots: tuple[Slot, ...]

    def at(self, place: int) -> Slot | None:
        """Return the slot of a place, None where there is none."""
        return next((slot for slot in self.slots if slot.place == place), None)

    def beside(self, slot: Slot | None, step: int) -> Slot | None:
        """Return the slot so many steps on, the last or first where it is beyond that.

        Beside no slot is the first.
        """
        if not self.slots:
            return None
        here = self.slots.index(slot) if slot in self.slots else -step
        return self.slots[min(max(here + step, 0), len(self.slots) - 1)]


def preset_slots(library: Library) -> Slots:
    """Return a slot for every preset that is found, as `presets list` has them in order."""
    names = dict.fromkeys(found.name for found in listed(library))
    return Slots(tuple(Slot(place, name, None, name) for place, name in enumerate(names)))


def read_slots(path: Path) -> Slots:
    """Read a file of slots. Raises SettingError with one line that names the file and the line."""
    try:
        text = read_at_most(path, LARGEST).decode("utf-8-sig")
        return parsed(text, path.parent)
    except OSError as trouble:
        raise SettingError(f"{path} cannot be read: {trouble.strerror}") from None
    except UnicodeDecodeError:
        raise SettingError(f"{path} is no text") from None
    except RecursionError:
        raise SettingError(f"{path}: it is nested too deeply") from None
    except (PresetError, ValueError) as trouble:  # that of TOML is one, and a number too long
        raise SettingError(f"{path}: {trouble}") from None


def parsed(text: str, folder: Path) -> Slots:
    """Return the slots that a text says. Raises PresetError, ValueError, RecursionError."""
    whole = tomllib.loads(text)
    tables = fields.array(whole, "slot")
    if not tables:
        raise PresetError("it has no [[slot]]")
    check_known(whole, {"slot"}, "a file of slots")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if HEADER.match(line)]
    slots, places, place = list[Slot](), set[int](), -1
    for number, table in enumerate(tables):
        where = f"line {lines[number]}: " if len(lines) == len(tables) else ""
        try:
            slot = slot_of(table, place, folder)
        except PresetError as trouble:
            raise PresetError(f"{where}slot {number + 1}: {trouble}") from None
        place = slot.place
        if place in places:
            bank, program = divmod(place, PROGRAMS)
            raise PresetError(f"{where}two slots have program {program + 1} of bank {bank}")
        places.add(place)
        slots.append(slot)
    return Slots(tuple(slots))


def slot_of(table: Table, before: int, folder: Path) -> Slot:
    """Return the slot of a table; that of the table before has the place `before`, or -1.

    Raises PresetError.
    """
    check_known(table, {"program", "bank", "preset", "loop", "title"}, "a slot")
    above = before if "program" in table else before + 1
    bank = fields.whole(table, "bank", 0, BANKS - 1, max(above, 0) // PROGRAMS)
    follows = before % PROGRAMS + 2 if before >= 0 and bank == before // PROGRAMS else 1
    program = fields.whole(table, "program", 1, PROGRAMS, follows)
    named = fields.text(table, "preset")
    if not named:
        raise PresetError("preset: it is empty")
    loop = loop_of(table) if "loop" in table else None
    beside = folder / named
    preset = str(beside.resolve()) if Path(named).name != named and beside.exists() else named
    title = fields.text(table, "title", "") or " ".join(filter(None, (Path(named).name, loop)))
    if not title.isprintable():
        raise PresetError(f"{fields.shown(title)} cannot be shown")
    return Slot(bank * PROGRAMS + program - 1, preset, loop, title)


def check_known(table: Table, known: set[str], what: str) -> None:
    """Refuse a field that nobody would ever look at. Raises PresetError."""
    unknown = sorted(table.keys() - known)
    if unknown:
        raise PresetError(f"{fields.shown(unknown[0])} is nothing that {what} has")


def loop_of(table: Table) -> str:
    """Return the name of a kept loop; a number is written as `jam` names what it keeps."""
    if isinstance(table["loop"], int):
        return f"{fields.whole(table, 'loop', 1, 9999):02}"
    return fields.name(table, "loop")
