"""How the melody paper's versions tell a tune, in training: MidiTok tells REMI and learns BPE.

What comes of it is a language, a table of names and merges, and no MidiTok is needed any more.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Protocol, cast

import miditok
import symusic

from loopwright.engine.pitchstrings import PITCHES, PitchStrings, names_of
from loopwright.engine.remilanguage import RemiLanguage
from loopwright.engine.remitokens import RemiTable
from loopwright.training.melodyfiles import Tune
from loopwright.training.melodyversions import Speech, Version

VELOCITIES = 32
MARK = "Mark_None"
Shifted = tuple[Tune, int]
"""A tune, and by how many semitones it is moved."""


class Tokeniser(Protocol):
    """Tunes to tokens, and the language that these are of."""

    @property
    def language(self) -> PitchStrings | RemiLanguage:
        """What the tokens mean."""
        ...

    def tokens(self, tune: Tune, shift: int = 0) -> list[int]:
        """Return the tokens of a tune moved by semitones."""
        ...


def tokeniser_of(version: Version, learnt_from: Sequence[Shifted]) -> Tokeniser:
    """Return the tokeniser of a version; what it learns, it learns from these tunes alone."""
    if version.speech is Speech.PITCHES:
        return Names(learnt_from)
    return MidiTok(learnt_from, version.merged)


class Names:
    """Pitch strings: the names that are there in the tunes it is made of."""

    def __init__(self, learnt_from: Iterable[Shifted]) -> None:
        found = {name for tune, shift in learnt_from for name in names_of(tune.notes(shift))}
        self.language = PitchStrings(
            sorted(found, key=lambda n: (n not in PITCHES, PITCHES.get(n, 0), n))
        )

    def tokens(self, tune: Tune, shift: int = 0) -> list[int]:
        """Return the tokens of a tune; names that are not known are passed over."""
        return list(self.language.tokens(tune.notes(shift)))


class Telling(Protocol):
    """MidiTok's tokens of a track."""

    ids: list[int]

    def split_per_bars(self) -> "list[Telling]":
        """Return the tokens of each bar."""
        ...


class Model(Protocol):
    """What tokenizers has learnt."""

    def to_str(self) -> str:
        """Return it as JSON."""
        ...


class Remi(Protocol):
    """MidiTok's tokenizer, as far as it is used here."""

    vocab: dict[str, int]
    is_trained: bool
    _model: Model | None

    def encode(self, score: object, encode_ids: bool) -> list[Telling]:
        """Return the tokens of each track."""
        ...

    def encode_token_ids(self, seq: Telling) -> None:
        """Merge the tokens of a track."""
        ...

    def train(self, vocab_size: int, model: str, iterator: Sequence[Sequence[str]]) -> None:
        """Learn merges."""
        ...

    def _ids_to_bytes(self, ids: list[list[int]], as_one_str: bool) -> list[str]:
        """Return stretches of tokens as characters."""
        ...


class MidiTok:
    """REMI with 32 velocities, chords, tempo, rests; BPE over it up to `merged` tokens, if any."""

    def __init__(self, learnt_from: Sequence[Shifted], merged: int = 0) -> None:
        config = miditok.TokenizerConfig(
            num_velocities=VELOCITIES,
            use_chords=True,
            use_rests=True,
            use_tempos=True,
            use_time_signatures=False,
            use_programs=False,
        )
        self.remi = cast(Remi, miditok.REMI(config))
        self.told: dict[Shifted, Telling] = {}  # what BPE learns from is then told
        names = [name for name, _ in sorted(self.remi.vocab.items(), key=lambda one: one[1])]
        if merged:
            self.told = {one: self.simple(*one) for one in learnt_from}
            self.remi.train(merged, "BPE", [self.stretches(one) for one in self.told.values()])
        self.language = RemiLanguage(self.table(names))

    def tokens(self, tune: Tune, shift: int = 0) -> list[int]:
        """Return the tokens of a tune."""
        told = self.told.pop((tune, shift), None) or self.simple(tune, shift)
        if self.remi.is_trained:
            self.remi.encode_token_ids(told)
        return list(told.ids)

    def simple(self, tune: Tune, shift: int) -> Telling:
        """Return MidiTok's telling of a tune, not merged."""
        (told,) = self.remi.encode(score_of(tune, shift), encode_ids=False)
        return told

    def stretches(self, told: Telling) -> list[str]:
        """Return a tune's bars as MidiTok's characters, one for each simple token."""
        bars = [bar.ids for bar in told.split_per_bars()]
        return self.remi._ids_to_bytes(bars, as_one_str=True)  # pyright: ignore[reportPrivateUsage]

    def table(self, names: list[str]) -> RemiTable:
        """Return what the tokens mean; MidiTok writes a merge as the characters of both parts."""
        model = self.remi._model  # pyright: ignore[reportPrivateUsage]
        if model is None:
            return RemiTable(names)
        held = json.loads(model.to_str())["model"]
        number = cast(dict[str, int], held["vocab"])
        pairs = cast(list[tuple[str, str]], held["merges"])
        return RemiTable([*names, MARK], [(number[a], number[b]) for a, b in pairs])


def score_of(tune: Tune, shift: int) -> object:
    """Return a tune as symusic's score of one track."""
    made = cast(Any, symusic)
    score, track = made.Score(tune.quarter), made.Track()
    for time, length, pitch, velocity in tune.raw:
        track.notes.append(made.Note(time, length, pitch + shift, velocity))
    score.tracks.append(track)
    for time, tempo in tune.tempi:
        score.tempos.append(made.Tempo(time, tempo))
    return score
