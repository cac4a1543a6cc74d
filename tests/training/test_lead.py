"""Training the lead: melodies found, put in bars, moved to other keys, learnt, and measured."""

import argparse
import io
import json
import lzma
from dataclasses import replace
from itertools import islice
from pathlib import Path

import mido
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from loopwright.engine.compose import Sampling
from loopwright.engine.errors import MidiFileError, SettingError
from loopwright.engine.eventlanguage import LeadLanguage
from loopwright.engine.keys import Key
from loopwright.engine.leadtokens import NO_KEY, NO_STYLE, STYLES, key_token, style_token
from loopwright.engine.melody import BOLD
from loopwright.engine.pianotokens import BAR, FIRST_OFFSET, FIRST_PITCH, PianoNote
from loopwright.live.cli import main
from loopwright.training import leadbatches, leadphase, leadset
from loopwright.training.archives import File
from loopwright.training.cli import add_commands
from loopwright.training.dataset import Split
from loopwright.training.lead_options import MODEL
from loopwright.training.leadfiles import Lead, closed_up, hook_of, lead_of, leads_of
from loopwright.training.leadmodelfile import load_lead
from loopwright.training.leadsettings import RECIPE, SHAPE, WINDOW
from loopwright.training.leadstepper import LeadStepper, shares
from loopwright.training.melodymodel import MusicTransformer
from loopwright.training.pianoset import PianoSet, joined_pieces, save
from loopwright.training.runs import Run
from loopwright.training.train_lead import train_lead

pytestmark = pytest.mark.usefixtures("one_thread")

SCALE = (60, 62, 64, 65, 67, 69, 71, 72)
TINY = replace(
    RECIPE,
    shape=replace(SHAPE, width=16, layers=1, heads=2, inner=16),
    schedule=replace(RECIPE.schedule, epochs=2),
    batch=2,
    steps=2,
)


def tune(bars: int, first: int = 0, step: int = 4) -> tuple[PianoNote, ...]:
    """Return quarters up and down the scale, from step `first` on."""
    count = bars * 16 // step
    return tuple(PianoNote(first + n * step, SCALE[n % 8], step) for n in range(count))


def as_midi(notes: tuple[PianoNote, ...], late: int = 0, beats: int = 4) -> bytes:
    track = mido.MidiTrack([mido.MetaMessage("time_signature", numerator=beats, denominator=4)])
    before = 0
    ons = [(note.step, "note_on", note.pitch) for note in notes]
    offs = [(note.step + note.steps, "note_off", note.pitch) for note in notes]
    for step, kind, pitch in sorted(ons + offs):
        tick = step * 120 + late
        track.append(mido.Message(kind, note=pitch, time=tick - before))
        before = tick
    file = mido.MidiFile(ticks_per_beat=480)
    file.tracks.append(track)
    held = io.BytesIO()
    file.save(file=held)
    return held.getvalue()


def melodies(bars: int = 8) -> PianoSet:
    """Return melodies of all styles and splits."""
    leads = [
        Lead(f"{style}{n}", style, "", tuple(replace(x, pitch=x.pitch + n) for x in tune(bars)))
        for style in STYLES
        for n in range(3)
    ]
    pieces = [np.array(leadset.tokens_of(lead), np.uint8) for lead in leads]
    return joined_pieces(pieces, tuple(lead.name for lead in leads), tuple(Split) * len(STYLES))


def test_a_file_becomes_the_melody_of_its_upper_voice() -> None:
    chords = tuple(sorted((*tune(4, 32), *(replace(n, pitch=40) for n in tune(4, 32)))))
    lead = lead_of(File("nottingham/jig.mid", as_midi(chords)))
    assert lead == Lead("nottingham/jig.mid", "folk", "nottingham/jig.mid", tune(4))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (as_midi(tune(4), beats=3), "not 4/4"),
        (as_midi(tune(4), late=50), "off the grid"),
        (as_midi(tune(1)), "fewer than 8 notes"),
        (as_midi(()), "off the grid"),
        (b"RIFF", "not a MIDI file"),
    ],
)
def test_what_is_no_melody_on_the_grid_is_left_out(content: bytes, reason: str) -> None:
    with pytest.raises(MidiFileError, match=reason):
        lead_of(File("pop909/1.mid", content))


def test_bars_of_silence_go_and_the_place_in_the_bar_stays() -> None:
    notes = (PianoNote(20, 60, 4), PianoNote(30, 62, 2), PianoNote(16 * 9 + 5, 64, 2))
    assert closed_up(notes) == (
        PianoNote(4, 60, 4),
        PianoNote(14, 62, 2),
        PianoNote(16 * 2 + 5, 64, 2),
    )


