"""REMI's 362 tokens by name, as MidiTok has them, and a few merges by hand."""

from loopwright.engine.remichords import QUALITIES
from loopwright.engine.remilanguage import RemiLanguage
from loopwright.engine.remitokens import RemiTable

LENGTHS = [
    *[(b, p, 8) for b in range(4) for p in range(8)][1:],
    *[(b, p, 4) for b in range(4, 12) for p in range(4)],
    (12, 0, 4),
]
RESTS = [
    *((0, p, 8) for p in range(1, 8)),
    *((1, p, 4) for p in range(4)),
    *((b, p, 2) for b in range(2, 12) for p in range(2)),
    (12, 0, 2),
]
TEMPI = [round(40 + n * 210 / 31, 2) for n in range(32)]
REMI_NAMES = [
    *("PAD_None", "BOS_None", "EOS_None", "MASK_None", "Bar_None"),
    *(f"Pitch_{n}" for n in range(21, 110)),
    *(f"Velocity_{n}" for n in range(3, 128, 4)),
    *(f"Duration_{b}.{p}.{of}" for b, p, of in LENGTHS),
    *(f"Position_{n}" for n in range(32)),
    *(f"PitchDrum_{n}" for n in range(27, 89)),
    *(f"Chord_{quality}" for quality in QUALITIES.values()),
    *(f"Rest_{b}.{p}.{of}" for b, p, of in RESTS),
    *(f"Tempo_{n}" for n in TEMPI),
]
PLAIN = RemiTable(REMI_NAMES)
REMI = RemiLanguage(PLAIN)


def token(name: str) -> int:
    return REMI_NAMES.index(name)


MARK = len(REMI_NAMES)
MERGED = RemiTable(
    [*REMI_NAMES, "Mark_None"],
    [
        (token("Velocity_99"), token("Duration_1.0.8")),  # MARK + 1
        (MARK, token("Bar_None")),  # MARK + 2
        (token("Pitch_60"), MARK + 1),
        (MARK + 2, token("Position_0")),
        (MARK + 3, token("Rest_0.4.8")),
        (token("Pitch_62"), MARK + 1),
    ],
)
BPE = RemiLanguage(MERGED)
