"""A loop model is opened only if it is what its sidecar says."""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from small_model import SMALL, SmallModel, made

from loopwright.engine.chance import uniforms
from loopwright.engine.errors import LoopwrightError, PresetError, RuntimeMissing
from loopwright.engine.sidecar import CPU, CUDA
from loopwright.live import inference, runtime
from loopwright.live.runtime import SIDECAR, LoopModel

CHANCE = uniforms(7, "test", 1, range(4), SMALL.positions)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallModel:
    return made(tmp_path_factory.mktemp("small"))


@pytest.fixture
def folder(small: SmallModel, tmp_path: Path) -> Path:
    return shutil.copytree(small.folder, tmp_path / "preset")


def changed(folder: Path, **fields: object) -> Path:
    path = folder / SIDECAR
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))
    return folder


def test_it_draws_loops_and_encodes_them(small: SmallModel) -> None:
    model = LoopModel.open(small.folder)
    drawn = model.draw(CHANCE, temperature=0.9)
    assert (model.device, model.model) == ("cpu-int8", small.sidecar.model)
    assert (model.positions, model.codes) == (SMALL.positions, SMALL.codes)
    assert (drawn.codes.shape, drawn.codes.dtype) == (CHANCE.shape, np.int64)
    assert (drawn.rolls.shape, drawn.rolls.dtype) == ((4, 128, 93), np.uint8)
    assert drawn.log_probability.shape == (4,)
    assert model.encode(drawn.rolls).shape == CHANCE.shape


def test_the_same_uniforms_give_the_same_loops(small: SmallModel) -> None:
    first, again = (LoopModel.open(small.folder).draw(CHANCE) for _ in range(2))
    assert np.array_equal(first.rolls, again.rolls)


def test_a_prefix_of_one_loop_serves_the_whole_batch(small: SmallModel) -> None:
    forced = np.full(SMALL.positions, -1)
    forced[:3] = 1, 2, 3
    drawn = LoopModel.open(small.folder).draw(CHANCE, prefix=forced)
    assert np.all(drawn.codes[:, :3] == [1, 2, 3])


@pytest.mark.parametrize(
    ("device", "name"),
    [("auto", "cpu-int8"), ("cpu", "cpu-int8"), ("cpu-fp32", "cpu-fp32")],
)
def test_a_variant_can_be_asked_for(small: SmallModel, device: str, name: str) -> None:
    assert LoopModel.open(small.folder, device).device == name


@pytest.mark.parametrize("device", ["cuda", "cuda-fp32", "abacus"])
def test_a_device_that_is_not_there_is_refused(
    small: SmallModel, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference, "cuda_devices", lambda: 0)
    with pytest.raises(RuntimeMissing, match=r"no device .* cpu-int8, cpu-fp32"):
        LoopModel.open(small.folder, device)


def test_without_onnxruntime_one_line_says_so(
    small: SmallModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference, "onnxruntime", None)
    with pytest.raises(RuntimeMissing, match="onnxruntime cannot be loaded"):
        LoopModel.open(small.folder)


def test_the_fastest_of_one_is_itself(small: SmallModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "cuda_devices", lambda: 0)
    model = LoopModel.open(small.folder)
    assert model.fastest() is model


