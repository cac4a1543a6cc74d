"""A model's files at run time: the sidecar read, graphs held to their hashes before they run."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from loopwright.engine.errors import PresetError, RuntimeMissing
from loopwright.engine.onnxgraph import LARGEST
from loopwright.engine.operators import trusted
from loopwright.engine.sidecar import CPU, CUDA, GraphFile, Tensors, Variant
from loopwright.export.reading import read_at_most
from loopwright.live import inference
from loopwright.live.inference import Session

AUTO = "auto"
SHORT = {CPU: "cpu", CUDA: "cuda"}
LARGEST_SIDECAR = 1 << 20  # bytes


class Described(Protocol):
    """What the sidecars of all models tell."""

    @property
    def model(self) -> str:
        """The SHA-256 of the weights."""
        ...

    @property
    def vocabulary(self) -> str:
        """The SHA-256 of what its numbers mean."""
        ...

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The ways to run it."""
        ...

    @property
    def tensors(self) -> Mapping[str, Tensors]:
        """What its graphs take and give."""
        ...


@dataclass(frozen=True, slots=True)
class Role:
    """What a graph is for, the tensors that it has then, and the sidecar's name."""

    name: str
    tensors: Tensors
    sidecar: str


def read_text(path: Path) -> str:
    """Return the text of a sidecar. Raises PresetError."""
    try:
        return read_at_most(path, LARGEST_SIDECAR).decode("utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        said = trouble.strerror if isinstance(trouble, OSError) else trouble
        raise PresetError(f"{path} cannot be read: {said}") from None


def chosen(sidecar: Described, device: str) -> Variant:
    """Return the variant that `device` asks for, the first for the CPU on AUTO.

    Raises RuntimeMissing.
    """
    there = [v for v in sidecar.variants if v.provider in inference.providers()]
    usable = [v for v in there if device in (AUTO, v.name, SHORT[v.provider])]
    if not usable:
        names = ", ".join(v.name for v in there) or "none"
        raise RuntimeMissing(f"no device {device!r} for this model here (there is: {names})")
    return min(usable, key=lambda v: v.provider != CPU)


def checked_graph(path: Path, graph: GraphFile, role: Role) -> bytes:
    """Return the content of a graph, before onnxruntime sees it.

    Raises PresetError where it is not the file that the sidecar means, takes or gives other tensors
    than its role promises, or holds what no graph of a stranger may hold.
    """
    try:
        content = read_at_most(path, LARGEST)
    except OSError as trouble:
        raise PresetError(f"{path} cannot be read: {trouble.strerror}") from None
    if hashlib.sha256(content).hexdigest() != graph.sha256:
        raise PresetError(
            f"{path} is not the file that {role.sidecar} describes: its SHA-256 differs"
        )
    try:
        found = trusted(content).tensors
    except PresetError as trouble:
        raise PresetError(f"{path}: {trouble}") from None
    if found != role.tensors:
        says = f"the {role.name} graph has other tensors than {role.sidecar} or Loopwright names"
        raise PresetError(says)
    return content


def checked_session(content: bytes, described: Described, provider: str, sidecar: str) -> Session:
    """Return a graph ready to run; PresetError when it is not the model that the sidecar names."""
    session = inference.open_session(content, provider)
    expected = {
        "loopwright.model": described.model,
        "loopwright.vocabulary": described.vocabulary,
    }
    if any(session.about.get(name) != value for name, value in expected.items()):
        raise PresetError(f"a graph holds another model than {sidecar} says")
    return session
