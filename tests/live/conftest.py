"""A JACK server for a module of tests, and who starts scripts on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from jack_session import Starter, jack_server, starter


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, str]]:
    with jack_server() as environment:
        yield environment


@pytest.fixture
def start(server: dict[str, str], tmp_path: Path) -> Iterator[Starter]:
    with starter(server, tmp_path) as lent:
        yield lent
