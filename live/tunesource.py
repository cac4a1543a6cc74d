"""What `render` goes on with: the tune of a MIDI file, or what was played of a kept phrase."""

from dataclasses import dataclass
from pathlib import Path

from loopwright.engine.duet import Duet
from loopwright.engine.errors import MidiFileError, PresetError
from loopwright.engine.time import TICKS_PER_BAR, whole_bars
from loopwright.export.tunefile import Tune, read_tune
from loopwright.live.continuing import BARS, ContinueOptions
from loopwright.live.library import Library, system_library, verified
from loopwright.live.melodies import LEAD, Singer, melody_for, open_singer, voiced


@dataclass(frozen=True, slots=True)
class Source:
    """What is gone on with: a tune, by which model, and what its files are called after.

    `duet` is the kept phrase that it is the played side of, None where it is a file's.
    """

    stem: str
    tune: Tune
    singer: Singer
    duet: Duet | None = None

    @property
    def bars(self) -> int:
        """How many bars it was answered for."""
        if self.duet is None or not self.duet.answer:
            return BARS
        return whole_bars(self.duet.end - self.duet.start) // TICKS_PER_BAR


def source_of(options: ContinueOptions) -> Source:
    """Return what the options name. Raises LoopwrightError."""
    library = system_library()
    if options.phrase is not None:
        return kept_source(library, options.preset or LEAD, options.phrase)
    path = Path(options.file or "")
    return Source(path.stem, read(path), open_singer(library, options.preset or LEAD))


def kept_source(library: Library, name: str, phrase: str) -> Source:
    """Return the played side of a phrase that was kept in a preset. Raises PresetError."""
    _, content = verified(library, name)
    saved = content.preset.phrase(phrase)
    singer = melody_for(library, content, None)
    if singer is None or not saved.duet.seed:
        wanting = "no melody model is here" if singer is None else "nothing was played"
        raise PresetError(f"phrase {phrase} of {name} cannot be answered: {wanting}")
    duet = saved.duet
    bars, tempos = whole_bars(duet.start) // TICKS_PER_BAR, ((0, saved.tempo),)
    tune = Tune(duet.seed, bars, tempos, duet.start)
    stem = f"{content.preset.name}_phrase_{phrase}"
    preset = voiced(content.preset, singer, None)
    return Source(stem, tune, Singer(preset, singer.folder), duet)


def read(path: Path) -> Tune:
    """Return the tune of a MIDI file. Raises MidiFileError."""
    try:
        return read_tune(path.read_bytes(), str(path))
    except OSError as trouble:
        raise MidiFileError(f"{path} cannot be read: {trouble.strerror}") from None
