"""Frames of JACK: its count, which ends at 32 bits and begins anew, and where a second falls."""

from math import floor

from loopwright.engine.time import Seconds

WRAP = 2**32  # JACK counts frames in 32 bits
NOISE = 1e-4  # frames


def unwrapped(frame: int, near: int) -> int:
    """Return the frame count, without end, whose low 32 bits are `frame`, the one nearest."""
    return near + (frame - near + WRAP // 2) % WRAP - WRAP // 2


def frame_of(at: Seconds, rate: int) -> int:
    """Return the frame that second `at` falls on; halves go up, whatever a float makes of them.

    So a note and the clock that it belongs to leave on the same frame.
    """
    return floor(at * rate + 0.5 + NOISE)
