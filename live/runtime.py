"""A loop model at run time: its sidecar believed, its graphs held to their hashes, and run.

numpy and onnxruntime only. b loops, t codes a loop, K codes.
"""

import time
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from loopwright.engine.chance import uniforms
from loopwright.engine.errors import LoopwrightError, PresetError
from loopwright.engine.roll import COLUMNS
from loopwright.engine.sidecar import (
    CODED,
    CPU,
    CUDA,
    SIDECAR,
    GraphFile,
    Sidecar,
    Variant,
    parsed,
)
from loopwright.engine.time import STEPS_PER_LOOP
from loopwright.live import inference
from loopwright.live.drawing import (
    ENCODER,
    LOOP,
    Array,
    Codes,
    Draw,
    Floats,
    check_codes,
    choices,
    drawn,
    tensors_of,
)
from loopwright.live.graphfiles import (
    AUTO,
    Role,
    checked_graph,
    checked_session,
    chosen,
    read_text,
)
from loopwright.live.inference import Session

TRIALS = 5  # timed draws of each variant; the fastest of them counts


@dataclass(frozen=True)
class LoopModel:
    """One variant of a preset's loop model, ready to draw. One thread at a time."""

    folder: Path
    sidecar: Sidecar
    variant: Variant
    session: Session

    @classmethod
    def open(cls, folder: Path, device: str = AUTO) -> "LoopModel":
        """Open the model of a preset's folder. Blocks for some 30 ms on a CPU.

        `device` is "auto", "cpu", "cuda", or a variant's name. "auto" takes the first variant for
        the CPU, which is ready at once; `fastest` looks for a better one when there is time.
        Raises PresetError for files that are missing or not what the sidecar says, RuntimeMissing
        where onnxruntime cannot run them.
        """
        sidecar = read_sidecar(folder / SIDECAR)
        inference.require(sidecar.onnxruntime)
        return opened(folder, sidecar, chosen(sidecar, device))

    @property
    def device(self) -> str:
        """What it runs on, for the status line: such as "cpu-int8"."""
        return self.variant.name

    @property
    def model(self) -> str:
        """The SHA-256 that names the model."""
        return self.sidecar.model

    @property
    def positions(self) -> int:
        """t, the codes of a loop."""
        return self.sidecar.shape.a_loop

    @property
    def codes(self) -> int:
        """K, the codes there are."""
        return self.sidecar.shape.codes

    @property
    def in_time(self) -> bool:
        """Whether codes lie in order of time; those of a continuous latent do not."""
        return self.sidecar.kind in CODED

    @property
    def parts(self) -> tuple[str, ...]:
        """Whose, "drums" or "bass", each of a position's codes is in turn; empty where both's."""
        return self.sidecar.parts

    def draw(  # noqa: PLR0913 - the graph's own inputs, by name
        self,
        uniforms: ArrayLike,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        *,
        prefix: ArrayLike | None = None,
        mask: ArrayLike | None = None,
        plain: bool = False,
    ) -> Draw:
        """Draw and decode a loop for each row of `uniforms` (b, t). Blocks for milliseconds.

        `prefix` (t) or (b, t) holds codes that are forced, -1 where free; `mask` (t, K) is True
        where a code may be drawn. `plain` decodes cell by cell, without the loop's rules. Top-k,
        top-p and mask mean nothing to a continuous latent. Raises LoopwrightError where the graph
        fails, or gives what no loop is.
        """
        chance = np.asarray(uniforms, np.float32)
        told = np.asarray(-1 if prefix is None else prefix, np.int64)
        forced = np.ascontiguousarray(np.broadcast_to(told, chance.shape))
        inputs: dict[str, Array] = {
            "uniforms": chance,
            "temperature": np.array(temperature, np.float32),
            "prefix": forced,
            "plain": np.array(plain, np.bool_),
            **choices(self.sidecar, top_k, top_p, mask),
        }
        kind = self.sidecar.kind
        outputs = self.session.run(tensors_of(kind, LOOP).outputs, inputs)
        draw = drawn(kind, outputs, forced)
        if draw.rolls.shape != (len(chance), STEPS_PER_LOOP, COLUMNS):
            raise LoopwrightError(f"the model gave rolls of another shape: {draw.rolls.shape}")
        check_codes(draw.codes, chance.shape, self.codes)
        return draw

    def encode(self, rolls: ArrayLike) -> Codes:
        """Return the codes (b, t) nearest to rolls (b, 128, 93). Blocks for milliseconds.

        Raises LoopwrightError.
        """
        inputs = {"roll": np.ascontiguousarray(rolls, np.uint8)}
        codes = self.encoder.run(("codes",), inputs)[0].astype(np.int64)
        check_codes(codes, (len(inputs["roll"]), self.positions), self.codes)
        return codes

    @cached_property
    def encoder(self) -> Session:
        """The graph from rolls to codes, opened when it is first needed."""
        return session_of(self.folder, self.sidecar, self.sidecar.encoder, (ENCODER, CPU))

    def fastest(self) -> "LoopModel":
        """Time this variant beside those of the other providers here; return the fastest.

        Starting CUDA can take seconds: call it when the first loop plays. Draws may differ from
        one variant to another.
        """
        there = inference.providers() - {self.variant.provider}
        others = [v for v in self.sidecar.variants if v.provider in there]
        found = [one for variant in others if (one := tried(self, variant)) is not None]
        return min([(seconds_a_draw(self), self), *found], key=itemgetter(0))[1] if found else self


