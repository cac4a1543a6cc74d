"""Where a training of one's own music leaves its files, and whether it is the same as before."""

import hashlib
from pathlib import Path

from loopwright.engine.errors import SettingError
from loopwright.training.files import make_folder, write_whole

MARK, DATA, REPORT = "own.txt", "data.npz", "report.json"
FILES = (
    MARK, DATA, REPORT, "training.json", "vqvae.pt", "prior.pt", "lead.pt", "beats.pt",
    "vqvae.jsonl", "prior.jsonl", "lead.jsonl", "beats.jsonl",
    "vqvae.checkpoint.pt", "prior.checkpoint.pt", "lead.checkpoint.pt",
    "beats.checkpoint.pt",
)  # fmt: skip
"""Everything that such a run writes: nothing else is ever taken away."""


def ready(folder: Path, identity: str) -> str:
    """Make a run's folder ready; return a line when something is there already, else nothing.

    What a run on other music or by other settings left there is taken away. Raises SettingError.
    """
    mark = hashlib.sha256(identity.encode()).hexdigest()
    make_folder(folder)
    held = read(folder / MARK)
    if held == mark:
        return "going on where it stopped"
    if held is not None:
        clear(folder)
    elif any((folder / name).exists() for name in FILES):
        raise SettingError(f"{folder} holds another kind of run: give another --out")
    write_whole(folder / MARK, mark.encode())
    return "" if held is None else "the music or the settings have changed: it begins anew"


def read(path: Path) -> str | None:
    """Return a file's text, None where there is none."""
    return path.read_text("utf-8", errors="replace") if path.is_file() else None


def clear(folder: Path) -> None:
    """Take away what a run left, and its folder if nothing else is in there."""
    for name in FILES:
        (folder / name).unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
