"""A melody model opened from a preset's folder: sidecar, language and graph held to each other."""

from collections.abc import Callable, Mapping
from pathlib import Path

from loopwright.engine.errors import PresetError
from loopwright.engine.language import Language
from loopwright.engine.languages import language_of
from loopwright.engine.sidecar import CUDA, GraphFile, Variant
from loopwright.engine.stepsidecar import (
    SIDECAR,
    STEP,
    StepSidecar,
    cache_of,
    parsed,
    tensors_of,
)
from loopwright.live import sessions
from loopwright.live.graphfiles import (
    AUTO,
    Role,
    checked_graph,
    checked_session,
    chosen,
    read_text,
)
from loopwright.live.sessions import Session
from loopwright.live.stepgraph import StepGraph
from loopwright.live.stepping import StepModel

Languages = Callable[[Mapping[str, object]], Language]


def open_steps(folder: Path, device: str = AUTO, languages: Languages = language_of) -> StepModel:
    """Open the melody model of a preset's folder. Blocks for some 50 ms on a CPU.

    `device` is "auto" (the CPU, if it can), "cpu", "cuda" or a variant's name. Raises PresetError
    for files that are missing or not what the sidecar says, RuntimeMissing where onnxruntime cannot
    run them.
    """
    sidecar = read_steps(folder / SIDECAR)
    sessions.require(sidecar.onnxruntime)
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
        sessions.load_cuda()
    role = Role(STEP, tensors_of(sidecar.shape)[STEP], SIDECAR)
    file = GraphFile(variant.file, variant.sha256)
    content = checked_graph(folder / variant.file, file, role)
    session = checked_session(content, sidecar, variant.provider, SIDECAR)
    if sizes(session, sidecar) != (sidecar.shape.tokens, sidecar.shape.context):
        raise PresetError(f"{variant.file} has another vocabulary or context than {SIDECAR} says")
    return session


def sizes(session: Session, sidecar: StepSidecar) -> tuple[int, int]:
    """Return the vocabulary and the context that a step graph has."""
    (_, tokens) = session.sizes_of("bias")
    if not sidecar.shape.caches:
        return tokens, sidecar.shape.context
    keys, _ = cache_of(0)
    return tokens, session.sizes_of(keys)[2]
