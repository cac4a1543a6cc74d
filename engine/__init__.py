"""The pure engine: no ports, threads, files or clocks, and no hidden chance.

The story from a clock to a note:

    midi        bytes -> Message
    clock       the times of clocks -> a line that joins ticks to seconds (by `regression`)
    transport   Start, Stop, Continue, song position, missing clocks -> where we are, as a table
    position    whether a host's song positions are what the standard says
    drive       what follows from a clock, or from its absence: silence, then the new place
    host        our own clock, where nobody else's is heard; `beat` tells it, `lead` says when
    echo        what we sent and hear again: neither played nor a control
    capture     what is played in, by bar and part -> a Take to grow a loop from
    controls    CCs and control notes -> what they ask for, by the table in `parameters`
    repertoire  what plays, what comes next, what was played before
    feel        the notes of a bar -> hits: accents, velocities, swing
    schedule    hits on the newest line -> note-ons and note-offs that are due
    sounding    every note-on that has no note-off yet
    stage       bars laid out, loops swapped on boundaries, sends, silence
    conduct     all of it as one fold

The player needs five names:

    state.Settings      what an instrument is told when it begins
    conduct.opening     Settings -> (State, wishes)
    conduct.step        (State, happening) -> (State, wishes)
    conduct.due         State -> the second at which `happen.Woke` must come, or None
    status.read         State -> Status, what there is to see

`happen` has all happenings and wishes. Sends come in the order in which they are to leave. Take
what was heard out of the inbox before telling that time has passed: a clock that waits there has
not been missed.
"""