def tried(model: LoopModel, variant: Variant) -> tuple[float, LoopModel] | None:
    """Return the seconds that a draw takes on another variant, and the model there.

    None where that does not start or does not run.
    """
    try:
        other = opened(model.folder, model.sidecar, variant)
        return seconds_a_draw(other), other
    except LoopwrightError:
        return None


def read_sidecar(path: Path) -> Sidecar:
    """Read the sidecar of a model. Raises PresetError."""
    text = read_text(path)
    try:
        return parsed(text)
    except PresetError as trouble:
        raise PresetError(f"{path}: {trouble}") from None


def opened(folder: Path, sidecar: Sidecar, variant: Variant) -> LoopModel:
    """Return the model on one variant. Raises PresetError, RuntimeMissing."""
    if variant.provider == CUDA:
        inference.load_cuda()
    graph = GraphFile(variant.file, variant.sha256)
    session = session_of(folder, sidecar, graph, (LOOP, variant.provider))
    shape = (sidecar.shape.a_loop, sidecar.shape.codes)
    fits = session.shape_of("prefix")[1:] == shape[:1] and session.shape_of("mask") in (shape, ())
    if not fits:
        raise PresetError(f"{folder / variant.file} has codes of another shape than {SIDECAR} says")
    return LoopModel(folder, sidecar, variant, session)


def session_of(folder: Path, sidecar: Sidecar, graph: GraphFile, use: tuple[str, str]) -> Session:
    """Return one of the model's graphs ready for its role on a provider. Raises PresetError."""
    name, provider = use
    role = Role(name, tensors_of(sidecar.kind, name), SIDECAR)
    if sidecar.tensors.get(name) != role.tensors:
        raise PresetError(f"the {name} graph has other tensors than {SIDECAR} or Loopwright names")
    content = checked_graph(folder / graph.file, graph, role)
    return checked_session(content, sidecar, provider, SIDECAR)


def seconds_a_draw(model: LoopModel) -> float:
    """Return the seconds that a loop takes: the best of a few, after one to warm up."""
    chance = uniforms(0, "trial", 0, range(1), model.positions)
    model.draw(chance)
    return min(timed(model, chance) for _ in range(TRIALS))


def timed(model: LoopModel, chance: Floats) -> float:
    """Return the seconds that one draw takes."""
    began = time.perf_counter()
    model.draw(chance)
    return time.perf_counter() - began
