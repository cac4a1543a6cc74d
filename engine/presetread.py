"""A preset from the plain tables of its `preset.toml`. Standard library only.

What is refused is refused with one PresetError; fields that nobody here knows are left alone, for
they are kept in the file.
"""

from loopwright.engine import fields
from loopwright.engine.compose import BASS_CEILING, BASS_FLOOR, spans_octave
from loopwright.engine.errors import PresetError
from loopwright.engine.fields import Table
from loopwright.engine.keptread import saved_loops, saved_phrases
from loopwright.engine.migrate import migrated
from loopwright.engine.notes import CHANNELS, Part
from loopwright.engine.parameters import BY_NAME
from loopwright.engine.preset import TEMPO, Licences, ModelRef, Preset
from loopwright.engine.roll import DRUM_OUT, Drum

KINDS = (".onnx", ".json", ".txt")
"""What a model's files may be: graphs and data. Nothing that is code, nor a pickle."""


def parse_preset(table: Table) -> Preset:
    """Read the tables of a `preset.toml`, of this schema or an older one. Raises PresetError."""
    table = migrated(table)
    name = fields.name(table, "name")
    try:
        return _parsed(name, table)
    except PresetError as trouble:
        raise PresetError(f"preset {name}: {trouble}") from None


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
        phrases=saved_phrases(fields.array(table, "phrases")),
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
    if not fields.is_name(name):
        raise PresetError(f"model {fields.shown(name)} {fields.no_name(name)}")
    hashes = {path: fields.sha256(fields.table(table, "sha256"), path) for path in _paths(table)}
    sidecar = fields.text(table, "sidecar")
    if sidecar not in hashes:
        raise PresetError(f"model {name}: its sidecar {sidecar!r} has no sha256")
    origin = fields.name(table, "from") if "from" in table else ""
    return ModelRef(name, sidecar, hashes, licences(fields.table(table, "licences")), origin)


def licences(table: Table) -> Licences:
    """Read on which terms a model comes."""
    return Licences(*(fields.text(table, name, "") for name in ("code", "weights", "data")))


def _paths(table: Table) -> list[str]:
    paths = list(fields.table(table, "sha256"))
    for path in paths:
        fields.check_path(path)
        if not path.endswith(KINDS):
            raise PresetError(f"{path!r} is no file of a model: they end in {' '.join(KINDS)}")
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
