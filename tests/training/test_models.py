"""Losses, decodings, the codebook, transposition, and model files."""

from pathlib import Path

import pytest
import torch

from loopwright.engine.errors import SettingError
from loopwright.engine.roll import DRUMS
from loopwright.training import checkpoint
from loopwright.training.batches import Rolls, draw_shifts, transposed
from loopwright.training.decoding import bits_loss, choice_bits, choice_loss, threshold_bits
from loopwright.training.kmeans import place
from loopwright.training.model import Codebook, CodeShape, LoopPrior, LoopVQVAE, PriorShape
from loopwright.training.settings import Transposition

SMALL = CodeShape(positions=32, width=4, codes=8)


def sure_logits(rolls: torch.Tensor) -> torch.Tensor:
    return rolls * 40 - 20


def some_rolls() -> torch.Tensor:
    rolls = torch.zeros(2, 128, 93)
    rolls[:, ::4, 0] = 1
    rolls[0, :, DRUMS + 30] = 1
    return rolls


def test_sure_logits_cost_nothing_and_decode_to_the_roll() -> None:
    rolls = some_rolls()
    logits = sure_logits(rolls)
    assert bits_loss(logits, rolls) < 1e-6
    assert choice_loss(logits, rolls) < 1e-6
    assert torch.equal(threshold_bits(logits), rolls.bool())
    assert torch.equal(choice_bits(logits), rolls.bool())


def test_the_choice_is_one_pitch_at_most() -> None:
    logits = torch.full((1, 128, 93), 1.0)
    assert threshold_bits(logits)[..., DRUMS:].sum() == 128 * 84
    assert choice_bits(logits)[..., DRUMS:].sum() == 128


def test_shapes_of_both_models() -> None:
    vqvae, prior = LoopVQVAE(SMALL).eval(), LoopPrior(SMALL, PriorShape(hidden=6)).eval()
    codes = vqvae.encode(some_rolls())
    assert codes.shape == (2, 32)
    assert vqvae.decode(codes).shape == (2, 128, 93)
    assert prior(codes).shape == (2, 32, 8)


def test_the_bass_moves_and_the_drums_stay() -> None:
    rolls = some_rolls().byte()
    moved = transposed(rolls, torch.tensor([2, 0]))
    assert torch.equal(moved[..., :DRUMS], rolls[..., :DRUMS])
    assert moved[0, :, DRUMS + 32].all()
    assert moved[0, :, DRUMS:].sum() == 128
    assert torch.equal(moved[1], rolls[1])


def test_no_note_is_moved_out_of_the_roll() -> None:
    rolls = Rolls(torch.zeros(2, 128, 93), torch.tensor([1, 0]), torch.tensor([3, 83]))
    drawn = torch.stack([draw_shifts(rolls, torch.tensor([0, 1]), Transposition(-6, 5))
                         for _ in range(50)])  # fmt: skip
    assert drawn[:, 0].min() == -1
    assert drawn[:, 1].abs().max() == 0


def test_k_means_finds_the_heaps_and_the_codebook_follows_them() -> None:
    torch.manual_seed(0)
    heaps = torch.tensor([[5.0, 0, 0, 0], [0, 5.0, 0, 0]])
    z = heaps.repeat(20, 1) + torch.randn(40, 4) * 0.01
    book = Codebook(CodeShape(32, 4, 2))
    place(book, z)
    for _ in range(3):
        book.follow(z, book.nearest(z))
    nearest = book.vectors[book.nearest(heaps)]
    assert torch.allclose(nearest, heaps, atol=0.05)


def test_model_files_come_back(tmp_path: Path) -> None:
    vqvae, prior = LoopVQVAE(SMALL).eval(), LoopPrior(SMALL, PriorShape(hidden=6)).eval()
    checkpoint.save_vqvae(tmp_path / "v.pt", vqvae, {"says": "so"})
    checkpoint.save_prior(tmp_path / "p.pt", prior, {})
    codes = vqvae.encode(some_rolls())
    assert torch.equal(checkpoint.load_vqvae(tmp_path / "v.pt").encode(some_rolls()), codes)
    assert torch.equal(checkpoint.load_prior(tmp_path / "p.pt")(codes), prior(codes))
    assert checkpoint.read(tmp_path / "v.pt")["meta"] == {"says": "so"}


def test_what_is_no_model_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.pt").write_bytes(b"not a model")
    with pytest.raises(SettingError, match=r"x\.pt"):
        checkpoint.load_vqvae(tmp_path / "x.pt")
