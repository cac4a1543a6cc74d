"""No file that a stranger made is ever unpickled."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PICKLES = {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal"}
SOURCES = [
    f for name in ("engine", "live", "export", "training") for f in (ROOT / name).glob("*.py")
]


def calls(tree: ast.AST) -> list[tuple[str, dict[str, ast.expr]]]:
    """List what is called, as it is written, with its named arguments."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [(ast.unparse(c.func), {k.arg or "": k.value for k in c.keywords}) for c in found]


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: f"{f.parent.name}-{f.stem}")
def test_checkpoints_are_weights_and_arrays_are_numbers(file: Path) -> None:
    tree = ast.parse(file.read_text())
    for name, given in calls(tree):
        assert name not in PICKLES
        if name == "torch.load":
            assert ast.unparse(given["weights_only"]) == "True"
        assert "allow_pickle" not in given or ast.unparse(given["allow_pickle"]) == "False"


def test_there_is_something_to_look_at() -> None:
    loads = [name for file in SOURCES for name, _ in calls(ast.parse(file.read_text()))]
    assert "torch.load" in loads
