"""`loopwright render --continue`: a tune gone on with, several times, as MIDI files."""

import secrets
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from loopwright.engine.amounts import amount
from loopwright.engine.errors import SettingError
from loopwright.engine.keys import AS_KEY, SCALE_WORDS, Key, heard_key, scale
from loopwright.engine.melody import CEILING, FLOOR
from loopwright.engine.melodyvalues import closed, limits_of, sampling_of
from loopwright.engine.parameters import defaults
from loopwright.engine.preset import Preset
from loopwright.engine.time import whole_bars
from loopwright.export.midifile import Sheet, answer_bytes
from loopwright.export.tunefile import Tune
from loopwright.live.continuing import ContinueOptions
from loopwright.live.files import check_folder, write_files
from loopwright.live.melodies import check_style
from loopwright.live.render import FRESH_SEEDS, shown
from loopwright.live.stepopen import open_steps
from loopwright.live.takes import Plan, Take, ranked, takes_of
from loopwright.live.tunesource import Source, source_of

HEADINGS = ("rank", "merit", "likely", "in key", "repeated", "silent", "span", "notes", "file")


def continue_to_files(options: ContinueOptions) -> str:
    """Go on with a tune as the command line asks; return a table of the takes, the best first.

    Blocks until all is written; writes nothing where anything is wrong. Raises LoopwrightError.
    """
    out = Path(options.out)
    source = source_of(options)
    tune, singer = source.tune, source.singer
    plan = plan_of(options, source)
    check_folder(out)
    model = open_steps(singer.folder, options.device)
    check_style(plan.style, model.language.styles)
    takes = ranked(shown(takes_of(model, plan, options.takes), options.takes, "take"))
    names = names_of(f"{source.stem}_{plan.bars}bar_{plan.tempo:g}bpm", plan.key, len(takes))
    plain = sheet_of(options, source, plan)
    files = {
        f"{name}.mid": answer_bytes(tune.notes, take.notes, plan.key, replace(plain, name=name))
        for name, take in zip(names, takes, strict=True)
    }
    write_files(out, files, force=options.force)
    said = f"{amount(len(takes), 'take')} in {out} (preset {singer.preset.name}, seed {plan.seed})"
    return "\n".join([*table(takes, names), said])


def plan_of(options: ContinueOptions, source: Source) -> Plan:
    """Return what the options ask for, the preset's word where they are silent, then the tune's."""
    tune, preset, duet = source.tune, source.singer.preset, source.duet
    seed = options.seed if options.seed is not None else preset.seed
    known = options.key or (None if duet is None else duet.key)
    key = known or heard_key((n.pitch, n.length) for n in tune.notes)
    values = {**defaults(), **preset.parameters, **dict(options.settings)}
    locked = bool(values["melody_lock"])
    named = SCALE_WORDS[round(values["melody_scale"])] if locked else AS_KEY
    classes = classes_of(options, tune, key, named) if locked else frozenset[int]()
    plan = Plan(
        tune=tune,
        bars=options.bars or source.bars,
        seed=secrets.randbelow(FRESH_SEEDS) if seed is None else seed,
        sampling=sampling_of(values),
        limits=limits_of(values, range_of(options, preset, tune), classes),
        key=key,
        scale=named,
        style=options.style or ("" if duet is None else duet.style),
        tempo=options.tempo or tune.tempo or preset.tempo,
    )
    return replace(plan, limits=closed(plan.limits, values, key, (plan.start, plan.end)))


def sheet_of(options: ContinueOptions, source: Source, plan: Plan) -> Sheet:
    """Return how takes are written: the tune at its own tempos, unless one is asked for."""
    own = () if options.tempo else source.tune.tempos
    (_, tempo), *changes = own or ((0, plan.tempo),)
    channels, ticks = source.singer.preset.channels, whole_bars(plan.end)
    return Sheet(tempo=tempo, channels=channels, ticks=ticks, changes=tuple(changes))


def range_of(options: ContinueOptions, preset: Preset, tune: Tune) -> tuple[float, float]:
    """Return between which pitches: as told, else in the preset's range and wherever the tune was.

    Raises SettingError where that is no octave.
    """
    told, said, pitches = dict(options.settings), preset.parameters, [n.pitch for n in tune.notes]
    low = told.get("melody_low", min(said.get("melody_low", FLOOR), *pitches))
    high = told.get("melody_high", max(said.get("melody_high", CEILING), *pitches))
    if high - low < 11:
        raise SettingError(f"a melody needs an octave: {low:g}..{high:g} is too narrow")
    return low, high


def classes_of(options: ContinueOptions, tune: Tune, key: Key | None, named: str) -> frozenset[int]:
    """Return the pitch classes of a scale that may sound, empty for all.

    A key or scale that is asked for is kept to, a key that is heard where all of the tune is in it.
    """
    if key is None:
        return frozenset()
    classes = scale(key, named)
    asked = options.key is not None or named != AS_KEY
    fits = {note.pitch % 12 for note in tune.notes} <= classes
    return classes if asked or fits else frozenset()


def names_of(stem: str, key: Key | None, count: int) -> list[str]:
    """Return how the takes' files are called, in order: tune_8bar_120bpm_Am_01, the best first."""
    tuned = f"{stem}_{key}" if key is not None else stem
    width = max(2, len(str(count)))
    return [f"{tuned}_{rank:0{width}}" for rank in range(1, count + 1)]


def table(takes: Iterable[Take], names: Iterable[str]) -> list[str]:
    """Return a line for each take, after one of headings."""
    named = enumerate(zip(takes, names, strict=True), 1)
    rows = [row(rank, take, name) for rank, (take, name) in named]
    widths = [max(len(cells[i]) for cells in (HEADINGS, *rows)) for i in range(len(HEADINGS) - 1)]
    return [
        "  ".join([*(cell.rjust(w) for cell, w in zip(cells, widths, strict=False)), cells[-1]])
        for cells in (HEADINGS, *rows)
    ]


def row(rank: int, take: Take, name: str) -> tuple[str, ...]:
    """Return what the table says about one take."""
    m = take.measures
    shares = (f"{share:.0%}" for share in (m.in_key, m.repeated, m.silent))
    numbers = (f"{m.merit:.2f}", f"{m.likelihood:.2f}", *shares, str(m.span), str(len(take.notes)))
    return (str(rank), *numbers, f"{name}.mid")
