"""A song on a server that goes on without us, with us and the host late by chance: none is lost."""

import pytest
from late_server import TEMPOS, Late


@pytest.mark.parametrize("seed", [0, 1, 14])
def test_a_song_on_a_busy_machine_is_where_the_host_is_at_the_end(seed: int) -> None:
    """Half a hundred calls of each come some periods late, and a dozen stalls."""
    performance = Late(seed, TEMPOS[seed % len(TEMPOS)], often=0.005, long=3.0)
    assert performance.play() == 0
    assert performance.stalls > 8
