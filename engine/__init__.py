"""The pure engine: no ports, threads, files or clocks, and no hidden chance.

The story from a clock to a note:

    midi          bytes -> Message
    clock         the times of clocks -> a line that joins ticks to seconds, by the next three
    estimate change leap unevenness    a line that learns; bends; blocks; how uneven a host is
    transport     Start, Stop, Continue, song position, missing clocks -> where we are, as a table
    position      whether a host's song positions are what the standard says
    drive         what follows from a clock, or from its absence: silence, then the new place
    deaf resume   clocks that were lost; a song that goes on where another player fell
    host          our own clock, where nobody else's is heard; `beat` tells it, `lead` says when
    beat lead peer    the same for those who follow us, and in a session of peers
    echo          what we sent and hear again: neither played nor a control
    capture       what is played in, by bar and part -> a Take to grow a loop from
    controls      CCs and control notes -> what they ask for, by the table in `parameters`
    steer         what keys, CCs and notes do
    switch choice takeup setup    another preset in play
    answer...     a melody that answers what is played
    repertoire    what plays, what comes next, what was played before
    feel          the notes of a bar -> hits: accents, velocities, swing
    schedule      hits on the newest line -> note-ons and note-offs that are due
    sounding      every note-on that has no note-off yet
    stage         bars laid out, loops swapped on boundaries, sends, silence
    conduct       all of it as one fold

The player needs five names:

    state.Settings      what an instrument is told when it begins
    conduct.opening     Settings -> (State, wishes)
    conduct.step        (State, happening) -> (State, wishes)
    conduct.due         State -> the second at which `happen.Woke` must come, or None
    status.read         State -> Status, what there is to see

`happen` has all happenings and wishes. Sends come in the order in which they are to leave. Take
what was heard out of the inbox before telling that time has passed: a clock that waits there has
not been missed.

What this and the rest are made of:

    time notes keys roll bars duet    ticks, notes and loops, keys, the roll, bars, a phrase
    amounts       how many of a thing, in words
    errors parameters happen state status    what goes wrong, is set, happens, is known, is seen
    compose melody    what a composer is asked for, a loop or a melody, and what comes back

A composer, by numpy:

    chance grid seeds tuning    uniforms; rolls and notes; a take's meaning; the key of a bass
    loopmodel sidecar beatcodes    what is asked of a loop model, and known of one
    melodymodel stepsidecar context melodyvalues    the same of a melody model
    phrase... topline rhythm    an answer drawn, and how good and how stuck it is
    language languages    notes as tokens and back: what melody models speak
    event... lead... piano...    the lead's tokens, and the piano's
    pitchstrings remi... bpe melodytables    the melody paper's

Files and logs, as values:

    preset... keptread migrate fields    what a `preset.toml` says
    onnxgraph operators protobuf unreadable    what a graph from a stranger holds
    journal encode decode    a session's log, and what is read back
    replay course excerpt    the log played again, onto paper, and some bars of it
    report jitter    a session in figures
"""
