"""A melody model opened from a preset's folder: sidecar, language and graph held to each other."""

from collections.abc import Callable, Mapping
from math import prod
from pathlib import Path

from loopwright.engine.errors import PresetError
from loopwright.engine.language import Language
from loopwright.engine.languages import language_of
from loopwright.engine.sidecar import CUDA, GraphFile, Variant
from loopwright.engine.stepsidecar import (
    SIDECAR,
    STATE,
    STEP,
    TOKENS,
    StepShape,
    StepSidecar,
    cache_of,
    parsed,
    tensors_of,
)
from loopwright.live import inference
from loopwright.live.graphfiles import (
    AUTO,
    Role,
    checked_graph,
    checked_session,
    chosen,
    read_text,
)
from loopwright.live.inference import Session
from loopwright.live.stepgraph import StepGraph
from loopwright.live.stepping import StepModel

DIMS = 4  # of keys and values: batch, heads, tokens, numbers
MOST_REMEMBERED = 1 << 25  # numbers of four bytes; the largest of the papers' models has 1 << 22
Languages = Callable[[Mapping[str, object]], Language]


def open_steps(folder: Path, device: str = AUTO, languages: Languages = language_of) -> StepModel:
    """Open the melody model of a preset's folder. Blocks for some 50 ms on a CPU.

    `device` is "auto" (the CPU, if it can), "cpu", "cuda" or a variant's name. Raises PresetError
    for files that are missing or not what the sidecar says, RuntimeMissing where onnxruntime cannot
    run them.
    """
    sidecar = read_steps(folder / SIDECAR)
    inference.require(sidecar.onnxruntime)
    speaks = spoken(sidecar, languages)
    variant = chosen(sidecar, device)
    graph = StepGraph(step_session(folder, sidecar, variant), sidecar.shape.tokens)
    return StepModel(sidecar, speaks, graph, variant.name)


def read_steps(path: Path) -> StepSidecar:
    """Read the sidecar of a melody model. Raises PresetError."""
    text = read_text(path)
    try:
        return parsed(text)
    except PresetError as trouble:
        raise PresetError(f"{path}: {trouble}") from None


def spoken(sidecar: StepSidecar, languages: Languages) -> Language:
    """Return the model's language. Raises PresetError unless it is the one of its graphs."""
    language = languages(sidecar.language)
    if language.vocabulary != sidecar.vocabulary or language.size != sidecar.shape.tokens:
        raise PresetError("the melody model was made for other tokens than its description names")
    return language


def step_session(folder: Path, sidecar: StepSidecar, variant: Variant) -> Session:
    """Return a variant's step graph, ready to run. Raises PresetError, RuntimeMissing."""
    if variant.provider == CUDA:
        inference.load_cuda()
    role = Role(STEP, tensors_of(sidecar.shape)[STEP], SIDECAR)
    file = GraphFile(variant.file, variant.sha256)
    content = checked_graph(folder / variant.file, file, role)
    session = checked_session(content, sidecar, variant.provider, SIDECAR)
    check_shapes(session, sidecar.shape, variant.file)
    return session


def check_shapes(session: Session, shape: StepShape, file: str) -> None:
    """Raise PresetError unless a step graph has the sizes that it should, and modest ones."""
    fits = session.shape_of("bias") == (1, shape.tokens)
    room = [name for layer in range(shape.caches) for name in cache_of(layer)]
    sizes = {name: session.shape_of(name) for name in room}
    fits &= all(len(s) == DIMS and (s[0], s[2]) == (1, shape.context) for s in sizes.values())
    fits &= not shape.state or session.shape_of(STATE) == (1, shape.state)
    fits &= len(session.shape_of(TOKENS)) == len(("batch", "length"))
    if not fits:
        raise PresetError(f"{file} has another vocabulary or memory than {SIDECAR} says")
    if sum(prod(session.sizes_of(name)) for name in room) > MOST_REMEMBERED:
        raise PresetError(f"{file} would remember more than {MOST_REMEMBERED >> 18} MiB")
