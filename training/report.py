"""What an extraction found: files read and skipped, the chain of counts, the published counts."""

import json
from dataclasses import dataclass

from loopwright.training.corpus import Chain, Rules, SongLoops
from loopwright.training.dataset import LoopSet, Split
from loopwright.training.plain import plain
from loopwright.training.published import Comparison, compared

NAMED_FILES = 5  # skipped files that the text names for each reason; the JSON form names all


@dataclass(frozen=True, slots=True)
class Report:
    """What one extraction found. `splits` gives loops and groups."""

    rules: Rules
    files: int
    skipped: tuple[tuple[str, str], ...]  # name and reason
    chain: Chain
    unique: int
    splits: dict[str, tuple[int, int]]
    comparison: tuple[Comparison, ...]  # empty for another archive, or rules nobody counted


def report_of(songs: list[SongLoops], loops: LoopSet, rules: Rules) -> Report:
    """Return the report of an extraction."""
    parts = {split: loops.part(split) for split in Split}
    chain = sum((s.chain for s in songs), Chain())
    return Report(
        rules=rules,
        files=len(songs),
        skipped=tuple((s.name, s.skipped) for s in songs if s.skipped is not None),
        chain=chain,
        unique=len(loops),
        splits={k.value: (len(p), len(set(p.group.tolist()))) for k, p in parts.items()},
        comparison=compared(str(loops.note["sha256"]), rules, chain, len(loops)),
    )


def as_json(report: Report) -> str:
    """Return the whole report, every skipped file included."""
    return json.dumps(plain(report), indent=2)


def as_text(report: Report) -> str:
    """Return the report for a terminal."""
    blocks = [chain_lines(report), skipped_lines(report), comparison_lines(report)]
    return "\n".join(line for block in blocks for line in block)


def chain_lines(report: Report) -> list[str]:
    """Return the files, what each rule left, and the splits."""
    chain = report.chain
    counts = [
        ("windows of eight bars", chain.windows),
        ("bars 1 and 5 alike", chain.repeat),
        ("and bass on the first step", chain.bass),
        ("and kick on the first step", chain.kick),
        ("and crash on the first step", chain.crash),
        ("loops by the chosen rules", chain.loops),
        ("without exact copies", report.unique),
    ]
    read = report.files - len(report.skipped)
    return [
        f"{report.files:,} files, {read:,} read, {len(report.skipped):,} skipped",
        *(f"{count:>9,}  {says}" for says, count in counts),
        *(f"{n:>9,}  {name} loops, of {g:,} groups" for name, (n, g) in report.splits.items()),
    ]


def skipped_lines(report: Report) -> list[str]:
    """Return, for each reason, how many files were skipped, and the first of them by name."""
    reasons: dict[str, list[str]] = {}
    for name, reason in report.skipped:
        reasons.setdefault(reason, []).append(name)
    lines: list[str] = []
    for reason, names in sorted(reasons.items(), key=lambda item: -len(item[1])):
        more = "" if len(names) <= NAMED_FILES else f", and {len(names) - NAMED_FILES:,} more"
        lines.append(f"skipped {len(names):,}, {reason}: {', '.join(names[:NAMED_FILES])}{more}")
    return lines


def comparison_lines(report: Report) -> list[str]:
    """Return each count beside the published one; a difference above 2 % is explained."""
    return [line for one in report.comparison for line in one.lines()]
