"""Windows of piano tokens for a model: cut out, moved to other keys, and judged."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from loopwright.engine.errors import SettingError
from loopwright.engine.pianotokens import FIRST_DURATION, FIRST_PITCH
from loopwright.training.pianoset import PianoSet
from loopwright.training.pianosettings import WINDOW
from loopwright.training.settings import Transposition


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Windows of `WINDOW` tokens: all tokens (n), and where in them a window begins (m)."""

    tokens: Tensor
    starts: Tensor

    def at(self, index: Tensor, length: int = WINDOW) -> Tensor:
        """Return windows (b, length) by their index (b)."""
        places = self.starts[index][:, None] + torch.arange(length, device=index.device)
        return self.tokens[places].long()


def windows_of(data: PianoSet, device: torch.device, stride: int = 1) -> Windows:
    """Return the windows of a set of pieces, each `stride`-th. SettingError if there is none."""
    starts = torch.from_numpy(data.starts(WINDOW, stride))
    if not len(starts):
        of = ", ".join(sorted({split.value for split in data.splits})) or "such"
        raise SettingError(f"no {of} piece has {WINDOW} tokens, which is one window")
    return Windows(torch.from_numpy(data.tokens).to(device), starts.to(device))


def transposed(windows: Tensor, by: Transposition) -> Tensor:
    """Return each window (b, n) moved by semitones drawn for it, held to the keys of a piano."""
    is_pitch = (windows >= FIRST_PITCH) & (windows < FIRST_DURATION)
    low = windows.masked_fill(~is_pitch, FIRST_DURATION - 1).amin(1)
    high = windows.masked_fill(~is_pitch, FIRST_PITCH).amax(1)
    drawn = torch.randint(by.lowest, by.highest + 1, low.shape).to(low.device)
    shift = torch.minimum(torch.maximum(drawn, FIRST_PITCH - low), FIRST_DURATION - 1 - high)
    return windows + is_pitch * shift[:, None]


def nll(model: Callable[[Tensor], Tensor], windows: Tensor) -> Tensor:
    """Return the negative log-likelihood (b, 256), in nats, of the tokens after the first."""
    logits = model(windows[:, :-1]).float()
    return F.cross_entropy(logits.transpose(1, 2), windows[:, 1:], reduction="none")
