"""Byte pair encoding of tokens: pairs that are often side by side become one token.

The merges are learnt in training, and a table brings them. A stretch of tokens, which is what is
told within one bar, begins with a mark; no merge reaches over it. Melody paper, 3 (REMI + BPE).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from loopwright.engine.remi import Timed
from loopwright.engine.remitokens import BAR_UNITS, RemiTable


def compressed(table: RemiTable, tokens: Iterable[Timed]) -> Iterator[int]:
    """Yield the tokens that the merges of a table leave of timed ones; all, where it has none."""
    if table.mark is None:
        yield from (token for _, token in tokens)
        return
    ranks = {pair: rank for rank, pair in enumerate(table.merges)}
    for _, stretch in groupby(tokens, key=lambda one: one[0] // BAR_UNITS):
        marked = [table.mark, *(token for _, token in stretch)]
        yield from merged(marked, ranks, len(table.names))


def merged(tokens: list[int], ranks: dict[tuple[int, int], int], first: int) -> list[int]:
    """Return tokens with their pairs merged, those learnt first before others, from the left.

    The merge of rank n gives token `first` + n.
    """
    while len(tokens) > 1:
        rank, pair = min((ranks.get(pair, len(ranks)), pair) for pair in pairwise(tokens))
        if rank == len(ranks):
            break
        tokens = joined(tokens, pair, first + rank)
    return tokens


def joined(tokens: Sequence[int], pair: tuple[int, int], token: int) -> list[int]:
    """Return tokens with each pair of a kind replaced by one token."""
    result: list[int] = []
    for one in tokens:
        if result and (result[-1], one) == pair:
            result[-1] = token
        else:
            result.append(one)
    return result


@dataclass(slots=True)
class Branch:
    """Tokens that begin with the same simple ones: the token that ends here, and longer ones.

    It changes only while `branches` grows a tree of it.
    """

    token: int | None = None
    longer: dict[int, "Branch"] = field(default_factory=dict[int, "Branch"])


def branches(table: RemiTable) -> Branch:
    """Return all tokens of a table as a tree, by the simple tokens that they stand for."""
    root = Branch()
    for token, parts in enumerate(table.parts):
        at = root
        for part in parts:
            at = at.longer.setdefault(part, Branch())
        at.token = token if at.token is None else at.token
    return root
