"""A melody model's preset without what eight bits make needless: where each megabyte counts."""

from dataclasses import replace
from pathlib import Path

from loopwright.engine.errors import PresetError
from loopwright.engine.sidecar import CUDA
from loopwright.engine.stepsidecar import SIDECAR, StepSidecar, written
from loopwright.export.quantise import Precision
from loopwright.export.steps import Melodist, scores, written_graph


def made_smaller(
    of: Melodist, folder: Path, sidecar: StepSidecar, *, cuda: bool = False
) -> StepSidecar:
    """Leave the int8 graphs of a folder alone in it, its scoring graph made anew in int8.

    With `cuda` the graph for that stays, too. Raises PresetError where int8 did not hold, or was
    not judged.
    """
    int8 = f"cpu-{Precision.INT8}"
    kept = tuple(v for v in sidecar.variants if v.name == int8 or (cuda and v.provider == CUDA))
    if int8 not in {v.name for v in kept}:
        raise PresetError("without fp32 nothing is left: int8 needs --held-out, and has to hold")
    for file in {v.file for v in sidecar.variants} - {v.file for v in kept} | {sidecar.score.file}:
        (folder / file).unlink()
    name = f"score.{Precision.INT8}.onnx"
    score = written_graph(of, scores(of, Precision.INT8), folder / name)
    small = replace(sidecar, variants=kept, score=score)
    (folder / SIDECAR).write_text(written(small), encoding="utf-8")
    return small
