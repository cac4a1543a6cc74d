"""Train a beat model on loops: find its patterns, then learn what follows what."""

import json
from collections.abc import Iterator
from dataclasses import asdict

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from loopwright.engine.beatcodes import PITCH
from loopwright.training.batches import Rolls, rolls_of
from loopwright.training.beatbooks import STREAMS, found_in, likeness
from loopwright.training.beatcoder import BeatCoder
from loopwright.training.beatfile import MODEL, save_beats
from loopwright.training.beatprior import DRAWS, BeatPrior, BeatShape
from loopwright.training.beatsettings import BeatRecipe
from loopwright.training.beatstart import begin_alike, begin_from, heated
from loopwright.training.checkpoint import Held
from loopwright.training.dataset import LoopSet, Split
from loopwright.training.decoding import choice_bits
from loopwright.training.files import make_folder, write_whole
from loopwright.training.fit import fit
from loopwright.training.machine import best_device, keep_memory
from loopwright.training.modelsize import parameters
from loopwright.training.plain import plain
from loopwright.training.task import Figures
from loopwright.training.train import SUMMARY, Run, check_parts, facts_of, figures_of

AT_ONCE = 256
JUDGED = (*STREAMS, *(f"{stream}_again" for stream in STREAMS))  # codes of a step


class BeatTask:
    """The prior, judged by its negative log-likelihood on the codes of the validation groups."""

    name = "beats"
    aim = "nll"
    longest_gradient = 1.0

    def __init__(self, loops: LoopSet, recipe: BeatRecipe, device: torch.device) -> None:
        settings = recipe.settings
        train, validation = loops.part(Split.TRAIN), loops.part(Split.VALIDATION)
        books = found_in(train.rolls(), train.group.astype(np.int64), settings.codes)
        self.coder, self.batch = BeatCoder.of(books), settings.batch
        self.train = codes_of(self.coder, rolls_of(train, torch.device("cpu"))).to(device)
        self.validation = codes_of(self.coder, rolls_of(validation, torch.device("cpu"))).to(device)
        self.steps = -(-len(self.train) // settings.batch)
        shape = BeatShape(hidden=settings.hidden, dropout=settings.dropout)
        self.model = BeatPrior(self.coder.shape, shape).to(device)
        begin_from(self.model, self.train, books.used)
        begin_alike(self.model, likeness(books))

    def begin(self, epoch: int) -> None:
        """Nothing changes from one epoch to the next."""

    def batches(self) -> Iterator[Tensor]:
        """Yield the codes (b, 128) of all training loops once."""
        order = torch.randperm(len(self.train)).to(self.train.device)
        return (self.train[index] for index in torch.split(order, self.batch))

    def loss(self, batch: Tensor) -> Tensor:
        """Return the mean negative log-likelihood of a code, but the first pitch."""
        columns, _ = self.model.columns(batch)
        logits = self.model.column_logits(columns).float()
        lost = F.cross_entropy(logits.flatten(0, 2), columns.flatten(), reduction="none")
        lost = lost.reshape(len(batch), -1)
        return (lost.sum() - lost[:, PITCH].sum()) / (lost.numel() - len(batch))

    def judge(self) -> Figures:
        """Return nats a code, and nats of each code of the first and the second half's beats."""
        lost = torch.cat([self.lost(part) for part in torch.split(self.validation, AT_ONCE)])
        first = float(-self.model.first.log_softmax(0)[self.validation[:, PITCH]].mean())
        by_draw = lost.reshape(-1, DRAWS).mean(0)
        free = torch.cat([lost[:, :PITCH], lost[:, PITCH + 1 :]], 1)
        return {
            "nll": float(free.mean()),
            "first_nll": first,
            **{name: float(nats) for name, nats in zip(JUDGED, by_draw, strict=True)},
        }

    def lost(self, codes: Tensor) -> Tensor:
        """Return the nats (b, 128) of the columns of codes (b, 128), in the order of writing."""
        columns, _ = self.model.columns(codes)
        logits = self.model.column_logits(columns).float()
        nats = F.cross_entropy(logits.flatten(0, 2), columns.flatten(), reduction="none")
        return nats.reshape(len(codes), -1)


@torch.no_grad()
def codes_of(coder: BeatCoder, rolls: Rolls) -> Tensor:
    """Return the codes (n, 128) of rolls."""
    return torch.cat([coder.encode(part) for part in torch.split(rolls.bits, AT_ONCE)])


def errors(coder: BeatCoder, loops: LoopSet) -> dict[str, float]:
    """Return the reconstruction error of each split."""
    return {split.value: error(coder, rolls_of(loops.part(split), torch.device("cpu")))
            for split in Split}  # fmt: skip


@torch.no_grad()
def error(coder: BeatCoder, rolls: Rolls) -> float:
    """Return the mean Hamming distance of rolls and their reconstructions."""
    wrong = 0
    for part in torch.split(rolls.bits, AT_ONCE):
        wrong += int((choice_bits(coder.decode(coder.encode(part))) != part.bool()).sum())
    return wrong / rolls.bits.numel()


def train_beats(loops: LoopSet, recipe: BeatRecipe, run: Run) -> Held:
    """Train a beat model into the run's folder; return, and leave there, the summary of the run.

    A run that was cut off goes on where it stopped.
    """
    check_parts(loops)
    make_folder(run.folder)
    keep_memory()
    if run.threads is not None:
        torch.set_num_threads(run.threads)
    torch.manual_seed(recipe.schedule.seed)
    task = BeatTask(loops, recipe, best_device())
    learned = {name: v for name, v in asdict(recipe.settings).items() if name != "heats"}
    identity = f"{learned} {loops.content_hash()}"
    progress = fit(task, recipe.schedule, run.folder, identity)
    heated(task.model, recipe.settings.heats)
    summary: Held = {
        **facts_of(loops, run.command),
        "recipe": plain(recipe),
        "parameters": parameters(task.model),
        "errors": errors(task.coder, loops),
        "patterns": list(task.coder.used),
        "prior": figures_of(progress),
    }
    save_beats(run.folder / MODEL, task.coder, task.model.to("cpu"), summary)
    write_whole(run.folder / SUMMARY, json.dumps(summary, indent=2).encode())
    return summary
