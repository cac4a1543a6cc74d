"""What a preset says, as one frozen value, read from the plain tables of `preset.toml`.

Standard library only; files and TOML are `export.presetfile`'s. What is refused here is refused
with one PresetError; fields that nobody here knows are left alone, for they are kept in the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from loopwright.engine import fields
from loopwright.engine.compose import BASS_CEILING, BASS_FLOOR, spans_octave
from loopwright.engine.errors import PresetError, SettingError
from loopwright.engine.fields import Table
from loopwright.engine.keys import Key
from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.parameters import BY_NAME
from loopwright.engine.roll import DRUM_OUT, Drum

SCHEMA = 1
TEMPO = 120.0
CHANNELS: dict[Part, int] = {Part.DRUMS: 10, Part.BASS: 1, Part.MELODY: 2}


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A model of a preset: its sidecar, and the SHA-256 of each of its files by relative path."""

    name: str
    sidecar: str
    hashes: Mapping[str, str]
    terms: str = ""


@dataclass(frozen=True, slots=True)
class SavedLoop:
    """A loop that was kept, and the tempo it was heard at."""

    name: str
    loop: Loop
    tempo: float = TEMPO


@dataclass(frozen=True, slots=True)
class Preset:
    """Models, settings and kept loops under one name.

    `parameters` are values of `engine.parameters` by name. `drum_map` gives the MIDI note of each
    drum, `channels` the MIDI channel 1..16 of each part. `seed` None means fresh chance each run.
    """

    name: str
    says: str = ""
    models: tuple[ModelRef, ...] = ()
    parameters: Mapping[str, float] = field(default_factory=dict[str, float])
    tempo: float = TEMPO
    key: Key | None = None
    low: int = BASS_FLOOR
    high: int = BASS_CEILING
    drum_map: Mapping[Drum, int] = field(default_factory=lambda: dict(DRUM_OUT))
    channels: Mapping[Part, int] = field(default_factory=lambda: dict(CHANNELS))
    seed: int | None = None
    loops: tuple[SavedLoop, ...] = ()

    def bass_range(self, low: int | None, high: int | None) -> tuple[int, int]:
        """Return the MIDI pitches to fold the bass between: told, or the preset's.

        Raises SettingError where they are less than an octave apart.
        """
        bottom = self.low if low is None else low
        top = self.high if high is None else high
        if not spans_octave(bottom, top):
            raise SettingError(f"the bass needs an octave, {bottom}..{top} is too narrow")
        return bottom, top

    def model(self, name: str) -> ModelRef:
        """Return the model called `name`. Raises PresetError."""
        for model in self.models:
            if model.name == name:
                return model
        raise PresetError(f"preset {self.name}: it has no model {name!r}")

    def saved(self, name: str) -> SavedLoop:
        """Return the kept loop called `name`. Raises PresetError."""
        for saved in self.loops:
            if saved.name == name:
                return saved
        known = ", ".join(saved.name for saved in self.loops) or "none"
        raise PresetError(f"preset {self.name}: no loop {name!r} was kept (kept: {known})")


def parse_preset(table: Table) -> Preset:
    """Read the tables of a `preset.toml`. Raises PresetError."""
    check_schema(table)
    name = fields.name(table, "name")
    try:
        return _parsed(name, table)
    except PresetError as trouble:
        raise PresetError(f"preset {name}: {trouble}") from None


def check_schema(table: Table) -> None:
    """Raise PresetError unless the tables are of the one schema version that is known here."""
    schema = table.get("schema")
    if schema != SCHEMA or isinstance(schema, bool):
        raise PresetError(f"preset schema {schema!r} is unknown: this Loopwright reads {SCHEMA}")


def _parsed(name: str, table: Table) -> Preset:
    low, high = bass_range(fields.table(table, "bass"))
    return Preset(
        name=name,
        says=fields.text(table, "description", ""),
        models=tuple(model_ref(n, t) for n, t in fields.tables(table, "models")),
        parameters=parameters(fields.table(table, "parameters")),
        tempo=fields.number(table, "tempo", 20, 400, TEMPO),
        key=fields.key(table, "key"),
        low=low,
        high=high,
        drum_map=drum_map(fields.table(table, "drums")),
        channels=channels(fields.table(table, "channels")),
        seed=fields.whole(table, "seed", 0, 2**63 - 1) if "seed" in table else None,
        loops=saved_loops(fields.array(table, "loops")),
    )