def test_sections_of_a_song_are_one_group_and_so_are_its_tracks() -> None:
    held: dict[str, object] = {
        "title": "A --- B --- Verse",
        "notes": [[4 * n, 2, 60] for n in range(9)],
    }
    hook = hook_of(held)
    assert isinstance(hook, Lead)
    assert (hook.style, hook.group) == ("hook", "a --- b")
    names = ("lead-tracks/x/My Song~12ab.mid", "lead-tracks/y/my_song 2.mid")
    assert {lead_of(File(name, as_midi(tune(4)))).group for name in names} == {"mysong"}


def test_a_list_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hooks.jsonl.xz"
    for content in (b"nothing", lzma.compress(b"{}\n"), lzma.compress(b"[1]\n")):
        path.write_bytes(content)
        with pytest.raises(MidiFileError, match="cannot read the hooks"):
            list(leads_of(path))


@given(st.integers(0, 15))
def test_long_notes_find_their_place_in_the_bar(late: int) -> None:
    bar = [(0, 6), (6, 2), (8, 4), (12, 1), (13, 3)]
    song = tuple(PianoNote(16 * n + step, 60, steps) for n in range(8) for step, steps in bar)
    expected = leadphase.usual([song])
    moved = tuple(replace(note, step=note.step + late) for note in song)
    assert (leadphase.likeliest(moved, expected) + late) % 16 == 0


def test_a_melody_in_another_key_is_no_other_melody() -> None:
    high = tuple(replace(n, pitch=n.pitch + 3) for n in tune(4))
    longer = tune(8)
    leads = [Lead("a", "pop", "1", tune(4)), Lead("b", "pop", "2", high)]
    kept = list(leadset.without_twins([*leads, Lead("c", "song", "3", longer)]))
    assert [lead.name for lead in kept] == ["a", "c"]
    tail = (*tune(8), PianoNote(200, 50, 3))
    kept = list(
        leadset.without_twins([Lead("c", "song", "3", longer), Lead("d", "pop", "4", tail)])
    )
    assert [lead.group for lead in kept] == ["3", "3"]


