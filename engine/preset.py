"""What a preset says, as one frozen value. Standard library only.

`engine.presetread` makes it from the tables of `preset.toml`; files are `export.presetfile`'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from loopwright.engine.compose import BASS_CEILING, BASS_FLOOR, spans_octave
from loopwright.engine.duet import Duet
from loopwright.engine.errors import PresetError, SettingError
from loopwright.engine.keys import Key
from loopwright.engine.notes import CHANNELS, Loop, Part
from loopwright.engine.roll import DRUM_OUT, Drum

SCHEMA = 2
TEMPO = 120.0


@dataclass(frozen=True, slots=True)
class Licences:
    """On which terms a model comes, each in a sentence; empty where nobody said."""

    code: str = ""
    weights: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A model of a preset: its sidecar, and the SHA-256 of each of its files by relative path.

    With an `origin` the files need not lie in the preset: they are looked for by their hashes in
    other presets, in the one of that name first.
    """

    name: str
    sidecar: str
    hashes: Mapping[str, str]
    licences: Licences = Licences()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class SavedLoop:
    """A loop that was kept, and the tempo it was heard at."""

    name: str
    loop: Loop
    tempo: float = TEMPO


@dataclass(frozen=True, slots=True)
class SavedPhrase:
    """What was played and how it was answered, kept, and the tempo it was heard at."""

    name: str
    duet: Duet
    tempo: float = TEMPO


@dataclass(frozen=True, slots=True)
class Preset:
    """Models, settings, kept loops and phrases under one name.

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
    phrases: tuple[SavedPhrase, ...] = ()

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

    def phrase(self, name: str) -> SavedPhrase:
        """Return the kept phrase called `name`. Raises PresetError."""
        for saved in self.phrases:
            if saved.name == name:
                return saved
        known = ", ".join(saved.name for saved in self.phrases) or "none"
        raise PresetError(f"preset {self.name}: no phrase {name!r} was kept (kept: {known})")
