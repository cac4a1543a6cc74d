"""What training asks of the machine: its device, memory that is kept, whether bfloat16 is quick."""

import ctypes
from contextlib import suppress

import torch

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4  # of glibc's malloc.h


def best_device() -> torch.device:
    """Return CUDA where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def keep_memory() -> None:
    """Let glibc keep freed memory, where that is the C library.

    Else each large tensor costs a page fault for every 4096 bytes: near half of the training time.
    """
    with suppress(OSError, AttributeError):
        c = ctypes.CDLL(None)
        c.mallopt(M_MMAP_MAX, 0)
        c.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
        c.mallopt(M_TOP_PAD, 2**28)


def half_precision(device: str) -> bool:
    """Tell whether products in bfloat16 are quicker here; on a CPU without them, far slower."""
    return device == "cuda" or bool(torch.backends.mkldnn.is_available() and has_bf16())


def has_bf16() -> bool:
    """Tell whether the CPU multiplies bfloat16."""
    return torch.cpu._is_avx512_bf16_supported()  # pyright: ignore[reportPrivateUsage]
