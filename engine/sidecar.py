"""What is known about a model's graphs: the file that lies beside them. Standard library only.

The run-time reads the shape of the codes, the names of the tensors and the graphs' hashes here and
nowhere else, and refuses what disagrees.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TypeVar, cast

from loopwright.engine import fields
from loopwright.engine.errors import PresetError
from loopwright.engine.roll import BASS_HIGH, BASS_LOW, Drum
from loopwright.engine.time import STEPS_PER_LOOP

T = TypeVar("T")

FORMAT = 1
LOOP_VQ, LOOP_BEATS = "loop-vq", "loop-beats"
LOOP_AR, LOOP_NONAR, LOOP_CNN = "loop-ar", "loop-nonar", "loop-cnn"
CODED = (LOOP_VQ, LOOP_BEATS)  # whose codes are of a codebook, in order of time
KINDS = (*CODED, LOOP_AR, LOOP_NONAR, LOOP_CNN)
PARTS = ("drums", "bass")
PLACES = 1 << 24  # codes of a number of a continuous latent: pieces of the normal distribution
MODEL, SIDECAR = "loop", "loop.json"  # what a preset calls the model, and this file
SHAPE = ("positions", "indices", "codes")
MOST, MOST_INDICES = 2**31 - 1, 16
CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"


@dataclass(frozen=True, slots=True)
class CodesShape:
    """Positions of a loop, codebook indices at each, and codes in the codebook."""

    positions: int
    indices: int
    codes: int

    @property
    def a_loop(self) -> int:
        """t, the codes of a loop: those of a position stand together."""
        return self.positions * self.indices


@dataclass(frozen=True, slots=True)
class GraphFile:
    """A graph's file, in the sidecar's own folder, and its SHA-256."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to run the model: a graph on an execution provider of onnxruntime.

    `measured` says whether its parity and speed were ever seen on such a device.
    """

    name: str
    provider: str
    file: str
    sha256: str
    measured: bool = True


@dataclass(frozen=True, slots=True)
class Tensors:
    """The names of a graph's inputs and outputs."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A model: its SHA-256, what its rolls and codes mean, and the graphs that run it.

    `parts` tells whose each index of a position is, drums' or bass's; empty where it is both's.
    """

    model: str
    shape: CodesShape
    vocabulary: str
    opset: int
    onnxruntime: str
    variants: tuple[Variant, ...]
    encoder: GraphFile
    tensors: Mapping[str, Tensors] = field(default_factory=dict[str, Tensors])
    kind: str = LOOP_VQ
    format: int = FORMAT
    parts: tuple[str, ...] = ()


def vocabulary() -> str:
    """Return the SHA-256 of what the columns and steps of a roll mean."""
    drums = ",".join(drum.name.lower() for drum in Drum)
    text = f"drums {drums}; bass {BASS_LOW}..{BASS_HIGH}; steps {STEPS_PER_LOOP}"
    return hashlib.sha256(text.encode()).hexdigest()


def written(sidecar: Sidecar) -> str:
    """Return the sidecar as the text of its file."""
    return json.dumps(asdict(sidecar), indent=2) + "\n"


def parsed(text: str) -> Sidecar:
    """Read a sidecar; PresetError when it is damaged or describes something else."""
    sidecar = described(text, built, "the model")
    check(sidecar)
    return sidecar


def described(text: str, built: Callable[[dict[str, object]], T], whose: str) -> T:
    """Return what is built of a sidecar's JSON. Raises PresetError where that cannot be done."""
    try:
        return built(cast(dict[str, object], json.loads(text)))
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as trouble:
        said = fields.shown(trouble)
        raise PresetError(f"{whose}'s description is damaged: {said}") from None


def built(held: Mapping[str, object]) -> Sidecar:
    """Return the sidecar that the parsed file holds. Raises PresetError, and what Python does."""
    format_ = cast(int, held["format"])
    if format_ != FORMAT:
        said = fields.shown(format_)
        raise PresetError(f"the model's description has format {said}, this reads {FORMAT}")
    shape, encoder = fields.table(held, "shape"), fields.table(held, "encoder")
    return Sidecar(
        model=fields.text(held, "model"),
        shape=CodesShape(*(fields.whole(shape, n, 1, MOST) for n in SHAPE)),
        vocabulary=fields.text(held, "vocabulary"),
        opset=fields.whole(held, "opset", 1, MOST),
        onnxruntime=fields.text(held, "onnxruntime"),
        variants=tuple(variant(v) for v in cast(list[dict[str, object]], held["variants"])),
        encoder=GraphFile(fields.text(encoder, "file"), fields.text(encoder, "sha256")),
        tensors=tensors(held),
        kind=fields.text(held, "kind"),
        parts=tuple(str(part) for part in cast(list[object], held.get("parts", ()))),
    )


def tensors(held: Mapping[str, object]) -> dict[str, Tensors]:
    """Return the names of the inputs and outputs of each graph."""
    named = cast(dict[str, dict[str, list[str]]], held["tensors"])
    return {name: Tensors(tuple(t["inputs"]), tuple(t["outputs"])) for name, t in named.items()}


def variant(held: Mapping[str, object]) -> Variant:
    """Return one entry of the list of variants."""
    texts = {name: fields.text(held, name) for name in ("provider", "file", "sha256")}
    measured = cast(bool, held.get("measured", True))
    return Variant(fields.name(held, "name"), **texts, measured=measured)


def check(sidecar: Sidecar) -> None:
    """Raise PresetError when this program cannot use such a model."""
    if sidecar.kind not in KINDS:
        raise PresetError(
            f"the model is a {fields.shown(sidecar.kind)}, and no loop model that is known"
        )
    if sidecar.kind not in CODED and sidecar.shape.codes != PLACES:
        raise PresetError(f"the model's latent has {sidecar.shape.codes} codes, not {PLACES}")
    if sidecar.vocabulary != vocabulary():
        raise PresetError("the model was made for other drums, bass notes or steps than ours")
    check_shape(sidecar)
    check_files(sidecar.variants, sidecar.encoder)


def check_shape(sidecar: Sidecar) -> None:
    """Raise PresetError where codes have a shape, or belong to parts, that are not known."""
    shape, parts = sidecar.shape, sidecar.parts
    if shape.indices > MOST_INDICES or (sidecar.kind != LOOP_BEATS and shape.indices != 1):
        raise PresetError(f"the model's codes have a shape that is not known: {shape}")
    told = len(parts) == shape.indices and set(parts) == set(PARTS)
    if parts and (sidecar.kind != LOOP_BEATS or not told):
        said = fields.shown(list(parts))
        raise PresetError(f"the model's codes are of parts that are not known: {said}")


def check_files(variants: tuple[Variant, ...], other: GraphFile) -> None:
    """Raise PresetError unless there are graphs, all of them in the sidecar's own folder."""
    if not variants:
        raise PresetError("the model's description lists no graph")
    for file in (*(v.file for v in variants), other.file):
        fields.check_path(file)
        if "/" in file:
            raise PresetError(f"the model's description names a file outside its folder: {file!r}")
