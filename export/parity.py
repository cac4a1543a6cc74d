"""The exported graphs held against the trained model in torch.

The graph draws; torch then says what it would have drawn from the same uniforms after the same
codes. So a difference at one position is seen there and does not hide behind those that follow it.
b loops, t codes a loop, K codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from loopwright.engine.chance import uniforms
from loopwright.engine.languages import LEAD, PIANO
from loopwright.engine.roll import DRUMS, Drum
from loopwright.export.cases import EDGE, Case, Codes, Doubles, distributed, misdrawn
from loopwright.export.models import ENCODER
from loopwright.export.onnx import PRIOR, VQVAE
from loopwright.export.quantise import Precision
from loopwright.export.running import Arrays, Runner
from loopwright.export.steps import Melodist, scores
from loopwright.training import (
    leadnll,
    leadset,
    melody_options,
    melodywindows,
    pianonll,
    pianoset,
)
from loopwright.training.beatcoder import BeatCoder
from loopwright.training.beatfile import MODEL as BEATS
from loopwright.training.beatfile import load_beats
from loopwright.training.beatprior import BeatPrior
from loopwright.training.checkpoint import load_prior, load_vqvae
from loopwright.training.dataset import Split, load
from loopwright.training.model import LoopPrior, LoopVQVAE
from loopwright.training.pianobatches import nll
from loopwright.training.pianograph import ScoringGraph

NEAR = 1e-4
"""How far apart logits or distances must lie to decide."""
WORSE = 0.005
"""The share by which int8 may be worse than fp32 in negative log-likelihood."""
LOOPS = 64
PIECES = 100  # melodies, or windows of tunes, that judge a melody model
READ = 100  # tokens of such a window
STRIDE = 101  # every so many windows judge a piano model
NOT_JUDGED = "int8 was not written: no held-out loops to judge it by"


@dataclass(frozen=True, slots=True)
class Row:
    """What a case showed: loops, worst difference in probability, and how many disagree.

    `codes` and `cells` count disagreements that no closeness excuses; `close` those it does.
    """

    case: str
    loops: int
    probability: float
    codes: int
    cells: int
    close: int

    @property
    def holds(self) -> bool:
        """Whether graph and torch agree."""
        return self.probability <= EDGE and not self.codes and not self.cells


def cases(positions: int, codes: int) -> list[Case]:
    """Return ways to draw that use every input of the graph."""
    rng = np.random.default_rng(1)
    some = np.where(rng.random(positions) < 0.5, rng.integers(0, codes, positions), -1)
    mask = rng.random((positions, codes)) < 0.3
    mask[positions // 2] = False
    return [
        Case("as trained"),
        Case("cold", temperature=0.5),
        Case("hot", temperature=1.7),
        Case("top-k", top_k=20),
        Case("top-p", top_p=0.9),
        Case("top-k and top-p", temperature=1.2, top_k=50, top_p=0.8),
        Case("masked", mask=mask),
        Case("forced", forced=some),
        Case("masked and forced, plain", mask=mask, forced=some, plain=True),
    ]


@dataclass(frozen=True, slots=True)
class Pair:
    """The trained model in torch, and its loop graph."""

    vqvae: LoopVQVAE | BeatCoder
    prior: LoopPrior | BeatPrior
    graph: Runner

    def compare(self, case: Case, loops: int = LOOPS) -> Row:
        """Return what differs when the graph draws `loops` loops."""
        shape = self.prior.codes
        chance = uniforms(0, case.name, 0, range(loops), shape.positions)
        out = self.graph(**inputs_of(case, chance, shape.codes))
        codes = np.asarray(out["codes"], np.int64)
        shares, sure = distribution(self.prior, codes, case)
        wrong, close = misdrawn(shares, codes, chance.astype(np.float64), sure & free(case, codes))
        cells, doubtful = miswritten(self.vqvae, out, plain=case.plain)
        chosen = np.take_along_axis(shares, codes[..., None], 2)[..., 0]
        gap = np.abs(chosen - out["probabilities"].astype(np.float64)).max(where=sure, initial=0)
        hair = close + doubtful + int((~sure).sum())
        return Row(case.name, loops, float(gap), wrong, cells, hair)


def compared(trained: Path, graph: Path) -> list[Row]:
    """Return every case, for the model trained in a folder and a loop graph made from it."""
    if (trained / BEATS).is_file():
        pair = Pair(*load_beats(trained / BEATS), Runner(graph))
    else:
        pair = Pair(load_vqvae(trained / VQVAE), load_prior(trained / PRIOR), Runner(graph))
    shape = pair.prior.codes
    rows = [pair.compare(case) for case in cases(shape.positions, shape.codes)]
    return [*rows, encoder_row(pair.vqvae, Runner(graph.parent / ENCODER), drawn_rolls(pair))]


def drawn_rolls(pair: Pair) -> NDArray[np.uint8]:
    """Return rolls (b, 128, 93) to encode: what the graph draws."""
    shape = pair.prior.codes
    chance = uniforms(0, "rolls", 0, range(LOOPS), shape.positions)
    return pair.graph(**inputs_of(Case("rolls"), chance, shape.codes))["roll"].astype(np.uint8)


def inputs_of(
    case: Case, chance: NDArray[np.float32], codes: int
) -> dict[str, NDArray[np.generic]]:
    """Return the loop graph's inputs for a case."""
    return {
        "uniforms": chance,
        "temperature": np.array(case.temperature, np.float32),
        "top_k": np.array(case.top_k, np.int64),
        "top_p": np.array(case.top_p, np.float32),
        "prefix": np.broadcast_to(case.forced, chance.shape).astype(np.int64),
        "mask": np.broadcast_to(case.mask, (chance.shape[1], codes)).astype(np.bool_),
        "plain": np.array(case.plain),
    }


