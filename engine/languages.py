"""Which language a model's sidecar names, and the table that names a language there."""

from collections.abc import Mapping
from typing import cast

from loopwright.engine import fields
from loopwright.engine.errors import PresetError
from loopwright.engine.eventlanguage import LeadLanguage, PianoLanguage
from loopwright.engine.language import Language
from loopwright.engine.melodytables import PITCHES, REMI, pitch_strings_of, remi_of

PIANO, LEAD = "piano", "lead"
MOST_STYLES = 64


def language_of(table: Mapping[str, object]) -> Language:
    """Return the language of a sidecar's table. Raises PresetError for a kind that is unknown."""
    kind = fields.text(table, "kind")
    if kind == PIANO:
        return PianoLanguage()
    if kind == LEAD:
        return LeadLanguage(styles_of(table))
    if kind == PITCHES:
        return pitch_strings_of(table)
    if kind == REMI:
        return remi_of(table)
    raise PresetError(f"the model speaks {fields.shown(kind)}, which is not known here")


def styles_of(table: Mapping[str, object]) -> tuple[str, ...]:
    """Return the styles that a lead model knows. Raises PresetError."""
    held = table.get("styles")
    words = tuple(cast(list[object], held)) if isinstance(held, list) else None
    named = tuple(word for word in words or () if isinstance(word, str) and fields.is_name(word))
    if words is None or len(set(named)) < len(words) or len(words) > MOST_STYLES:
        raise PresetError("the model's styles are not a list of words, each once")
    return named


def table_of(language: PianoLanguage | LeadLanguage) -> dict[str, object]:
    """Return the table that a sidecar names a language by."""
    if isinstance(language, PianoLanguage):
        return {"kind": PIANO}
    return {"kind": LEAD, "styles": list(language.styles)}
