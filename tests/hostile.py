"""Presets as an enemy or a broken disk would make them: case N is the same in every run.

A case is a good preset with one thing wrong, given as a `.loopwright` file or as a folder. Whoever
makes a preset can make its hashes fit too, so most cases have hashes that fit.
"""

import hashlib
import io
import os
import re
import stat
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import hostile_graphs

Files = dict[str, bytes]
TOML, SIDECAR, GRAPH = "preset.toml", "loop.json", "loop.int8.onnx"
VALUES = (
    *('""', "''", '"x"', "0", "-1", "1e999", "nan", "inf", "-inf", "true", "[]", "{}", "[[]]"),
    *("9" * 400, "0x" + "F" * 9000, '"' + "x" * 9000 + '"', '"\\u0000"', '"\\u001b[2J"', '"../up"'),
    *("1979-05-27T07:32:00Z", "[" * 400, "{a = " * 400, '"/etc/passwd"', "[1, [2, [3]]]", "0.5"),
)
NAMES = (
    *("../evil.txt", "/evil.txt", "a/../../evil.txt", "C:\\evil.txt", "..\\evil.txt", "con.txt"),
    *("PRESET.TOML", "preset.toml", "./preset.toml", "loops/../../evil.mid", "a.pkl", "a.pt"),
    *("loop.json/evil.txt", "evil.txt/", "\u2024\u2024/evil.txt", "a\nb.txt", ".onnx", "aux"),
    *("\u202eevil.txt", "x" * 300 + ".txt", "a/" * 90 + "b.txt", "loop.onnx.data", " .txt"),
)
JSON = (
    *("null", '""', "-1", "0", "9" * 30, "9" * 9000, "0.5", "1e999", "NaN", "[]", "{}", "true"),
    *('"' + "x" * 9000 + '"', '"../up"', '"/etc/passwd"', '["a"]', '"\\ud800"', '"\\u001b[2J"'),
)
PHRASE = '[[phrases]]\nname = "x"\nstart = 0\nend = 96\n'
MODES = (0o644, stat.S_IFLNK | 0o777, stat.S_IFIFO, stat.S_IFDIR, stat.S_IFREG | 0o4777)


@dataclass(frozen=True)
class Case:
    """What is wrong, and how to lay it out in a folder: `make` returns what is to be opened."""

    number: int
    kind: str
    make: Callable[[Path], Path]


def damaged(content: bytes, chance: Random) -> bytes:
    """Return bytes with one kind of damage: cut, flipped, wiped, doubled, or something put in."""
    at = chance.randrange(len(content) + 1)
    length = chance.choice((1, 2, 8, 64, 512))
    match chance.randrange(6):
        case 0:
            return content[:at]
        case 1:
            flipped = bytearray(content)
            for _ in range(chance.choice((1, 1, 2, 20))):
                flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
            return bytes(flipped)
        case 2:
            return content[:at] + bytes(length) + content[at + length :]
        case 3:
            return content[:at] + content[max(0, at - length) : at] + content[at:]
        case 4:
            return content[:at] + chance.randbytes(length) + content[at:]
        case _:
            return content[:at] + content[at + length :]


def hashed(before: Files, after: Files) -> Files:
    """Return the files with hashes that fit, so that what is wrong is looked at."""
    fresh = dict(after)
    for name in (*(n for n in before if n.endswith(".onnx")), SIDECAR):
        old, new = (hashlib.sha256(held.get(name, b"")).hexdigest() for held in (before, fresh))
        for file in (SIDECAR, TOML):
            fresh[file] = fresh[file].replace(old.encode(), new.encode())
    return fresh


def toml_bytes(files: Files, chance: Random) -> Files:
    return files | {TOML: damaged(files[TOML], chance)}


