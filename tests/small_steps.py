"""Melody models in small, of chance: in torch, and as the files that are exported."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from loopwright.engine.context import Window
from loopwright.engine.eventlanguage import LeadLanguage, PianoLanguage
from loopwright.engine.languages import table_of
from loopwright.engine.stepsidecar import (
    MELODY_LSTM,
    MELODY_TRANSFORMER,
    PIANO_LSTM,
    PIANO_TRANSFORMER,
    StepSidecar,
)
from loopwright.export.onnx import Module, TrainedMelody, trained
from loopwright.export.steps import Melodist, write_steps
from loopwright.training.melodylstm import MelodyLSTM
from loopwright.training.melodymodel import MusicTransformer
from loopwright.training.melodysettings import MusicShape
from loopwright.training.melodyversions import LstmShape
from loopwright.training.pianomodel import PianoLSTM, PianoTransformer
from loopwright.training.pianosettings import LstmShape as PianoLstmShape
from loopwright.training.pianosettings import TransformerShape

CONTEXT = 48
LEAD = LeadLanguage()
V4, V6, LISTENING = "like V4", "like V6", "like V6, listening"
LSTMS = {
    V4: LstmShape(LEAD.size, (8, 16, 8)),
    V6: LstmShape(LEAD.size, (16, 16, 16), embedding=8),
    LISTENING: LstmShape(LEAD.size, (16, 16, 16), embedding=8, heads=2),
}
KINDS = (MELODY_TRANSFORMER, PIANO_TRANSFORMER, PIANO_LSTM, *LSTMS)
LIVELIER = {MELODY_TRANSFORMER: 4.0}  # its weights of chance say next to nothing


@dataclass(frozen=True)
class SmallSteps:
    """A model in torch, its files, and what it hears of many tokens."""

    torch: TrainedMelody
    of: Melodist
    folder: Path
    sidecar: StepSidecar

    @property
    def window(self) -> Window:
        """What it hears."""
        return Window(self.sidecar.shape.context, self.of.opening)

    def likelihoods(self, tokens: Sequence[int]) -> list[float]:
        """Return what torch says (t) of each token after those before it that are still heard."""
        bases = [self.window.base(place) for place in range(len(tokens))]
        found: list[float] = [0.0]
        for base in sorted(set(bases[1:])):
            places = [p for p in range(1, len(tokens)) if bases[p] == base]
            heard = self.window.heard(list(tokens[: places[-1] + 1]), base)
            said = self.torch.scores(np.array([heard]))[0, -len(places) - 1 : -1]
            found += [float(row[tokens[p]]) for row, p in zip(said, places, strict=True)]
        return found


def module_of(kind: str, context: int) -> Module:
    """Return an untrained model of a kind; the melody paper's speak the lead's tokens."""
    if kind == PIANO_TRANSFORMER:
        return PianoTransformer(TransformerShape(32, 3, 4, 48, 20))
    if kind == PIANO_LSTM:
        return PianoLSTM(PianoLstmShape(8, 16, 2, 32, 16))
    if kind in LSTMS:
        return MelodyLSTM(LSTMS[kind])
    shape = MusicShape(LEAD.size, width=32, layers=3, heads=2, inner=48, context=context)
    return MusicTransformer(shape)


def made(folder: Path, kind: str = MELODY_TRANSFORMER, context: int = CONTEXT) -> SmallSteps:
    """Write a model of a kind into a folder."""
    torch.manual_seed(0)
    module = module_of(kind, context).eval()
    with torch.no_grad():
        for tensor in module.parameters():
            tensor.mul_(LIVELIER.get(kind, 1.5) if tensor.dim() > 1 else 1)
    piano, of = kind in (PIANO_TRANSFORMER, PIANO_LSTM), trained(module)
    language = PianoLanguage() if piano else LEAD
    about = table_of(language), language.vocabulary, context, 0 if piano else 2
    model = Melodist(MELODY_LSTM if kind in LSTMS else kind, of.weights, *about)
    return SmallSteps(of, model, folder, write_steps(model, folder))