def bass_range(table: Table) -> tuple[int, int]:
    """Return the MIDI pitches that the bass is folded between."""
    low = fields.whole(table, "low", 0, 127, BASS_FLOOR)
    high = fields.whole(table, "high", 0, 127, BASS_CEILING)
    if not spans_octave(low, high):
        raise PresetError(f"the bass needs an octave, {low}..{high} is too narrow")
    return low, high


def model_ref(name: str, table: Table) -> ModelRef:
    """Read one table of `models`."""
    hashes = {path: fields.sha256(fields.table(table, "sha256"), path) for path in _paths(table)}
    sidecar = fields.text(table, "sidecar")
    if sidecar not in hashes:
        raise PresetError(f"model {name}: its sidecar {sidecar!r} has no sha256")
    return ModelRef(name, sidecar, hashes, fields.text(table, "terms", ""))


def _paths(table: Table) -> list[str]:
    paths = list(fields.table(table, "sha256"))
    for path in paths:
        fields.check_path(path)
    return paths


def parameters(table: Table) -> dict[str, float]:
    """Return the parameters that are set; those of a later Loopwright are passed over."""
    known = [name for name in table if name in BY_NAME]
    return {n: fields.number(table, n, BY_NAME[n].low, BY_NAME[n].high) for n in known}


def drum_map(table: Table) -> dict[Drum, int]:
    """Return the MIDI note of every drum: General MIDI's, where the table is silent."""
    return {d: fields.whole(table, d.name.lower(), 0, 127, DRUM_OUT[d]) for d in Drum}


def channels(table: Table) -> dict[Part, int]:
    """Return the MIDI channel of every part."""
    return {p: fields.whole(table, p.value, 1, 16, CHANNELS[p]) for p in Part}


def saved_loops(tables: list[Table]) -> tuple[SavedLoop, ...]:
    """Read the kept loops. Raises PresetError where two have one name."""
    loops = tuple(saved_loop(table) for table in tables)
    names = [saved.name for saved in loops]
    for name in names:
        if names.count(name) > 1:
            raise PresetError(f"two loops are called {name!r}")
    return loops


def saved_loop(table: Table) -> SavedLoop:
    """Read one kept loop: its notes exactly, and what it was drawn from."""
    name = fields.name(table, "name")
    try:
        loop = Loop(
            notes=tuple(sorted(note(row) for row in fields.rows(table, "notes"))),
            codes=tuple(fields.wholes(table, "codes")),
            model=fields.text(table, "model", ""),
            key=fields.key(table, "key"),
        )
    except (PresetError, ValueError) as trouble:
        raise PresetError(f"loop {name}: {trouble}") from None
    return SavedLoop(name, loop, fields.number(table, "tempo", 20, 400, TEMPO))


def note(row: list[object]) -> Note:
    """Read [tick, length, pitch, velocity, part]."""
    match row:
        case [int(tick), int(length), int(pitch), int(velocity), str(part)]:
            if not (0 <= pitch <= 127 and 1 <= velocity <= 127 and part in set(Part)):
                raise PresetError(f"{row} is not a note")
            return Note(tick, length, pitch, velocity, Part(part))
        case _:
            raise PresetError(f"{row} is not a note: [tick, length, pitch, velocity, part]")


def loop_table(saved: SavedLoop) -> dict[str, object]:
    """Return a kept loop as the plain table that `saved_loop` reads."""
    loop = saved.loop
    table: dict[str, object] = {"name": saved.name, "tempo": saved.tempo}
    if loop.key is not None:
        table["key"] = str(loop.key)
    if loop.codes:
        table |= {"model": loop.model, "codes": list(loop.codes)}
    table["notes"] = [[n.tick, n.length, n.pitch, n.velocity, n.part.value] for n in loop.notes]
    return table