@torch.no_grad()
def distribution(prior: nn.Module, codes: Codes, case: Case) -> tuple[Doubles, NDArray[np.bool_]]:
    """Return the probabilities (b, t, K) that a case draws from, after the codes (b, t).

    And where (b, t) it is certain, for all but a hair, what top-k and top-p cut.
    """
    return distributed(prior(torch.from_numpy(codes)).double().numpy(), case)


def free(case: Case, codes: Codes) -> NDArray[np.bool_]:
    """Return where (b, t) codes are drawn and not forced."""
    return np.broadcast_to(case.forced, codes.shape) < 0


@torch.no_grad()
def miswritten(vqvae: LoopVQVAE | BeatCoder, out: Arrays, *, plain: bool) -> tuple[int, int]:
    """Count the cells of the roll that torch decodes otherwise: decidedly, and by a hair."""
    codes = torch.from_numpy(np.asarray(out["codes"], np.int64))
    logits = vqvae.decode(codes).double().numpy()
    expected, margin = decoded(logits, plain=plain)
    wrong = expected != out["roll"].astype(np.bool_)
    return int((wrong & (margin > NEAR)).sum()), int((wrong & (margin <= NEAR)).sum())


def decoded(logits: Doubles, *, plain: bool) -> tuple[NDArray[np.bool_], Doubles]:
    """Return the roll of logits (b, 128, 93), and by how much each cell was decided."""
    cells, margin = logits >= 0, np.abs(logits)
    if plain:
        return cells, margin
    bass = logits[..., DRUMS:]
    rest = np.zeros((*bass.shape[:-1], 1))
    rest[:, 0] = -np.inf
    choices = np.concatenate([rest, bass], -1)
    chosen = np.zeros(choices.shape, np.bool_)
    np.put_along_axis(chosen, choices.argmax(-1, keepdims=True), values=True, axis=-1)
    best = np.sort(choices, -1)
    margin[..., DRUMS:] = (best[..., -1] - best[..., -2])[..., None]
    cells[..., DRUMS:] = chosen[..., 1:]
    cells[:, 0, Drum.KICK] = True
    return cells, margin


@torch.no_grad()
def encoder_row(vqvae: LoopVQVAE | BeatCoder, encoder: Runner, rolls: NDArray[np.uint8]) -> Row:
    """Return how the encoder graph's codes differ from torch's on rolls (b, 128, 93)."""
    if isinstance(vqvae, BeatCoder):  # whole numbers are compared there: nothing is close
        codes = np.asarray(encoder(roll=rolls)["codes"], np.int64)
        wrong = int((codes != vqvae.encode(torch.from_numpy(rolls)).numpy()).sum())
        return Row("encoder", len(rolls), 0.0, wrong, 0, 0)
    vectors = vqvae.embed(torch.from_numpy(rolls).float()).double()
    apart = torch.cdist(vectors, vqvae.codebook.vectors.double().expand(len(rolls), -1, -1)).numpy()
    codes = np.asarray(encoder(roll=rolls)["codes"], np.int64)
    further = np.take_along_axis(apart, codes[..., None], 2)[..., 0] - apart.min(-1)
    close = int(((further > 0) & (further <= NEAR)).sum())
    return Row("encoder", len(rolls), 0.0, int((further > NEAR).sum()), 0, close)


def table(rows: Sequence[Row]) -> str:
    """Return rows as lines of text."""
    lines = [f"{'case':26}{'loops':>6}{'probability':>13}{'codes':>7}{'cells':>7}{'close':>7}"]
    lines += [
        f"{r.case:26}{r.loops:6}{r.probability:13.1e}{r.codes:7}{r.cells:7}{r.close:7}"
        for r in rows
    ]
    return "\n".join(lines)


