"""What holds for all tests.

Those marked `jack` need a JACK server: skipped with a word without one, but never in CI. Those of
hypothesis take the same examples every time, and are never timed.
"""

import os
import shutil

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")

NO_JACK = "no JACK server (jackd) here; `make test` as root on Debian or Ubuntu installs one"


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("jack") is None or shutil.which("jackd"):
        return
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(f"{NO_JACK}; in CI that is a failure")
    pytest.skip(NO_JACK)
