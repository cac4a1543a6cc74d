"""`loopwright export`: from the files of a training run to a preset that can be played."""

import shutil
import tempfile
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from loopwright.engine.errors import PresetError
from loopwright.engine.fields import is_name, no_name
from loopwright.engine.preset import Licences, Preset
from loopwright.engine.sidecar import MODEL, SIDECAR, Sidecar
from loopwright.export import cli_loopvae, cli_melody
from loopwright.export.card import Figures, card, read_figures
from loopwright.export.cli_loopvae import is_vae, write_checked_vae
from loopwright.export.cli_melody import export_melody, is_melody
from loopwright.export.models import write_model
from loopwright.export.presetfile import CARD, create, model_ref
from loopwright.export.quantise import Precision

LOOP_FILES = ("beats.pt", "vqvae.pt", cli_loopvae.MODEL)
HOLDS = (
    "a training run, which holds beats.pt, loopvae.pt, lead.pt, piano.pt or melody.pt, or vqvae.pt "
    "and prior.pt"
)
LOOPS = "Bass and drums of eight bars"


class Commands(Protocol):
    """What argparse gives for adding commands to."""

    def add_parser(self, name: str, *, help: str, description: str) -> ArgumentParser:
        """Return the parser of a new command."""
        ...


@dataclass(frozen=True, slots=True)
class Checked:
    """The sidecar of graphs that hold, and what holding them up showed."""

    sidecar: Sidecar
    texts: tuple[str, ...]


def add_commands(commands: Commands) -> None:
    """Add `export`."""
    says = "write a trained model as ONNX graphs, in a preset"
    parser = commands.add_parser("export", help=says, description=says)
    add = parser.add_argument
    add("trained", type=Path, metavar="DIR", help=HOLDS)
    add("--out", type=Path, required=True, metavar="DIR", help="the preset; it must not exist")
    add("--held-out", type=Path, metavar="NPZ", help="data to judge int8 by (else fp32 alone)")
    add("--figures", type=Path, metavar="JSON", help="measures and training, for the card")
    add("--description", metavar="TEXT", help="what the preset says (default: what the model does)")
    add("--sources", type=Path, nargs="+", metavar="FILE", help="archives that a melody model "
        "learned from: their SHA-256 tells the card on which terms")  # fmt: skip
    add("--int8-alone", action="store_true", help="of a melody model, leave the fp32 graphs out")
    add("--cuda", action="store_true", help="of a melody model, a graph for CUDA however large")
    add("--score-int8", action="store_true", help="of a melody model, also write the scoring "
        "graph in int8, to be measured")  # fmt: skip
    parser.set_defaults(run=export)


def export(told: Namespace) -> str:
    """Write a preset from a trained model; nothing is left when a check fails.

    Raises PresetError.
    """
    out: Path = told.out
    if out.exists():
        raise PresetError(f"{out} exists already")
    if not is_name(out.name):
        raise PresetError(f"--out {out}: {out.name!r} {no_name(out.name)}")
    if not any((told.trained / file).is_file() for file in (*LOOP_FILES, *cli_melody.FILES)):
        raise PresetError(f"{told.trained} is not {HOLDS}")
    if is_melody(told.trained):
        return export_melody(told)
    figures = read_figures(told.figures) if told.figures else Figures()
    try:
        texts = write_preset(told, out, figures)
    except OSError as trouble:
        raise PresetError(f"{out} cannot be written: {trouble.strerror or trouble}") from None
    return "\n\n".join([*texts, f"{out} is ready: loopwright jam --preset {out}"])


def write_preset(told: Namespace, out: Path, figures: Figures) -> tuple[str, ...]:
    """Write the preset beside its place, then move it there; return what the checks showed."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".") as work:
        fresh = Path(work) / out.name
        checked = write_checked(told.trained, fresh, told.held_out)
        text = card(out.name, checked.sidecar, figures, checked.texts)
        (fresh / CARD).write_text(text, encoding="utf-8")
        describe(fresh, checked.sidecar, told.description or LOOPS, figures.licences)
        shutil.move(fresh, out)
    return checked.texts


def write_checked(trained: Path, folder: Path, held_out: Path | None) -> Checked:
    """Write the graphs that hold: fp32 by parity with torch, int8 by its likelihood.

    Raises PresetError where fp32 does not hold.
    """
    if is_vae(trained):
        return Checked(*write_checked_vae(trained, folder))
    from loopwright.export import onnx, parity  # noqa: PLC0415 - torch, only when asked for

    weights = onnx.weights_in(trained)
    sidecar = write_model(weights, folder)
    rows = parity.compared(trained, folder / f"loop.{Precision.FP32}.onnx")
    texts = ["graph against torch\n" + parity.table(rows)]
    if not all(row.holds for row in rows):
        raise PresetError(f"the graph does not do what torch does:\n{texts[0]}")
    judged = parity.judged(folder, held_out, weights.codes) if held_out else None
    if judged is None or not judged.holds:
        shutil.rmtree(folder)
        sidecar = write_model(weights, folder, (Precision.FP32,))
    return Checked(sidecar, (*texts, judged.text if judged else parity.NOT_JUDGED))


def describe(folder: Path, sidecar: Sidecar, says: str, licences: Licences) -> None:
    """Write the `preset.toml` of a folder of graphs."""
    files = sorted({v.file for v in sidecar.variants} | {sidecar.encoder.file})
    model = model_ref(folder, MODEL, SIDECAR, files, licences)
    create(folder, Preset(folder.name, says, (model,)))
