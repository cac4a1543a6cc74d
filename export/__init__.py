"""What leaves: presets, MIDI files and pictures; and, from trained models, graphs.

Presets, and what is in them; no onnx and no torch:

    presetfile presettext    a preset's folder and its `preset.toml`
    pack unpack entries inspection reading    a `.loopwright` file, and what strangers may send
    clips midifile midiread    loops and phrases as MIDI files, and back
    takefile tunefile    seeds for loops, tunes for melodies
    picture card melodycard origin    a piano roll as PNG; what a model's card says

`loopwright export`, which writes graphs with onnx and holds them to torch:

    cli...        the command
    onnx parity   trained models -> weights, and graphs held to torch: these two know training
    weights beatweights named    weights, ready for graphs
    graph layers chances normal quantise    what graphs are built of
    loops loopvae loopvaecheck beat...    loop models
    score pianoscore recurrence step... smaller    melody models
    models steps running cases    a model's files; graphs run, and ways to draw
"""
