-- Ardour, headless, as a host that sends MIDI clock. Arguments: an empty folder for its session.
-- Words on standard input, a line each: "roll", "stop", "locate SECONDS", "end".
for backend in AudioEngine:available_backends():iter() do
  if backend.name:match("^JACK") then
    AudioEngine:set_backend(backend.name, "ardour", "")
  end
end
ARDOUR.config().send_midi_clock = true
local session = create_session(arg[1], "clock", 48000)
assert(session, "no session")
assert(AudioEngine:current_backend_name():match("^JACK"), "no JACK")
print("ready")
io.stdout:flush()
local from = ARDOUR.TransportRequestSource.TRS_UI
for line in io.lines() do
  local word, number = line:match("^(%a+)%s*([%d.]*)")
  if word == "roll" then
    session:request_roll(from)
  elseif word == "stop" then
    session:request_stop(false, false, from)
  elseif word == "locate" then
    local frame = math.floor(tonumber(number) * 48000)
    session:request_locate(frame, false, ARDOUR.LocateTransportDisposition.MustStop, from)
  elseif word == "end" then
    break
  end
end
close_session()