def toml_value(files: Files, chance: Random) -> Files:
    """Put a hostile value in the place of one, or one line in the place of another."""
    lines = files[TOML].decode().splitlines()
    settings = [n for n, line in enumerate(lines) if "=" in line]
    at = chance.choice(settings)
    lines[at] = f"{lines[at].partition('=')[0]}= {chance.choice(VALUES)}"
    if chance.random() < 0.2:
        lines.insert(chance.randrange(len(lines)), chance.choice(lines))
    return files | {TOML: "\n".join(lines).encode()}


def toml_flood(files: Files, chance: Random) -> Files:
    """Add what is long or deep."""
    flood = chance.choice(
        (
            ".".join(["a"] * 20000) + " = 1\n",
            "a = " + "[" * 50000 + "\n",
            "a = " + "{b = " * 50000 + "\n",
            "[[x]]\n" * 20000,
            "".join(f"a{n} = {n}\n" for n in range(20000)),
            "#" * (5 << 20),
            "[" + ".".join(["a"] * 99) + "]\n",
            '[[loops]]\nname = "x"\nnotes = [' + '[0, 1, 36, 1, "drums"],' * 20000 + "]\n",
            "".join(f'[[loops]]\nname = "l{n}"\nnotes = []\n' for n in range(500)),
            f"{PHRASE}notes = [" + '[0, 1, 60, 1, "melody"],' * 20000 + "]\n",
            f"{PHRASE}notes = []\ntokens = [" + "7," * 200000 + "]\n",
            "".join(PHRASE.replace("x", f"p{n}") + "notes = []\n" for n in range(500)),
        )
    )
    return files | {TOML: files[TOML] + b"\n" + flood.encode()}


def sidecar_bytes(files: Files, chance: Random) -> Files:
    return hashed(files, files | {SIDECAR: damaged(files[SIDECAR], chance)})


def sidecar_value(files: Files, chance: Random) -> Files:
    """Put a hostile value in the place of one of the sidecar's."""
    text = files[SIDECAR].decode()
    values = [found.span(1) for found in re.finditer(r"(?::|^) *(\"[^\"]*\"|\d+|true)", text, re.M)]
    start, end = chance.choice(values)
    return hashed(
        files, files | {SIDECAR: (text[:start] + chance.choice(JSON) + text[end:]).encode()}
    )


def sidecar_flood(files: Files, chance: Random) -> Files:
    flood = chance.choice((b"[" * 100000, b'{"a":' * 100000, b" " * (2 << 20), b"1" * 9999))
    return hashed(files, files | {SIDECAR: flood})


def graph_bytes(files: Files, chance: Random) -> Files:
    name = chance.choice([n for n in sorted(files) if n.endswith(".onnx")])
    return hashed(files, files | {name: damaged(files[name], chance)})


def graph_structure(files: Files, chance: Random) -> Files:
    name = chance.choice([n for n in sorted(files) if n.endswith(".onnx")])
    return hashed(files, files | {name: hostile_graphs.changed(files[name], chance)})


def graph_bomb(files: Files, chance: Random) -> Files:
    return hashed(files, files | {GRAPH: hostile_graphs.bomb(files[GRAPH], chance)})


def clip_bytes(files: Files, chance: Random) -> Files:
    clip = clip_of(files, chance)
    return files | {clip: damaged(files[clip], chance)}


def clip_flood(files: Files, chance: Random) -> Files:
    head = b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk"
    endless, long = b"\0\xff\x01\xff\xff\xff\x7f", b"\0\x90\1\1" + b"\0\1\1" * 20000
    track = chance.choice((endless, long, b"\xff" * 99))
    return files | {clip_of(files, chance): head + len(track).to_bytes(4, "big") + track}


def clip_of(files: Files, chance: Random) -> str:
    """Return the clip of a kept loop or of a kept phrase."""
    return chance.choice([name for name in sorted(files) if name.endswith(".mid")])


def missing(files: Files, chance: Random) -> Files:
    gone = chance.choice(sorted(files))
    return {name: content for name, content in files.items() if name != gone}


