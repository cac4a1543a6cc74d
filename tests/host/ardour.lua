-- Ardour, headless, as a host that sends MIDI clock and records what it hears. Argument: a folder
-- for its session, not there yet. Words on standard input, a line each:
--   roll | stop | locate SECONDS | tempo BPM | record | loop | end
-- "record" arms both tracks for the next roll; "loop" rolls round the range below until "stop".
local FROM, TO = 5, 9 -- bars, where the loop begins and ends
local NAME = "song"

for backend in AudioEngine:available_backends():iter() do
  if backend.name:match("^JACK") then
    AudioEngine:set_backend(backend.name, "ardour", "")
  end
end
ARDOUR.config().send_midi_clock = true

local function bar(number)
  return Temporal.timepos_t((number - 1) * 4 * 24000)
end

local function new_track(session, name)
  local one = ARDOUR.ChanCount(ARDOUR.DataType("midi"), 1)
  session:new_midi_track(one, one, true, ARDOUR.PluginInfo(), nil, nil, 1, name,
    ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, true)
end

-- No function makes a range the loop range: the saved session is told.
local function make_loop(folder)
  local path = folder .. "/" .. NAME .. ".ardour"
  local file = assert(io.open(path))
  local text = file:read("a"):gsub("IsRangeMarker", "IsAutoLoop")
  file:close()
  file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local made = create_session(arg[1], NAME, 48000)
assert(made, "no session")
assert(AudioEngine:current_backend_name():match("^JACK"), "no JACK")
new_track(made, "Drums")
new_track(made, "Bass")
made:locations():add_range(bar(FROM), bar(TO))
made:save_state("")
made = nil
close_session()
make_loop(arg[1])
local session = load_session(arg[1], NAME)
assert(session:locations():auto_loop_location(), "no loop range")

local from = ARDOUR.TransportRequestSource.TRS_UI
local words = {}

function words.roll()
  session:request_roll(from)
end

function words.stop()
  session:request_play_loop(false, false)
  session:request_stop(false, false, from)
  session:disable_record(false, false)
end

function words.locate(seconds)
  local sample = math.floor(tonumber(seconds) * 48000)
  session:request_locate(sample, false, ARDOUR.LocateTransportDisposition.MustStop, from)
end

function words.tempo(bpm)
  local map = Temporal.TempoMap.fetch_writable()
  map:set_tempo(Temporal.Tempo(tonumber(bpm), tonumber(bpm), 4), Temporal.timepos_t(0))
  Temporal.TempoMap.update(map)
end

function words.record()
  for track in session:get_tracks():iter() do
    track:rec_enable_control():set_value(1, PBD.GroupControlDisposition.NoGroup)
  end
  session:maybe_enable_record(false)
end

function words.loop()
  session:request_play_loop(true, false)
  session:request_roll(from)
end

print("ready")
io.stdout:flush()
for line in io.lines() do
  local word, number = line:match("^(%a+)%s*([%d.]*)")
  if word == "end" then
    break
  end
  words[word](number)
end
session:save_state("")
close_session()
