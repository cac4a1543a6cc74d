"""The page of a listening test: one HTML file that needs no other and asks no server."""

import json
from collections.abc import Iterable, Sequence

from loopwright.engine.notes import Note, Part
from loopwright.engine.time import LOOP_TICKS
from loopwright.training.listening import BEST, PRACTICE, Heard

TEMPO = 120


def page(practice: Sequence[Heard], loops: Sequence[Heard]) -> str:
    """Return the page. Nothing in it tells what kind a loop is of."""
    held = {
        "practice": [row(f"P{n}", one) for n, one in enumerate(practice[:PRACTICE], 1)],
        "loops": [row(one.name, one) for one in loops],
        "ticks": LOOP_TICKS,
        "second": 60 / TEMPO / 24,
        "best": BEST,
    }
    return PAGE.replace("HELD", json.dumps(held, separators=(",", ":")))


def row(name: str, one: Heard) -> dict[str, object]:
    """Return what the page knows of a loop; those to get used to have names of their own."""
    return {"name": name, "notes": played(one.loop.notes)}


def played(notes: Iterable[Note]) -> list[tuple[int, int, int, int]]:
    """Return notes as tick, length, pitch, and 1 for a drum."""
    return [(n.tick, n.length, n.pitch, int(n.part is Part.DRUMS)) for n in notes]


PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Listening test</title>
<style>
 body{font:16px/1.5 system-ui,sans-serif;max-width:44em;margin:2em auto;padding:0 1em}
 li{margin:.4em 0;list-style:none} button{min-width:5em} label{margin-left:.8em}
 ul{padding:0} .name{display:inline-block;width:6em}
</style>
<h1>How much does it sound like music?</h1>
<p>Each loop has eight bars of drums and bass. Play it as often as you like, or open its MIDI file
from the folder <code>loops</code>, then rate it from 1 (not at all) to 5 (very much). Save the
ratings at the end and send the file back. Please do not ask what the loops are before.</p>
<p><label>Your name or number <input id="who"></label></p>
<h2>To get used to</h2><ul id="practice"></ul>
<h2>To rate</h2><ul id="loops"></ul>
<p><button id="save">Save CSV</button> <span id="left"></span></p>
<script>
const held = HELD, ratings = {};
let context = null, sounding = [], playing = null, ending = 0;
function stop() {
  clearTimeout(ending);
  sounding.forEach(s => { try { s.stop(); } catch (e) {} });
  sounding = []; playing = null;
}
function gained(at, level, seconds) {
  const g = context.createGain();
  g.gain.setValueAtTime(level, at);
  g.gain.exponentialRampToValueAtTime(0.001, at + seconds);
  g.connect(context.destination);
  return g;
}
function tone(at, from, to, seconds, level, type) {
  const o = context.createOscillator();
  o.type = type; o.frequency.setValueAtTime(from, at);
  o.frequency.exponentialRampToValueAtTime(to, at + Math.min(seconds, 0.1));
  o.connect(gained(at, level, seconds)); o.start(at); o.stop(at + seconds); sounding.push(o);
}
function noise(at, seconds, above, level) {
  const b = context.createBuffer(1, context.sampleRate * seconds, context.sampleRate);
  const data = b.getChannelData(0);
  for (let i = 0; i < data.length; i++) data[i] = 2 * Math.random() - 1;
  const s = context.createBufferSource(), f = context.createBiquadFilter();
  s.buffer = b; f.type = "highpass"; f.frequency.value = above;
  s.connect(f); f.connect(gained(at, level, seconds)); s.start(at); sounding.push(s);
}
const drums = {
  36: at => tone(at, 150, 45, 0.25, 0.9, "sine"),
  38: at => { noise(at, 0.18, 1500, 0.5); tone(at, 220, 160, 0.1, 0.4, "triangle"); },
  42: at => noise(at, 0.05, 7000, 0.3), 46: at => noise(at, 0.3, 7000, 0.3),
  45: at => tone(at, 130, 80, 0.3, 0.7, "sine"), 48: at => tone(at, 180, 120, 0.3, 0.7, "sine"),
  50: at => tone(at, 240, 160, 0.3, 0.7, "sine"),
  49: at => noise(at, 1.2, 4000, 0.4), 51: at => noise(at, 0.5, 9000, 0.2),
};
function play(loop) {
  const again = playing === loop;
  stop();
  if (again) return;
  context = context || new AudioContext();
  context.resume();
  playing = loop;
  ending = setTimeout(() => { playing = null; }, 1000 * (0.1 + held.ticks * held.second));
  const begin = context.currentTime + 0.1;
  for (const [tick, length, pitch, drum] of loop.notes) {
    const at = begin + tick * held.second;
    if (drum) { if (drums[pitch]) drums[pitch](at); continue; }
    const hertz = 440 * 2 ** ((pitch - 69) / 12);
    tone(at, hertz, hertz, length * held.second + 0.05, 0.5, "triangle");
  }
}
function line(loop, rated) {
  const li = document.createElement("li"), b = document.createElement("button");
  const name = document.createElement("span");
  name.className = "name"; name.textContent = "Loop " + loop.name;
  b.textContent = "Play / stop"; b.onclick = () => play(loop);
  li.append(name, b);
  for (let i = 1; rated && i <= held.best; i++) {
    const label = document.createElement("label"), input = document.createElement("input");
    input.type = "radio"; input.name = "rate" + loop.name;
    input.onchange = () => { ratings[loop.name] = i; left(); };
    label.append(input, " " + i); li.append(label);
  }
  return li;
}
function left() {
  const n = held.loops.length - Object.keys(ratings).length;
  say(n ? n + (n > 1 ? " loops are" : " loop is") + " not rated yet" : "all rated");
}
function say(words) { document.getElementById("left").textContent = words; }
function save() {
  const who = document.getElementById("who").value.replace(/[^\\p{L}\\p{N}_-]/gu, "");
  if (!who) { say("please write your name or number above first"); return; }
  const rows = Object.entries(ratings).sort().map(([loop, r]) => [who, loop, r].join(","));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(
    new Blob([["listener,loop,rating", ...rows, ""].join("\\n")], {type: "text/csv"}));
  link.download = "ratings-" + who + ".csv";
  link.click();
}
held.practice.forEach(l => document.getElementById("practice").append(line(l, false)));
held.loops.forEach(l => document.getElementById("loops").append(line(l, true)));
document.getElementById("save").onclick = save;
left();
</script></html>
"""
