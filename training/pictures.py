"""Pictures of loops and of their measures, in SVG: piano rolls, code grids, histograms."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.roll import DRUMS
from loopwright.engine.time import BARS_PER_LOOP, STEPS_PER_BAR, STEPS_PER_LOOP
from loopwright.training.measures import Codes, Rolls, in_bars

CELL = 4  # pixels
DRUM, BASS, LINE, OURS, SET = "#c8553d", "#2a6f97", "#ddd", "#2a6f97", "#bbb"
GAP = 12
PLOT, BINS = (240, 120), 30
Values = NDArray[np.float64]


def svg(width: int, height: int, inside: Sequence[str]) -> str:
    """Return a picture on white."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
    ground = f'<path fill="#fff" d="M0 0h{width}v{height}H0z"/>'
    return "\n".join([head, ground, *inside, "</svg>", ""])


def cells(places: Sequence[tuple[int, int]], colour: str, size: int = CELL) -> str:
    """Return cells at (x, y) in pixels as one path."""
    path = "".join(f"M{x} {y}h{size - 1}v{size - 1}h-{size - 1}z" for x, y in places)
    return f'<path fill="{colour}" d="{path}"/>'


def words(x: int, y: int, says: str) -> str:
    """Return a line of text."""
    safe = says.replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{x}" y="{y}" font-family="sans-serif" font-size="11">{safe}</text>'


def piano_rolls(rolls: Mapping[str, Rolls]) -> str:
    """Return piano rolls (128, 93) below each other, drums below the bass, pitch upwards."""
    inside: list[str] = []
    y = GAP
    for says, roll in rolls.items():
        part, height = piano_roll(roll, y + GAP)
        inside += [words(0, y + 8, says), *part]
        y += height + 3 * GAP
    return svg(STEPS_PER_LOOP * CELL, y, inside)


def piano_roll(roll: Rolls, top: int) -> tuple[list[str], int]:
    """Return a roll (128, 93) from `top` downwards, and its height; unused pitches are left out."""
    used = np.flatnonzero(roll[:, DRUMS:].any(0)) + DRUMS
    low, high = (int(used.min()), int(used.max())) if len(used) else (DRUMS, DRUMS)
    columns = [*range(DRUMS), *range(low, high + 1)]
    height = len(columns) * CELL
    row = {column: top + height - (n + 1) * CELL for n, column in enumerate(columns)}
    sounding = [(int(s) * CELL, row[int(c)], int(c) < DRUMS) for s, c in np.argwhere(roll > 0)]
    bars = [bar_line(bar * STEPS_PER_BAR * CELL, top, height) for bar in range(BARS_PER_LOOP)]
    drums, bass = ([(x, y) for x, y, d in sounding if d is kind] for kind in (True, False))
    return [*bars, cells(drums, DRUM), cells(bass, BASS)], height


def bar_line(x: int, top: int, height: int) -> str:
    """Return a line where a bar begins."""
    return f'<path d="M{x} {top}v{height}" stroke="{LINE}"/>'


def code_grids(codes: Codes, lanes: Mapping[str, int]) -> str:
    """Return codes (n, t) of some loops side by side, over time (Figure 4).

    Codes of one time stand in lanes below each other, each with its name, as high as its count.
    """
    inside: list[str] = []
    y = 0
    for lane, (says, count) in enumerate(lanes.items()):
        head = GAP if says else 0
        inside += [*([words(0, y + 10, says)] if says else []),
                   *code_lane(codes[:, lane :: len(lanes)], count, y + head)]  # fmt: skip
        y += head + count + CELL
    return svg(len(codes) * (codes.shape[1] // len(lanes) * CELL + GAP), y, inside)


def code_lane(codes: Codes, count: int, top: int) -> list[str]:
    """Return codes (n, t) of some loops from `top` downwards, each of `count` codes a height."""
    t = codes.shape[1]
    inside: list[str] = []
    for n, row in enumerate(codes):
        left = n * (t * CELL + GAP)
        places = [(left + x * CELL, top + count - 1 - int(code)) for x, code in enumerate(row)]
        inside += [
            *(bar_line(left + bar * t // BARS_PER_LOOP * CELL, top, count)
              for bar in range(BARS_PER_LOOP)),
            cells(places, BASS),
        ]  # fmt: skip
    return inside


def histograms(ours: Rolls, known: Rolls) -> str:
    """Return histograms of measures of loops, rolls (n, 128, 93), beside the training set's."""
    pairs = zip(of_loops(ours).items(), of_loops(known).values(), strict=True)
    inside = [
        part for n, ((says, values), others) in enumerate(pairs)
        for part in histogram(says, values, others, n * (PLOT[0] + GAP))
    ]  # fmt: skip
    return svg(len(of_loops(known[:1])) * (PLOT[0] + GAP), PLOT[1] + 3 * GAP, inside)


def histogram(says: str, ours: Values, known: Values, left: int) -> list[str]:
    """Return one histogram: shares of loops, ours as a line over the training set's as columns."""
    both = np.concatenate([ours, known])
    low, high = float(both.min()), float(both.max())
    edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    shares = [np.histogram(v, edges)[0] / len(v) for v in (ours, known)]
    top, (width, height) = max(float(s.max()) for s in shares), PLOT
    step = width / BINS
    mine, theirs = ([height * (1 - s / top) + GAP for s in part] for part in shares)
    columns = "".join(
        f"M{left + n * step:.1f} {y:.1f}h{step - 1:.1f}V{height + GAP}h-{step - 1:.1f}z"
        for n, y in enumerate(theirs)
    )
    line = " ".join(f"{left + (n + 0.5) * step:.1f},{y:.1f}" for n, y in enumerate(mine))
    return [
        f'<path fill="{SET}" d="{columns}"/>',
        f'<polyline fill="none" stroke="{OURS}" stroke-width="2" points="{line}"/>',
        words(left, height + 2 * GAP, f"{says}: {low:.3g} to {high:.3g}"),
    ]


def of_loops(rolls: Rolls) -> dict[str, Values]:
    """Return measures of each loop (n): what a histogram is made of."""
    bars = in_bars(rolls)
    return {
        "bars 1 and 5 apart": (bars[:, 0] != bars[:, BARS_PER_LOOP // 2]).mean((1, 2)),
        "columns used in a bar": bars.any(2).sum(2).mean(1),
        "steps that sound": rolls.any(2).mean(1),
        "drum hits": rolls[..., :DRUMS].sum((1, 2)).astype(np.float64),
        "steps with bass": rolls[..., DRUMS:].any(2).mean(1),
    }