@pytest.fixture
def with_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the CPU stand in for a CUDA device."""
    really = inference.open_session

    def on_cpu(graph: bytes, provider: str) -> inference.Session:
        return really(graph, CPU)

    monkeypatch.setattr(inference, "providers", lambda: frozenset({CPU, CUDA}))
    monkeypatch.setattr(inference, "open_session", on_cpu)
    monkeypatch.setattr(inference, "load_cuda", lambda: None)


@pytest.mark.usefixtures("with_cuda")
@pytest.mark.parametrize(("cuda", "taken"), [(0.001, "cuda-fp32"), (0.003, "cpu-int8")])
def test_the_fastest_variant_is_taken(
    small: SmallModel, monkeypatch: pytest.MonkeyPatch, cuda: float, taken: str
) -> None:
    def seconds(model: LoopModel) -> float:
        return {"cuda-fp32": cuda, "cpu-int8": 0.002}[model.device]

    monkeypatch.setattr(runtime, "seconds_a_draw", seconds)
    assert LoopModel.open(small.folder).fastest().device == taken


@pytest.mark.usefixtures("with_cuda")
@pytest.mark.parametrize("trouble", [RuntimeMissing("no"), PresetError("no")])
def test_a_provider_that_does_not_start_is_passed_over(
    small: SmallModel, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    def refuse(graph: bytes, provider: str) -> inference.Session:
        raise trouble

    model = LoopModel.open(small.folder)
    monkeypatch.setattr(inference, "open_session", refuse)
    assert model.fastest() is model


def test_what_fails_while_it_runs_is_told_in_one_line(small: SmallModel) -> None:
    model = LoopModel.open(small.folder)
    with pytest.raises(LoopwrightError, match="the model failed") as caught:
        model.draw(CHANCE, prefix=np.full(SMALL.positions, SMALL.codes + 100))
    assert "\n" not in str(caught.value)


def test_a_changed_graph_is_refused(folder: Path) -> None:
    graph = folder / "loop.int8.onnx"
    graph.write_bytes(graph.read_bytes()[:-1] + b"?")
    with pytest.raises(PresetError, match=r"loop\.int8\.onnx is not the file"):
        LoopModel.open(folder)


def test_a_missing_graph_is_named(folder: Path) -> None:
    (folder / "loop.int8.onnx").unlink()
    with pytest.raises(PresetError, match=r"loop\.int8\.onnx cannot be read"):
        LoopModel.open(folder)


def test_a_missing_sidecar_is_named(tmp_path: Path) -> None:
    with pytest.raises(PresetError, match=r"loop\.json cannot be read"):
        LoopModel.open(tmp_path)


def test_a_graph_of_another_model_is_refused(folder: Path) -> None:
    with pytest.raises(PresetError, match="holds another model"):
        LoopModel.open(changed(folder, model="0" * 64))


def test_a_graph_in_the_place_of_another_is_refused(folder: Path) -> None:
    sidecar = json.loads((folder / SIDECAR).read_text())
    encoder = sidecar["encoder"]
    swapped = [variant | encoder for variant in sidecar["variants"]]
    with pytest.raises(PresetError, match="the loop graph has other tensors"):
        LoopModel.open(changed(folder, variants=swapped))


def test_tensors_that_the_sidecar_names_otherwise_are_refused(folder: Path) -> None:
    tensors = json.loads((folder / SIDECAR).read_text())["tensors"]
    tensors["loop"]["inputs"][0] = "dice"
    with pytest.raises(PresetError, match="the loop graph has other tensors"):
        LoopModel.open(changed(folder, tensors=tensors))


@pytest.mark.parametrize("field", ["positions", "codes"])
def test_codes_of_another_shape_are_refused(folder: Path, field: str) -> None:
    shape = json.loads((folder / SIDECAR).read_text())["shape"]
    with pytest.raises(PresetError, match="codes of another shape"):
        LoopModel.open(changed(folder, shape=shape | {field: shape[field] * 2}))


def test_a_newer_onnxruntime_can_be_demanded(folder: Path) -> None:
    with pytest.raises(RuntimeMissing, match=r"needs onnxruntime 99\.1 or newer"):
        LoopModel.open(changed(folder, onnxruntime="99.1"))


def test_a_damaged_graph_is_refused_in_one_line(small: SmallModel) -> None:
    with pytest.raises(PresetError, match="cannot run this model") as caught:
        inference.open_session(b"no graph", CPU)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(not inference.cuda_devices(), reason="no CUDA device here")
def test_cuda_draws_what_the_cpu_draws(small: SmallModel) -> None:
    cpu, cuda = (LoopModel.open(small.folder, name).draw(CHANCE) for name in ("cpu-fp32", "cuda"))
    assert np.mean(cpu.codes == cuda.codes) > 0.99
    same = np.all(cpu.codes == cuda.codes, axis=1)
    assert cuda.probabilities[same] == pytest.approx(cpu.probabilities[same], abs=1e-5)


def forged(model: LoopModel, **outputs: np.ndarray) -> LoopModel:
    """Return a model whose graph gives these outputs in the place of its own."""
    held = model.session

    class Forged:
        def get_inputs(self) -> list[inference.Named]:
            return list(held.native.get_inputs())

        def run(
            self, names: Sequence[str], inputs: Mapping[str, inference.Array]
        ) -> list[inference.Array]:
            real = dict(zip(names, held.native.run(names, inputs), strict=True))
            return [outputs.get(name, real[name]) for name in names]

    return replace(model, session=replace(held, native=Forged()))


@pytest.mark.parametrize(
    ("outputs", "says"),
    [
        ({"roll": np.zeros((4, 5, 93), np.uint8)}, "rolls of another shape"),
        ({"codes": np.zeros((4, 1), np.int64)}, "codes that its codebook does not have"),
        ({"codes": np.full(CHANCE.shape, -1)}, "codes that its codebook does not have"),
        ({"codes": np.full(CHANCE.shape, SMALL.codes)}, "codes that its codebook does not have"),
    ],
)
def test_what_a_graph_gives_is_held_to_its_shape(
    outputs: dict[str, np.ndarray], says: str, small: SmallModel
) -> None:
    with pytest.raises(LoopwrightError, match=says):
        forged(LoopModel.open(small.folder), **outputs).draw(CHANCE)


def test_a_graph_that_cannot_be_trusted_is_not_run(folder: Path) -> None:
    model = onnx.load(folder / "loop.int8.onnx")
    model.graph.node[0].domain = "com.acme"
    content = model.SerializeToString()
    (folder / "loop.int8.onnx").write_bytes(content)
    held = json.loads((folder / SIDECAR).read_text())
    held["variants"][0]["sha256"] = hashlib.sha256(content).hexdigest()
    with pytest.raises(PresetError, match=r"loop\.int8\.onnx: its operator 'com\.acme\."):
        LoopModel.open(changed(folder, variants=held["variants"]))
