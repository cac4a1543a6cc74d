"""What holds for all tests.

Those marked `jack` need a JACK server: skipped with a word without one, but never in CI. Those of
hypothesis take the same examples every time, and are never timed.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator

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


@pytest.fixture(autouse=True, scope="session")
def home_of_tests() -> Iterator[None]:
    """No test writes into the home of whoever runs it: sessions are kept by themselves."""
    with tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch:
        if "LOOPWRIGHT_HOME" not in os.environ:
            patch.setenv("LOOPWRIGHT_HOME", home)
        yield
