"""The world: ports, processes, the player, the command line.

Three processes, each begun by the module of its name:

    jam app       the main process: `jam` starts the others, `app` sees to all of it
    player        owns the ports; `performer` feeds the conductor and does its wishes
    composer      the models; `workers` has them open, one `worker` each
    band processes wire inbox    started, watched, started again; values between them, and threads
    messages loading    what they tell each other
    board handed falls    what is known of one that fell

The app's parts, and what it shows:

    prompter composing singing fetching    its dealings with the player, the models, a next preset
    keeper records clerk    what it has written down, on threads of their own
    display screen terminal pianoroll hints    what is seen
    keys steering    what is pressed

The player's:

    performer outlet scribe    at work; where messages go; what is told to the log
    ports patch midisystem    which MIDI system, and which ports
    jack... frames periods leaving ends    JACK, to the frame
    rtports stamps hotplug    python-rtmidi, and ports that go and come
    linkclock tape now rights    Ableton Link; no MIDI at all; the clock; real-time rights

The composer's:

    worker... compose_loop compose_melody    a model at work
    inference     onnxruntime: which providers there are, and a graph made ready to run
    runtime drawing graphfiles    a loop model, through it
    step...       a melody model, token by token

What is on the disk:

    library lending slots program melodies    presets found, and whose models they play
    shelf trial trust alone    installed and changed; strangers tried out
    keeping keptnow phrasetokens    loops and phrases kept
    journal diary taping recorder    session logs, recordings
    files streams    what commands write

Commands:

    __main__ cli...    the command line, and commands that need training
    arguments options hosting continuing tuneup    what is told, checked and frozen
    render... replay excerpts takes tunesource    files of loops, melodies and sessions
    presets_... audition    `loopwright presets`
    doctor... findings loopback portlist    `loopwright doctor`, `ports`, `panic`
    opening       what commands of other packages are handed
"""