def test_a_melody_opens_with_its_style_and_its_key() -> None:
    tokens = leadset.tokens_of(Lead("", "pop", "", tune(2)))
    assert tokens[:2] == [style_token("pop", STYLES), key_token(Key(0))]
    told = LeadLanguage().begin(tuple(tokens), 0).notes
    assert [(n.tick // 6, n.pitch, n.length // 6) for n in told] == [
        (n.step, n.pitch, n.steps) for n in tune(2)
    ]


@given(st.integers(-6, 5))
def test_a_melody_is_told_alike_in_every_key_but_for_its_key(by: int) -> None:
    moved = tuple(replace(note, pitch=note.pitch + by) for note in tune(2))
    told, home = (leadset.tokens_of(Lead("", "pop", "", n)) for n in (moved, tune(2)))
    assert told == [home[0], leadbatches.turned(home[1], by), *home[2:]]
    assert told[1] == key_token(Key(by % 12))


def test_windows_tell_a_piece_once_and_break_at_bar_lines() -> None:
    piece = np.array(leadset.tokens_of(Lead("", "pop", "", tune(40, step=1))), np.uint8)
    found = list(leadbatches.windows(piece))
    bodies = [w[leadset.HEAD :][w[leadset.HEAD :] < NO_KEY] for w in found]
    assert np.concatenate(bodies).tolist() == piece[leadset.HEAD :].tolist()
    assert all(len(w) == WINDOW and (w[:2] == piece[:2]).all() for w in found)
    assert all(body[-1] == BAR for body in bodies[:-1])


def test_batches_hide_style_and_key_at_times_and_come_again() -> None:
    def some() -> list[torch.Tensor]:
        recipe = replace(TINY, hide=0.5)
        return list(islice(leadbatches.packed(melodies(), recipe, np.random.default_rng(1)), 6))

    first, again = some(), some()
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    met = torch.cat(first)
    assert all((met == one).any() for one in (NO_STYLE, NO_KEY, style_token("folk", STYLES)))


def test_openings_count_for_nothing() -> None:
    window = torch.tensor([[NO_STYLE, NO_KEY, FIRST_OFFSET, FIRST_PITCH, NO_STYLE]])
    logits = torch.zeros(1, 4, SHAPE.vocabulary)
    found = leadbatches.nll(logits, window)
    assert found.tolist()[0] == pytest.approx(
        [0.0, np.log(SHAPE.vocabulary), np.log(SHAPE.vocabulary), 0.0]
    )
    assert leadbatches.counted(window).tolist() == [[False, True, True, False]]


def test_a_run_learns_comes_back_and_is_not_mixed_with_another(tmp_path: Path) -> None:
    about = train_lead(melodies(), TINY, Run(tmp_path, "so"))
    model, meta = load_lead(tmp_path / MODEL)
    assert meta == about
    assert model.shape == TINY.shape
    assert {f"nll {style}" for style in STYLES} <= set(meta)
    with pytest.raises(SettingError, match="other settings or data"):
        train_lead(melodies(), replace(TINY, batch=3), Run(tmp_path, "so"))


def test_evaluate_tells_of_each_style_what_the_run_tells(tmp_path: Path) -> None:
    about = train_lead(melodies(), TINY, Run(tmp_path, "so"))
    save(melodies(), tmp_path / "data.npz", leadset.HOLDS)
    words = ["--data", str(tmp_path / "data.npz"), "--split", "validation"]
    said = run("evaluate", str(tmp_path), *words, "--json", str(tmp_path / "figures.json"))
    rows = [row.split() for row in said.splitlines()]
    assert [row[0] for row in rows] == ["style", *STYLES, *sorted(STYLES), "all", "a"]
    figures = json.loads((tmp_path / "figures.json").read_text())
    for row in figures["styles"][:-1]:
        assert row["a_token"] == pytest.approx(about[f"nll {row['style']}"], abs=1e-5)
        assert row["a_note"] == pytest.approx(row["a_token"] * row["tokens"] / row["notes"])
    assert [one["name"] for one in figures["melodies"]] == [f"{style}1" for style in STYLES]
    told = [f"{one['a_token']:.4f} {one['name']}" for one in figures["melodies"]]
    assert [f"{row[3]} {row[5]}" for row in rows[1 : 1 + len(STYLES)]] == told
    best, *_, worst = sorted(figures["melodies"], key=lambda one: one["a_token"])
    ends = f"{best['a_token']:.4f} nats a token ({best['name']}) to {worst['a_token']:.4f} "
    assert f"a melody: {ends}({worst['name']})" in said


def test_each_scoring_graph_of_a_preset_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one_head = replace(TINY, shape=replace(TINY.shape, heads=1))  # of 16 numbers: it has a graph
    train_lead(melodies(), one_head, Run(tmp_path / "run", "so"))
    save(melodies(), tmp_path / "data.npz", leadset.HOLDS)
    preset = str(tmp_path / "preset")
    assert main(["export", str(tmp_path / "run"), "--out", preset, "--score-int8"]) == 0
    capsys.readouterr()
    words = ["--data", str(tmp_path / "data.npz"), "--json", str(tmp_path / "figures.json")]
    assert main(["evaluate", preset, *words]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [row for row in said if row.startswith("score")] == ["score fp32", "score int8"]
    graphs = json.loads((tmp_path / "figures.json").read_text())["graphs"]
    fp32, int8 = (graphs[name]["styles"][-1]["a_token"] for name in ("score fp32", "score int8"))
    assert int8 == pytest.approx(fp32, rel=0.005)


def test_samples_are_measured_beside_the_real_melodies_and_written(tmp_path: Path) -> None:
    train_lead(melodies(16), TINY, Run(tmp_path, "so"))
    save(melodies(16), tmp_path / "data.npz", leadset.HOLDS)
    words = ["--data", str(tmp_path / "data.npz"), "--samples", str(tmp_path / "samples")]
    said = run("evaluate", str(tmp_path), *words)
    rows = [row.split() for row in said.splitlines() if " real " in row or " drawn " in row]
    assert [row[:3] for row in rows] == [
        [style, whose, "1"] for style in sorted(STYLES) for whose in ("drawn", "real")
    ]
    real = [float(x) for x in rows[1][3:]]
    assert real == [1.0, 0.759, 0.0, 12.0, 4.0]
    duets = [row.split() for row in said.splitlines() if row.startswith(("drawn", "real"))]
    assert [row[:2] for row in duets] == [["drawn", "4"], ["real", "4"]]
    assert float(duets[1][2]) == 1.0
    written = sorted((tmp_path / "samples").iterdir())
    assert [path.name.split("-")[0] for path in written] == sorted(STYLES)
    assert all(mido.MidiFile(path).length >= 4.0 for path in written)
    assert run("evaluate", str(tmp_path), *words) == said


def test_answers_of_a_preset_are_drawn_by_its_step_graph(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one_head = replace(TINY, shape=replace(TINY.shape, heads=1))
    train_lead(melodies(16), one_head, Run(tmp_path / "run", "so"))
    save(melodies(16), tmp_path / "data.npz", leadset.HOLDS)
    assert main(["export", str(tmp_path / "run"), "--out", str(tmp_path / "preset")]) == 0
    capsys.readouterr()
    told = {name: answers(tmp_path / name, tmp_path, capsys) for name in ("run", "preset")}
    assert told["preset"] == told["run"]
    assert len(told["run"]) == 2 * len(STYLES)


def answers(model: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    words = ["--data", str(folder / "data.npz"), "--samples", str(folder / f"of-{model.name}")]
    device = ["--device", "cpu-fp32"]
    assert main(["evaluate", str(model), *words, *device]) == 0
    found = capsys.readouterr().out.splitlines()
    return [row for row in found if " drawn " in row or " real " in row]


@given(st.lists(st.integers(0, SHAPE.vocabulary - 1), min_size=1, max_size=90), st.integers(0, 89))
def test_what_is_remembered_changes_no_draw(tokens: list[int], known: int) -> None:
    torch.manual_seed(1)
    module = MusicTransformer(replace(TINY.shape, context=32)).eval()
    fresh, used = LeadStepper(module), LeadStepper(module)
    bias = np.zeros(SHAPE.vocabulary, np.float32)
    used.listen([*tokens[:known], 3])
    used.draw(bias, 0.3, BOLD)
    for stepper in (fresh, used):
        stepper.listen(tokens)
    one, other = (stepper.draw(bias, 0.5, BOLD) for stepper in (fresh, used))
    assert one[0] == other[0]
    assert one[1] == pytest.approx(other[1], abs=1e-4)
    assert fresh.heard == (*tokens, one[0])


@pytest.mark.parametrize(
    ("sampling", "expected"),
    [
        (Sampling(), [0.5, 0.3, 0.2]),
        (Sampling(0.5), [0.25 / 0.38, 0.09 / 0.38, 0.04 / 0.38]),
        (Sampling(1.0, 2), [0.625, 0.375, 0.0]),
        (Sampling(1.0, 0, 0.5), [1.0, 0.0, 0.0]),
        (Sampling(1.0, 0, 0.6), [0.625, 0.375, 0.0]),
        (Sampling(1.0, 2, 0.01), [1.0, 0.0, 0.0]),
    ],
)
def test_temperature_then_top_k_then_top_p(sampling: Sampling, expected: list[float]) -> None:
    assert shares(np.log([0.5, 0.3, 0.2]), sampling) == pytest.approx(expected)


def test_without_melodies_to_judge_by_nothing_is_trained(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="too few"):
        train_lead(melodies().part(Split.TRAIN), TINY, Run(tmp_path, "so"))


def run(*words: str) -> str:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    told = parser.parse_args(words)
    return told.run(told)


def test_the_command_makes_a_model_of_a_folder_and_hooks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "songs" / "nottingham"
    folder.mkdir(parents=True)
    for n in range(30):
        notes = (PianoNote(0, 40 + n, 4), *tune(8 + n, first=4))
        (folder / f"{n}.mid").write_bytes(as_midi(notes))
    (folder / "waltz.mid").write_bytes(as_midi(tune(4), beats=3))
    hook = {"title": "A --- B --- Verse", "notes": [[n.step, n.steps, n.pitch] for n in tune(4)]}
    hooks = tmp_path / "hooks.jsonl.xz"
    hooks.write_bytes(lzma.compress(json.dumps(hook).encode() + b"\n"))
    out = tmp_path / "out"
    small = ["--epochs", "1", "--steps", "1", "--batch", "1", "--width", "16", "--layers", "1"]
    said = run("train", "lead", str(folder.parent), str(hooks), "--out", str(out), *small)
    assert "nll folk" in said
    assert "left out: 1 (not 4/4)" in capsys.readouterr().out
    assert load_lead(out / MODEL)[0].shape.layers == 1
    counted = run("train", "lead", str(out / "data.npz"), "--out", str(out), "--count")
    assert counted == str(out / "data.npz")


@pytest.mark.parametrize("option", ["--epochs", "--steps", "--batch", "--layers"])
def test_a_training_of_nothing_is_refused(option: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=option):
        run("train", "lead", str(tmp_path), "--out", str(tmp_path), option, "0")
