"""The melody paper's Transformer: its size, its sight, and its memory."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from loopwright.training.melodymodel import MusicTransformer, Past, turned
from loopwright.training.melodysettings import MusicShape
from loopwright.training.modelsize import parameters

SMALL = MusicShape(vocabulary=11, width=16, layers=3, heads=2, inner=24, context=8)


def model() -> MusicTransformer:
    torch.manual_seed(0)
    return MusicTransformer(SMALL).eval()


def tokens(length: int) -> Tensor:
    return torch.randint(0, SMALL.vocabulary, (2, length), generator=torch.Generator())


@pytest.mark.parametrize(("vocabulary", "count"), [(512, 33_825_280), (1024, 34_087_424)])
def test_the_paper_s_shape_has_about_34_million_numbers(vocabulary: int, count: int) -> None:
    with torch.device("meta"):
        assert parameters(MusicTransformer(MusicShape(vocabulary))) == count


@torch.no_grad()
def test_nothing_sees_what_comes_later() -> None:
    one = tokens(20)
    other = one.clone()
    other[:, 12:] = (other[:, 12:] + 1) % SMALL.vocabulary
    said, otherwise = model()(one), model()(other)
    assert torch.equal(said[:, :12], otherwise[:, :12])
    assert not torch.allclose(said[:, 12:], otherwise[:, 12:])


@torch.no_grad()
@pytest.mark.parametrize("pieces", [[1] * 20, [12] + [1] * 8, [5, 7, 8]])
def test_the_cache_says_what_the_whole_says_past_the_context_too(pieces: list[int]) -> None:
    of, whole = model(), tokens(20)
    said: list[Tensor] = []
    past: list[Past] = []
    for piece in torch.split(whole, pieces, 1):
        logits, past = of.after(past, piece)
        said.append(logits)
    assert torch.allclose(torch.cat(said, 1), of(whole), atol=1e-6)


@torch.no_grad()
def test_only_distances_count() -> None:
    """RoPE: the same two tokens score alike wherever they are."""
    of = model()
    x = torch.randn(1, 2, 1, 8)
    y = torch.randn(1, 2, 1, 8)
    from_zero = scored(of, x, y, 0)
    assert torch.allclose(from_zero, scored(of, x, y, 37), atol=1e-5)


def scored(of: MusicTransformer, x: Tensor, y: Tensor, first: int) -> Tensor:
    return (turned(x, of.turn(first, first + 1)) * turned(y, of.turn(first + 3, first + 4))).sum(-1)


def test_embedding_and_projection_are_one_matrix() -> None:
    names = dict(model().named_parameters())
    assert [n for n, p in names.items() if SMALL.vocabulary in p.shape] == ["embedding.weight"]


def test_heads_that_do_not_divide_the_width_are_refused() -> None:
    with pytest.raises(ValueError, match="not a multiple"):
        MusicTransformer(replace(SMALL, heads=3))