def held_out(data_set: Path, encoder: Path) -> Codes:
    """Return the codes (b, t) of a data set's validation groups. Raises MidiFileError."""
    rolls = load(data_set).part(Split.VALIDATION).rolls()
    run = Runner(encoder)
    parts = np.array_split(rolls, max(1, len(rolls) // 256))
    return np.concatenate([np.asarray(run(roll=part)["codes"], np.int64) for part in parts])


def negative_log_likelihood(run: Runner, codes: Codes, count: int) -> float:
    """Return the nats a code, after the first, that a loop graph needs for codes (b, t) of K."""
    total = 0.0
    for part in np.array_split(codes, max(1, len(codes) // 256)):
        inputs = inputs_of(Case("forced"), np.zeros(part.shape, np.float32), count)
        shares = run(**(inputs | {"prefix": part}))["probabilities"]
        total -= float(np.log(shares[:, 1:].astype(np.float64)).sum())
    return total / codes[:, 1:].size


@dataclass(frozen=True, slots=True)
class Judged:
    """Nats a code (after the first), or a token, on held-out music: what int8 costs.

    `on` says on how much of what.
    """

    on: str
    fp32: float
    int8: float

    @property
    def holds(self) -> bool:
        """Whether int8 is good enough to ship."""
        return self.int8 <= self.fp32 * (1 + WORSE)

    @property
    def text(self) -> str:
        """Say it."""
        change = 100 * (self.int8 / self.fp32 - 1)
        verdict = "ships" if self.holds else f"is worse by more than {WORSE:.1%}: not written"
        return (
            f"nats {self.on}: fp32 {self.fp32:.4f}, "
            f"int8 {self.int8:.4f} ({change:+.3f} %): int8 {verdict}"
        )


def judged(folder: Path, data_set: Path, count: int) -> Judged:
    """Return how int8 does beside fp32 on a data set's validation groups."""
    codes = held_out(data_set, folder / ENCODER)
    fp32, int8 = (
        negative_log_likelihood(Runner(folder / f"loop.{p}.onnx"), codes, count)
        for p in (Precision.FP32, Precision.INT8)
    )
    return Judged(f"a code on {len(codes)} validation loops", fp32, int8)


def melody_judged(of: Melodist, held_out: Path) -> Judged:
    """Return how int8 does beside fp32 on validation pieces of a data set. Blocks for a minute."""
    judge = JUDGES.get(str(of.language["kind"]), tune_nll)
    graphs = {p: ScoringGraph(scores(of, p).SerializeToString()) for p in Precision}
    on, fp32 = judge(graphs[Precision.FP32], held_out, of.tokens)
    return Judged(on, fp32, judge(graphs[Precision.INT8], held_out, of.tokens)[1])


def lead_nll(graph: ScoringGraph, held_out: Path, tokens: int) -> tuple[str, float]:
    """Return on what a lead of so many tokens was judged, and its nats a token."""
    data = pianoset.load(held_out, leadset.HOLDS, tokens)
    pieces = len(data.part(Split.VALIDATION).names)
    stride = max(1, pieces // PIECES)
    every = leadnll.together(leadnll.measure(graph, data, Split.VALIDATION, stride))[-1]
    return f"a token on {every.name} held out", every.nats / every.tokens


def piano_nll(graph: ScoringGraph, held_out: Path, tokens: int) -> tuple[str, float]:
    """Return on what a piano model was judged, and its nats a token."""
    asked = pianonll.Asked(pianoset.load(held_out, size=tokens), Split.VALIDATION, STRIDE)
    figures = pianonll.measure(pianonll.Judge("scoring graph", partial(nll, graph)), asked)
    return f"a token in {figures.windows} windows held out", figures.nll


@torch.no_grad()
def tune_nll(graph: ScoringGraph, held_out: Path, tokens: int) -> tuple[str, float]:
    """Return on what a model of the melody paper was judged, and its nats a token."""
    tunes = pianoset.load(held_out, melody_options.HOLDS, tokens).part(Split.VALIDATION)
    windows = melodywindows.windows_of(tunes, READ, READ)
    some = torch.arange(len(windows.starts))[:: max(1, len(windows.starts) // PIECES)]
    parts = [windows.at(part) for part in torch.split(some, 16)]
    nats = sum(float(melodywindows.nll(graph, part).sum()) for part in parts)
    count = sum(int(melodywindows.counted(part).sum()) for part in parts)
    return f"a token in {len(some)} windows held out", nats / count


JUDGES = {LEAD: lead_nll, PIANO: piano_nll}
"""What judges models by what they speak; those of tables are the melody paper's."""
