"""`loopwright export` for a trained VAE of loops: its graphs, held to torch."""

from pathlib import Path

from loopwright.engine.errors import PresetError
from loopwright.engine.sidecar import Sidecar
from loopwright.export.loopvaecheck import compared, table, write_vae

MODEL = "loopvae.pt"
ONE_FORM = "fp32 alone: these models are yardsticks, and have no form in int8"


def is_vae(folder: Path) -> bool:
    """Tell whether a folder holds a trained VAE of loops."""
    return (folder / MODEL).is_file()


def write_checked_vae(trained: Path, folder: Path) -> tuple[Sidecar, tuple[str, ...]]:
    """Write the graphs; return the sidecar and what checks showed.

    Raises PresetError where a graph does not do what torch does.
    """
    from loopwright.export.onnx import vae_in  # noqa: PLC0415 - torch, only when asked for

    vae = vae_in(trained / MODEL)
    sidecar = write_vae(vae.weights, folder)
    rows = compared(vae, folder)
    text = "graph against torch\n" + table(rows)
    if not all(row.holds for row in rows):
        raise PresetError(f"the graph does not do what torch does:\n{text}")
    return sidecar, (text, ONE_FORM)
