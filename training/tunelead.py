"""A lead trained on from another, whose own figures count as the first of the run."""

from dataclasses import replace

import torch

from loopwright.training import leadnll
from loopwright.training.checkpoint import Held
from loopwright.training.dataset import Split
from loopwright.training.finetune import FineFitting, begin
from loopwright.training.fit import fingerprint, finish
from loopwright.training.lead_options import MODEL
from loopwright.training.leadmodelfile import save_lead
from loopwright.training.leadsettings import LeadRecipe
from loopwright.training.machine import best_device
from loopwright.training.melodymodel import MusicTransformer
from loopwright.training.pace import announced
from loopwright.training.pianoset import PianoSet
from loopwright.training.readlead import LeadBase
from loopwright.training.runs import Run, account, prepare
from loopwright.training.train_lead import LeadFitting, LeadTask


class FineLead(FineFitting, LeadFitting):
    """A lead's run that may end with the weights that it began with."""


def tune(data: PianoSet, base: LeadBase | None, recipe: LeadRecipe, run: Run) -> Held:
    """Train a lead into the run's folder; return what came of it. A cut-off run goes on.

    Raises SettingError for a base of another shape.
    """
    prepare(run.folder, run.threads, recipe.schedule.seed)
    if base is not None:
        recipe = replace(recipe, shape=base.module.shape)
    task = LeadTask(data, recipe, best_device())
    if base is not None:
        begin(task.model, base.module)
    identity = f"{data.content_hash()} {recipe} {base and base.model}"
    fitting = FineLead(task, recipe.schedule, run.folder, fingerprint(identity))
    print(announced([(task, recipe.schedule)]), flush=True)
    progress = finish(fitting)
    model = task.model.to("cpu").eval()
    about: Held = {
        **account(model, progress, recipe, run.command, data.content_hash()),
        "began_with": base.model if base else "",
        **({"before": held_out(base.module, data)} if base else {}),
        "after": held_out(model, data),
    }
    save_lead(run.folder / MODEL, model, about)
    return about


@torch.no_grad()
def held_out(model: MusicTransformer, data: PianoSet) -> dict[str, float]:
    """Return nats a token and a note on the test melodies."""
    every = leadnll.together(leadnll.measure(model, data, Split.TEST, 1))[-1]
    return {"nats_a_token": every.nats / every.tokens, "nats_a_note": every.nats / every.notes}
