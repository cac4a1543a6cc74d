"""What is read back out of graphs does what the trained model did."""

from pathlib import Path

import pytest
import small_steps
import torch
from small_model import made

from loopwright.engine.errors import LoopwrightError, SettingError
from loopwright.engine.stepsidecar import MELODY_TRANSFORMER, PIANO_LSTM
from loopwright.export import parity
from loopwright.export.onnx import PRIOR, VQVAE, trained
from loopwright.training.bases import loop_base
from loopwright.training.checkpoint import save_prior, save_vqvae
from loopwright.training.readback import LoopBase
from loopwright.training.readlead import lead_base
from loopwright.training.settling import settled

pytestmark = pytest.mark.usefixtures("one_thread")


def base_in(folder: Path) -> LoopBase:
    base = loop_base(folder)
    assert isinstance(base, LoopBase)
    return base


@pytest.mark.parametrize("in_pairs", [True, False])
def test_a_loop_model_comes_back_to_the_tolerance_of_parity(tmp_path: Path, in_pairs: bool) -> None:
    small = made(tmp_path / "small", in_pairs=in_pairs)
    base = base_in(small.folder)
    assert base.model == small.sidecar.model
    assert base.coder.shape == small.vqvae.shape
    assert base.prior.order.tolist() == small.prior.order.tolist()
    back = tmp_path / "back"
    back.mkdir()
    save_vqvae(back / VQVAE, base.coder, {})
    save_prior(back / PRIOR, base.prior, {})
    rows = parity.compared(back, small.folder / "loop.fp32.onnx")
    assert all(row.holds for row in rows), parity.table(rows)


def test_norms_that_are_settled_change_nothing_at_rest_and_little_in_training(
    tmp_path: Path,
) -> None:
    folder = made(tmp_path).folder
    rolls = (torch.rand(64, 128, 93, generator=torch.Generator().manual_seed(3)) < 0.1).float()
    with torch.no_grad():
        unsettled, vqvae = base_in(folder).coder, base_in(folder).coder
        codes = vqvae.encode(rolls)
        at_rest = vqvae.decode(codes)
        settled(vqvae.decoder, lambda: vqvae.decode(codes))
        assert torch.allclose(vqvae.decode(codes), at_rest, atol=1e-4)
        assert (vqvae.train().decode(codes) - at_rest).abs().mean() < 1e-3
        assert (unsettled.train().decode(codes) - at_rest).abs().mean() > 1e-2


def test_without_an_fp32_graph_there_is_nothing_to_begin_with(tmp_path: Path) -> None:
    folder = made(tmp_path).folder
    sidecar = (folder / "loop.json").read_text().replace('"cpu-fp32"', '"another"')
    (folder / "loop.json").write_text(sidecar)
    with pytest.raises(SettingError, match="no graph that training can begin with"):
        loop_base(folder)


def test_a_graph_of_other_parts_is_refused(tmp_path: Path) -> None:
    folder = made(tmp_path).folder
    (folder / "loop.fp32.onnx").write_bytes((folder / "encoder.onnx").read_bytes())
    with pytest.raises(SettingError, match="was not written by this Loopwright"):
        loop_base(folder)
    (folder / "loop.fp32.onnx").write_bytes(b"no graph")
    with pytest.raises(LoopwrightError, match=r"loop\.fp32\.onnx"):
        loop_base(folder)


def test_a_lead_comes_back_to_the_bit(tmp_path: Path) -> None:
    small = small_steps.made(tmp_path)
    base = lead_base(tmp_path)
    assert base.model == small.sidecar.model
    assert trained(base.module).weights.model == base.model
    assert base.module.shape.context == small.sidecar.shape.context


def test_a_piano_model_is_no_lead(tmp_path: Path) -> None:
    assert MELODY_TRANSFORMER != PIANO_LSTM
    small_steps.made(tmp_path, PIANO_LSTM)
    with pytest.raises(SettingError, match="training begins with leads"):
        lead_base(tmp_path)
