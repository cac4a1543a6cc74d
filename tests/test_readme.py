"""The README says what the program does: its table of controls, its options, its links.

`python tests/test_readme.py` writes the table into the README.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from loopwright.engine.parameters import CONTROL_CHANNEL, CONTROLS, PARAMETERS
from loopwright.live.cli import main, parser_for
from loopwright.live.presets_arguments import VERBS

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", README, *DOCS]
TOLD = re.compile(r"^    (?:\.venv/bin/)?loopwright ((?:[^\n]*\\\n)*[^\n]*)", re.MULTILINE)
FIRST = "<!-- controls: written by tests/test_readme.py -->\n"
LAST = "<!-- end of controls -->"


def key_names(keys: str) -> str:
    return " ".join("`space`" if key == " " else f"`{key}`" for key in keys)


def row(*cells: object) -> str:
    return f"| {' | '.join('' if cell is None else str(cell) for cell in cells)} |"


def controls_table() -> Iterator[str]:
    """Yield the lines of the table of keys, CCs and notes."""
    yield row("Key", "CC", f"Note, ch. {CONTROL_CHANNEL}", "What it does")
    yield "|---|---|---|---|"
    for one in CONTROLS:
        yield row(key_names(one.key), one.cc, one.note, one.says)
    for one in PARAMETERS:
        if one.keys or one.cc is not None:
            name = one.name.replace("_", " ")
            yield row(key_names(one.keys), one.cc, one.note, f"{name}: {one.says}")


def written(readme: str) -> str:
    """Return the README with the table as the program has it."""
    before, _, rest = readme.partition(FIRST)
    after = rest.partition(LAST)[2]
    return f"{before}{FIRST}{''.join(f'{line}{chr(10)}' for line in controls_table())}{LAST}{after}"


def test_the_table_of_controls_is_the_program_s() -> None:
    readme = README.read_text()
    assert written(readme) == readme, "python tests/test_readme.py writes it"


def anchors(page: Path) -> set[str]:
    """Return what can be linked to in a page: its headings, as GitHub writes them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    words = (re.sub(r"[^\w\- ]", "", re.sub(r"\]\([^)]*\)", "", t).lower()) for t in titles)
    return {word.replace(" ", "-") for word in words}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_inside_the_clone_lead_somewhere(page: Path) -> None:
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", page.read_text()):
        there = page.parent / target if target else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), f"{target}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_are_told_of_can_be_given(page: Path) -> None:
    for command in TOLD.findall(page.read_text()):
        words = shlex.split(command.replace("\\\n", " "), comments=True)
        assert parser_for(words[0]).parse_args(words).run, command


def test_options_that_are_told_of_exist(capsys: pytest.CaptureFixture[str]) -> None:
    presets = (f"presets {verb.name}" for verb in VERBS)
    for command in ("jam", "render", "panic", "doctor", "evaluate", "train loops", *presets):
        with pytest.raises(SystemExit):
            main([*command.split(), "--help"])
    helped = capsys.readouterr().out
    for page in ("README.md", "docs/commands.md"):
        told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", (ROOT / page).read_text()))
        assert [option for option in sorted(told) if f"{option} " not in helped] == []


if __name__ == "__main__":
    README.write_text(written(README.read_text()))
