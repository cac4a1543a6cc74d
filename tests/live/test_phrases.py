"""A phrase is kept in a jam on JACK: what was played, and what an independent client hears."""

from pathlib import Path

import pytest
from jack_heard import is_on
from jack_session import HERE, Starter, events_of
from jack_tunes import BEAT, MELODY, SOON, play
from small_lead import make_lead

from loopwright.engine.happen import Action
from loopwright.engine.parameters import CONTROLS
from loopwright.export.presetfile import read_folder

pytestmark = pytest.mark.jack

TUNE = [60, 63, 67, 65]
BPM, BAR = 300, 96
PRESSED = next(control.cc for control in CONTROLS if control.action is Action.KEEP_PHRASE)


def test_an_answer_that_is_heard_is_kept_with_what_was_played(
    start: Starter, tmp_path: Path
) -> None:
    make_lead(tmp_path / "lead")
    jam = start(
        *("-m", "loopwright.live", "jam", "--midi-system", "jack", "--flat", "--seed", "7"),
        *("--melody", tmp_path / "lead", "--set", "answer_bars=1", "--key", "Cm"),
    )
    jam.wait_for("ports:")
    ears = start(HERE / "jack_ears.py", MELODY)
    host = start(HERE / "jack_host.py", "Loopwright In", f"{BPM}@{SOON + 4 * BAR}")
    for script, word in ((jam, "next one ready"), (ears, "connected"), (host, "connected")):
        script.wait_for(word)
    play(host, 0, TUNE)
    host.tell(f"at {SOON + BAR // 2 + BEAT} bf{PRESSED:02x}7f")
    for word in ("start", "wait"):
        host.tell(word)
    jam.wait_for("phrase kept as 01")
    host.wait_for("stopped", patience=30)
    host.tell("end")
    host.result()
    jam.process.terminate()
    assert jam.process.wait(5) == 0
    heard = [message[1] for _, message in events_of(ears.result()[MELODY]) if is_on(message)]
    (saved,) = read_folder(tmp_path / "presets" / "backbeat-kept").preset.phrases
    assert [note.pitch for note in saved.duet.seed] == TUNE
    assert [note.pitch for note in saved.duet.answer] == heard
    assert heard
    assert saved.duet.tokens
    assert abs(saved.tempo - BPM) < 1
    (midi,) = (tmp_path / "presets" / "backbeat-kept" / "phrases").iterdir()
    assert midi.name.endswith("bpm_Cm_phrase_01.mid")
