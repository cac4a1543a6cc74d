"""What holds for all tests.

Those marked `jack` need a JACK server: skipped with a word without one, but never in CI; where one
fails, the report has the end of every session log. Those of hypothesis take the same examples every
time, and are never timed.
"""

import os
import shutil
import tempfile
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings
from last_words import last_words

settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")

NO_JACK = "no JACK server (jackd) here; `make test` as root on Debian or Ubuntu installs one"


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("jack") is None or shutil.which("jackd"):
        return
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(f"{NO_JACK}; in CI that is a failure")
    pytest.skip(NO_JACK)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and report.when == "call" and item.get_closest_marker("jack"):
        report.sections += last_words(item.funcargs)
    return report


@pytest.fixture(autouse=True, scope="session")
def home_of_tests() -> Iterator[None]:
    """No test writes into the home of whoever runs it: sessions are kept by themselves."""
    with tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch:
        if "LOOPWRIGHT_HOME" not in os.environ:
            patch.setenv("LOOPWRIGHT_HOME", home)
        yield


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Keep torch to one thread: on little work several only wait for each other."""
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
