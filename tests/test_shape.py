"""The house keeps its shape: who may import whom, what is in the wheel, what is in the clone."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("engine", "live", "export", "training", "presets")
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())

WITH_TORCH = {"loopwright.export.onnx", "loopwright.export.parity"}
HEAVY = ("torch", "miditok", "pretty_midi", "symusic", "onnx")
MAY_IMPORT = {
    "engine": {"engine"},
    "training": {"training", "engine"},
    "export": {"export", "engine"},
    "live": {"live", "engine", "export"},
    "presets": set[str](),
}
# What the player process uses of the engine: standard library, and each other.
OF_THE_PLAYER = ("time", "midi", "clock", "transport", "capture", "schedule", "conduct")


class Import(NamedTuple):
    """One module that a file imports; `lazy` where a function does it when called."""

    file: Path
    module: str
    lazy: bool

    def __str__(self) -> str:
        """Say who imports what."""
        return f"{self.file.relative_to(ROOT)} imports {self.module}"


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).glob("*.py"))


def modules_of(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    assert node.level == 0, "imports are written out in full"
    module = node.module or ""
    inside = module == "loopwright" or module.removeprefix("loopwright.") in PACKAGES
    return [f"{module}.{a.name}" if inside else module for a in node.names]


def imports_of(file: Path) -> Iterator[Import]:
    tree = ast.parse(file.read_text())
    lazy: set[ast.AST] = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            lazy.update(ast.walk(function))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (Import(file, module, node in lazy) for module in modules_of(node))


def allowed(package: str, one: Import) -> bool:
    """Tell whether the import rule lets a file of `package` import this."""
    top, _, rest = one.module.partition(".")
    torch_user = package == "training" or f"loopwright.{package}.{one.file.stem}" in WITH_TORCH
    if top != "loopwright":
        return torch_user or top != "torch"
    if package in ("live", "export") and one.lazy and one.file.stem.startswith("cli"):
        return True  # a command that trains or exports brings its own
    if package == "export" and torch_user and rest.startswith("training"):
        return True
    heavy = any(f"{one.module}.".startswith(f"{name}.") for name in WITH_TORCH)
    return rest.split(".")[0] in MAY_IMPORT[package] and (torch_user or not heavy)


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_inwards(package: str) -> None:
    seen = [one for file in sources(package) for one in imports_of(file)]
    assert [str(one) for one in seen if not allowed(package, one)] == []


def test_what_the_player_uses_of_the_engine_is_standard_library() -> None:
    todo = [ROOT / "engine" / f"{name}.py" for name in OF_THE_PLAYER]
    met: set[Path] = set()
    foreign: list[str] = []
    while todo:
        file = todo.pop()
        if file in met:
            continue
        met.add(file)
        for one in imports_of(file):
            parts = one.module.split(".")
            if parts[0] == "loopwright":
                todo.append(ROOT / parts[1] / f"{parts[2]}.py")
            elif parts[0] not in sys.stdlib_module_names:
                foreign.append(str(one))
    assert foreign == []


BLOCK = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {names!r}:
            raise ImportError(name + " is blocked by the test")
sys.meta_path.insert(0, Blocked())
"""


def run_without(names: tuple[str, ...], code: str) -> None:
    """Run `code` in a fresh Python that finds none of the modules `names`."""
    script = BLOCK.format(names=set(names)) + code
    command = [sys.executable, "-W", "error", "-c", script]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr


def test_live_needs_nothing_of_training() -> None:
    names = [f"loopwright.live.{f.stem}" for f in sources("live") if f.stem[0] != "_"]
    run_without(HEAVY, f"import importlib\nfor n in {names!r}: importlib.import_module(n)")


def test_live_imports_where_midi_is_not() -> None:
    run_without(("rtmidi", "jack"), "import loopwright.live.cli, loopwright.live.player")


def test_the_player_loads_no_numpy() -> None:
    heavy = (*HEAVY, "numpy", "onnxruntime")
    run_without(heavy, "import loopwright.live.player")


def test_packages_are_flat_and_listed() -> None:
    here = {init.parent.name for init in ROOT.glob("*/__init__.py")}
    tool = SETTINGS["tool"]["setuptools"]
    assert here == set(PACKAGES)
    assert set(tool["packages"]) == {f"loopwright.{name}" for name in here}
    assert tool["package-dir"] == {f"loopwright.{name}": name for name in here}
    nested = [f for name in here for f in (ROOT / name).glob("*/**/*.py")]
    assert nested == []


