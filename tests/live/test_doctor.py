"""The doctor: what it advises, and the real round beside a real JACK server and without MIDI."""

import json
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
from jack_session import jack_server

from loopwright.live import doctor, doctor_midi, doctor_models, doctor_time, loopback
from loopwright.live.doctor_midi import Opened, told
from loopwright.live.findings import Finding, percentile
from loopwright.live.loopback import EXACT, Loopback, numbered

RTMIDI, ALSA = "JACK through python-rtmidi", "ALSA through python-rtmidi"
NO_SERVER = "no JACK server runs"


@pytest.mark.parametrize(
    ("troubles", "words"),
    [
        (("", "", ""), []),
        (("", "", "missing"), []),
        ((NO_SERVER, NO_SERVER, ""), []),
        (("JACK-Client is not installed", "", "missing"), ["pip install 'loopwright[jack]'"]),
        (("JACK-Client is not installed", NO_SERVER, ""), []),
        ((NO_SERVER, NO_SERVER, "missing"), ["no MIDI system opens", "start a MIDI system"]),
        (
            (NO_SERVER, "python-rtmidi does not load: x", "python-rtmidi does not load: x"),
            ["make python-rtmidi load", "no MIDI system opens", "start a MIDI system"],
        ),
    ],
)
def test_advice_is_given_where_something_can_be_better(
    monkeypatch: pytest.MonkeyPatch, troubles: tuple[str, str, str], words: list[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    found = [Opened(n, t) for n, t in zip((EXACT, RTMIDI, ALSA), troubles, strict=True)]
    given = doctor_midi.midi(found).advice
    assert len(given) == len(words)
    assert all(word in line for word, line in zip(words, given, strict=True))


def test_the_reason_names_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor_midi, "SEQUENCER", tmp_path / "seq")
    trouble = "ALSA does not open: error creating ALSA sequencer client object"
    assert "snd-seq is not loaded" in doctor_midi.reason("alsa", trouble)
    (tmp_path / "seq").touch()
    assert "not for this user" in doctor_midi.reason("alsa", trouble)
    assert doctor_midi.reason("jack", "JACK does not open: JACK server not running?") == NO_SERVER
    built = "this python-rtmidi was built without ALSA"
    assert doctor_midi.reason("alsa", built) == built


def test_delays_are_those_of_each_message_and_what_never_came_is_lost() -> None:
    due = [10.0, 10.02, 10.04, 10.06]
    came = [(numbered(n), due[n] + 0.05 + n * 0.001) for n in (0, 1, 3)]
    delays = loopback.delays(due, [*came, (b"\xf8", 10.0), (numbered(3), 99.0)])
    assert [round(delay, 6) for delay in delays] == [0.05, 0.051, 0.053]
    finding = told("it", Loopback(4, delays, 48000))
    assert finding.facts["lost"] == 1
    assert finding.facts["jitter_worst_frames"] == 96
    assert "a larger period or buffer helps" in finding.advice[0]
    assert "worst 2.000 ms (96 frames)" in finding.lines[1]


def test_what_all_have_in_common_is_no_jitter() -> None:
    finding = told("it", Loopback(3, (0.04, 0.04, 0.04)))
    assert finding.facts["jitter_p99_ms"] == 0.0
    assert finding.facts["delay_ms"] == 40.0
    assert finding.advice == ()
    assert told("it", Loopback(2, ())).facts["lost"] == 2
    assert "unevenly" in told("it", Loopback(2, (0.0, 0.01))).advice[0]


@pytest.mark.parametrize(
    ("took", "gpus", "words"),
    [
        ({"cpu-int8": 20.0}, 0, []),
        ({"cpu-int8": 20.0}, 1, ["loopwright[cuda]"]),
        ({"cpu-int8": 20.0, "cuda-fp32": 5.0}, 1, []),
        ({"cpu-int8": 2000.0}, 0, ["a round late"]),
        ({}, 0, ["no model runs here: broken"]),
    ],
)
def test_models_are_advised_on(took: dict[str, float], gpus: int, words: list[str]) -> None:
    tried: dict[str, float | str] = {"x": "broken"}
    given = doctor_models.advice(took, gpus, tried)
    assert len(given) == len(words)
    assert all(word in line for word, line in zip(words, given, strict=True))


def test_percentiles_are_of_what_was_measured() -> None:
    values = [float(n) for n in range(1, 101)]
    assert [percentile(values, share) for share in (0.5, 0.99, 1.0)] == [50.0, 99.0, 100.0]
    assert percentile([], 0.5) == 0.0
    assert percentile([7.0], 0.0) == 7.0


def test_advice_is_the_end_of_the_text() -> None:
    calm, ill = Finding("a", ("well",)), Finding("b", ("ill",), {}, ("rest",))
    assert doctor.as_text([calm]) == "a:\n  well\nnothing to change"
    assert doctor.as_text([calm, ill]).endswith("b:\n  ill\nwhat to change:\n  - rest")


def round_of(*words: str, environment: dict[str, str] | None = None) -> str:
    command = [sys.executable, "-m", "loopwright.live", "doctor", *words]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=True, env=environment
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.jack
def test_the_round_beside_a_jack_server() -> None:
    with jack_server() as environment:
        found = cast(
            dict[str, dict[str, object]], json.loads(round_of("--json", environment=environment))
        )
    assert found["MIDI systems"][EXACT] == "opens"
    back = found["loopback"]
    assert (back["system"], back["sent"], back["lost"]) == (EXACT, 96, 0)
    assert back["jitter_p50_frames"] == 0
    late = cast(dict[str, list[float]], found["scheduling"]["late_ms"])
    assert len(late["plain"]) == len(doctor_time.SHARES)
    assert late["plain"] == sorted(late["plain"])
    loop_ms = cast(dict[str, object], found["models"]["loop_ms"])
    assert isinstance(loop_ms["cpu-int8"], float)
    token_ms = cast(dict[str, object], found["models"]["token_ms"])
    assert all(isinstance(token_ms[name], float) for name in token_ms if name.startswith("cpu"))


def test_a_round_says_where_presets_are_and_what_to_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOPWRIGHT_HOME", str(tmp_path))
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "none-of-this-name")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    said = round_of()
    assert f"yours: {tmp_path / 'presets'}" in said
    assert "JACK through JACK-Client: no" in said
    assert "ms a loop" in said
    assert said.splitlines()[-1].startswith(("  - ", "nothing to change"))
