"""The likelihoods of a piano model, piece by piece, as a table and as JSON."""

import json
from collections.abc import Sequence

from loopwright.training.pianonll import Asked, PianoFigures


def as_text(figures: Sequence[PianoFigures], asked: Asked) -> str:
    """Return the nats a token of each way to run a model, as a table for a terminal."""
    head = "".join(f"{one.model:>16}" for one in figures)
    lines = [f"windows{head}  piece (nats a token)"]
    for place, file in enumerate(figures[0].files):
        nats = "".join(f"{one.files[place].nll:16.5f}" for one in figures)
        lines.append(f"{file.windows:7}{nats}  {file.name}")
    which = "all" if asked.stride == 1 else f"each {asked.stride}th of the"
    nats = "".join(f"{one.nll:16.5f}" for one in figures)
    lines.append(f"{figures[0].windows:7}{nats}  in total, {which} {asked.split.value} windows")
    return "\n".join([*lines, *apart(figures)])


def apart(figures: Sequence[PianoFigures]) -> list[str]:
    """Return how far the later ways are from the first: in total, and at the worst piece."""
    first, *others = figures
    return [
        f"{one.model} against {first.model}: {one.nll - first.nll:+.1e} nats "
        f"({one.nll / first.nll - 1:+.4%}), at most {worst(first, one):.1e} in a piece"
        for one in others
    ]


def worst(first: PianoFigures, other: PianoFigures) -> float:
    """Return the largest difference of a piece."""
    pairs = zip(first.files, other.files, strict=True)
    return max(abs(one.nll - two.nll) for one, two in pairs)


def as_json(preset: str, figures: Sequence[PianoFigures], asked: Asked) -> str:
    """Return the figures as JSON."""
    about = {"preset": preset, "split": asked.split.value, "stride": asked.stride}
    models = [
        {
            "model": one.model,
            "windows": one.windows,
            "nll": one.nll,
            "files": [{"name": f.name, "windows": f.windows, "nll": f.nll} for f in one.files],
        }
        for one in figures
    ]
    return json.dumps({**about, "models": models}, indent=1)