MAPPED = ("engine", "live", "export", "training")
ROW = re.compile(r"^    (\S+(?: \S+)*?) {2,}\S", re.MULTILINE)


@pytest.mark.parametrize("package", MAPPED)
def test_a_package_says_what_is_in_it(package: str) -> None:
    """Each module stands in the map of its package: by its name, or by how names begin (...)."""
    says = ast.get_docstring(ast.parse((ROOT / package / "__init__.py").read_text()), clean=False)
    words = {word for row in ROW.findall(says or "") for word in row.split()}
    begun = tuple(word.removesuffix("...") for word in words if word.endswith("..."))
    named = {word for word in words if "." not in word}
    modules = {file.stem for file in sources(package)} - {"__init__"}
    assert {name for name in modules - named if not name.startswith(begun)} == set()
    assert named - modules == set()
    assert [start for start in begun if not any(map(starting(start), modules))] == []


def starting(start: str) -> Callable[[str], bool]:
    return lambda name: name.startswith(start)


def test_the_typing_view_shows_every_package() -> None:
    view = ROOT / ".typing" / "loopwright"
    assert {link.name for link in view.iterdir()} == set(PACKAGES)
    for link in view.iterdir():
        if link.is_symlink():  # a clone without symlinks only loses static checks
            assert link.resolve() == ROOT / link.name


def test_every_direct_dependency_is_pinned() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = {line.split("==")[0].lower() for line in lines if "==" in line}
    project = SETTINGS["project"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    asked: list[str] = [*project["dependencies"], *chain(*extras.values())]
    names = {re.split(r"[^\w.-]", one)[0].lower() for one in asked}
    assert names - pins == set()
    assert all(re.match(r"$|#|[\w.-]+==[\w.]+$", line) for line in lines)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy, so that nothing is left in the clone."""
    place = tmp_path_factory.mktemp("wheel")
    skip = shutil.ignore_patterns("__pycache__")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, place / name, ignore=skip)
    shutil.copytree(ROOT / "tests", place / "tests", ignore=skip)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, place)
    build = "from setuptools.build_meta import build_wheel; build_wheel('dist')"
    command = [sys.executable, "-c", build]
    ended = subprocess.run(
        command, cwd=place, capture_output=True, text=True, timeout=300, check=False
    )
    assert ended.returncode == 0, ended.stderr
    (found,) = (place / "dist").glob("*.whl")
    return found


def test_the_wheel_holds_code_and_presets_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    inside = {name.split("/")[1] for name in names if name.startswith("loopwright/")}
    assert inside == set(PACKAGES)
    assert all(n.startswith("loopwright/") or ".dist-info/" in n for n in names)
    code = {f"loopwright/{p}/{f.name}" for p in PACKAGES for f in sources(p)}
    presets = {
        f"loopwright/{f.relative_to(ROOT).as_posix()}"
        for f in (ROOT / "presets").rglob("*")
        if f.is_file() and "__pycache__" not in f.parts
    }
    assert code | presets <= names


def test_a_preset_with_its_graphs_is_in_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for ending in ("preset.toml", ".onnx", ".json", "MODEL_CARD.md"):
        assert [n for n in names if n.startswith("loopwright/presets/") and n.endswith(ending)]


def test_the_wheel_runs_away_from_the_clone(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = (
        "import loopwright.live.cli as cli, sys;"
        "assert 'site' in cli.__file__, cli.__file__;"
        "sys.exit(cli.main(['presets', 'list']))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site"), "HOME": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert any(preset.parent.name in ended.stdout for preset in ROOT.glob("presets/*/preset.toml"))


def tracked() -> list[Path]:
    """List what git tracks, or, in a copy without git, nothing."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        return []
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


PRIVATE = re.compile(
    r"(?<![\w.~])/(?:work|root|home|Users|opt|mnt)/\w"  # somebody's machine
    r"|file://|pythonhosted\.org|index-url|/simple/"  # somebody's registry
)


def test_no_machine_and_no_registry_is_named() -> None:
    found: list[str] = []
    for file in tracked():
        if file == Path(__file__) or not file.is_file() or b"\0" in file.read_bytes()[:4096]:
            continue
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
            if PRIVATE.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []
