// A listening page without a browser: node listeningpage.js PAGE STEPS
// Steps are JSON: ["click", list, n], ["rate", n, rating], ["wait", seconds], ["name", text],
// ["save"]. Prints for each how many sounds are not over, what the page says, and what it saved.
const fs = require("fs"), vm = require("vm");

let now = 0, timers = [], ids = 0, saved = null;
const sources = [], elements = {};

class Element {
  constructor(kind) { this.kind = kind; this.inside = []; this.textContent = ""; this.value = ""; }
  append(...more) { this.inside.push(...more); }
  click() {
    if (this.kind === "a") saved = [this.download, this.href.text];
    else this.onclick();
  }
}
const setting = () => ({ setValueAtTime() {}, exponentialRampToValueAtTime() {} });
class Source {
  constructor() { this.end = Infinity; this.frequency = setting(); sources.push(this); }
  connect() {}
  start(at) { if (this.buffer) this.end = at + this.buffer.seconds; }
  stop(at = now) { this.end = Math.min(this.end, at); }
}
class AudioContext {
  sampleRate = 48000;
  get currentTime() { return now; }
  resume() {}
  createGain() { return { gain: setting(), connect() {} }; }
  createOscillator() { return new Source(); }
  createBufferSource() { return new Source(); }
  createBiquadFilter() { return { frequency: {}, connect() {} }; }
  createBuffer(_, length, rate) {
    return { seconds: length / rate, getChannelData: () => new Float32Array(1) };
  }
}
function wait(seconds) {
  now += seconds;
  const due = timers.filter(([at]) => at <= now);
  timers = timers.filter(([at]) => at > now);
  due.forEach(([, call]) => call());
}
const list = name => elements[name].inside;
const deeds = {
  click: (name, n) => list(name)[n].inside.find(one => one.kind === "button").click(),
  rate: (n, rating) => list("loops")[n].inside.filter(one => one.kind === "label")[rating - 1]
    .inside[0].onchange(),
  wait,
  name: text => { elements.who.value = text; },
  save: () => elements.save.click(),
};
const page = fs.readFileSync(process.argv[2], "utf8");
for (const [, id] of page.matchAll(/id="(\w+)"/g)) elements[id] = new Element(id);
vm.runInNewContext(page.match(/<script>([^]*)<\/script>/)[1], {
  AudioContext,
  Blob: class { constructor(parts) { this.text = parts.join(""); } },
  URL: { createObjectURL: blob => blob },
  clearTimeout: id => { timers = timers.filter(one => one[2] !== id); },
  document: { createElement: kind => new Element(kind), getElementById: id => elements[id] },
  setTimeout: (call, ms) => { timers.push([now + ms / 1000, call, ++ids]); return ids; },
});
const seen = JSON.parse(process.argv[3]).map(([deed, ...how]) => {
  saved = null;
  deeds[deed](...how);
  const sounds = sources.filter(one => one.end > now).length;
  return { sounds, says: elements.left.textContent, saved };
});
console.log(JSON.stringify(seen));