def plain_zip(files: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def zip_bytes(files: Files, chance: Random) -> bytes:
    return damaged(plain_zip(files), chance)


def zip_ending(files: Files, chance: Random) -> bytes:
    """Damage the list of files at a zip's end."""
    whole = plain_zip(files)
    at = whole.index(b"PK\1\2")
    return whole[:at] + damaged(whole[at:], chance)


def zip_entries(files: Files, chance: Random) -> bytes:
    """Add entries with hostile names and kinds."""
    out = io.BytesIO(plain_zip(files))
    with zipfile.ZipFile(out, "a") as archive:
        for _ in range(chance.choice((1, 1, 3))):
            entry = zipfile.ZipInfo(chance.choice(NAMES))
            entry.external_attr = chance.choice(MODES) << 16
            entry.compress_type = chance.choice((0, 0, 8, 12, 14))
            archive.writestr(entry, chance.choice((b"", b"/etc/passwd", b"evil" * 99)))
    return out.getvalue()


def zip_bomb(files: Files, chance: Random) -> bytes:
    """Add what is much larger unpacked, and may say that it is small; or very many files."""
    out, size = io.BytesIO(), 12 << 20
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        few = chance.random() < 0.5
        for number in range(2 if few else 1200):
            archive.writestr(f"zeros{number}.txt", bytes(size if few else 9))
    whole = out.getvalue()
    small = whole.replace(size.to_bytes(4, "little"), (9).to_bytes(4, "little"))
    return small if chance.random() < 0.5 else whole


CONTENTS: Sequence[Callable[[Files, Random], Files]] = (
    *(toml_bytes, toml_value, toml_value, toml_flood, sidecar_bytes, sidecar_value, sidecar_flood),
    *(graph_bytes, graph_bytes, graph_structure, graph_structure, clip_bytes, clip_flood, missing),
)
ZIPS: Sequence[Callable[[Files, Random], bytes]] = (
    *(zip_bytes, zip_bytes, zip_ending, zip_ending, zip_entries, zip_entries, zip_bomb),
)
BOMBS = 100  # one graph that takes all time or memory, in so many cases


def laid_out(files: Files, folder: Path) -> Path:
    """Write the files of a preset into a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def odd_folder(files: Files, chance: Random, folder: Path) -> Path:
    """Lay out a folder in which one file is something else: a link, a folder, a pipe."""
    laid_out(files, folder)
    odd = folder / chance.choice(sorted(files))
    odd.unlink()
    match chance.randrange(5):
        case 0:
            odd.mkdir()
        case 1:
            os.mkfifo(odd)
        case 2:
            odd.symlink_to("/etc/passwd")
        case 3:
            odd.symlink_to(odd)
        case _:
            odd.symlink_to("/dev/zero")
    return folder


def case(number: int, *good: Files) -> Case:
    """Return case `number`, which one of some good presets is made into."""
    files = good[number // 7 % len(good)]
    chance = Random(f"hostile {number}")
    if number % BOMBS == BOMBS - 1:
        bomb = plain_zip(graph_bomb(files, chance))
        return Case(number, "graph_bomb", lambda place: zipped(place, bomb))
    if chance.random() < 0.06:
        return Case(number, "odd_folder", lambda place: odd_folder(files, chance, place / "dusk"))
    if chance.random() < 0.3:
        way = chance.choice(ZIPS)
        return Case(number, way.__name__, lambda place: zipped(place, way(files, chance)))
    change = chance.choice(CONTENTS)
    wrong = change(files, chance)
    if chance.random() < 0.25:
        return Case(number, change.__name__, lambda place: laid_out(wrong, place / "dusk"))
    return Case(number, change.__name__, lambda place: zipped(place, plain_zip(wrong)))


def zipped(place: Path, content: bytes) -> Path:
    """Write a `.loopwright` file."""
    packed = place / "dusk.loopwright"
    packed.write_bytes(content)
    return packed
