"""Where a model of somebody's own music comes from, for its card and its terms."""

from dataclasses import dataclass, field

from loopwright.engine.preset import Licences
from loopwright.export.presetfile import CARD

CODE = "Apache-2.0, as Loopwright itself, which made the graphs"
THEIRS = "{files} MIDI files of whoever trained it ({songs} different songs, SHA-256 {archive})"
OWN_TERMS = "Whoever trained it says on which terms, as far as the songs allow."
BEGAN = "It began with the weights of {base}, whose terms hold for it too: {weights}"
BASE_DATA = "{base}, which it began with, learned from others: {data}"
WHOLE = """The songs are those of whoever trained it: what may be done with this model depends on
what may be done with them. Nobody but them has looked into that. No song is in this folder."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The music that a model learned from, and the preset that it began with; "" for none.

    `archive` is the SHA-256 of the folder's files or of the zip, `model` that of the base's
    weights, `terms` the base's licences.
    """

    files: int
    songs: int
    archive: str
    base: str = ""
    model: str = ""
    terms: Licences = field(default_factory=Licences)

    @property
    def licences(self) -> Licences:
        """On which terms the model comes: code, weights and data apart."""
        theirs = THEIRS.format(
            files=f"{self.files:,}", songs=f"{self.songs:,}", archive=f"{self.archive[:16]}…"
        )
        if not self.base:
            return Licences(CODE, OWN_TERMS, theirs)
        began = BEGAN.format(base=self.base, weights=self._of_base(self.terms.weights))
        data = BASE_DATA.format(base=self.base, data=self._of_base(self.terms.data))
        return Licences(CODE, f"{OWN_TERMS} {began}", f"{theirs}. {data}")

    def _of_base(self, terms: str) -> str:
        """Return terms as somebody says them who has another card than the base's."""
        return terms.replace(CARD, f"the card of {self.base}") or "none stated"

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """What the card tells of where the model comes from, as (what, value)."""
        began = f"{self.base}, model `{self.model}`" if self.base else "nothing: all is new"
        return (("songs", self.licences.data), ("began with", began))

    @property
    def paragraphs(self) -> list[str]:
        """What the card says of terms."""
        return [WHOLE, self.licences.weights, f"Songs: {self.licences.data}"]
