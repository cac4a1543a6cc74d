"""MIDI folders -> data sets -> models -> measures: the package that knows torch.

torch is loaded when a training or a measurement really begins. A command, and one training:

    cli launch    `loopwright train` and `evaluate`: the verbs; before torch is loaded, and the end
    options settings plain    what can be told: as options, as frozen values, written down
    train...      for each kind of model: its data -> its files, and what is known about it
    task          what is trained: a model, its batches, its loss, how it is judged
    fit fitting rates pace    a task to the end of its schedule, and how long that will take
    progress midway checkpoint    how far a run is: one that was cut off goes on as if it were not
    machine modelsize dropout    devices and memory, sizes, and a dropout that costs little
    runs files    folders, and files that are whole or not there

Songs become loops:

    archives midi    files of a folder or a zip, read in bulk
    songs corpus extract    song -> rolls -> loops of eight bars, by the loop paper's rules
    report published    what was found and what each rule cost, beside an independent count
    dataset arrayfile batches    loops as packed arrays, split by song; batches, in other keys
    alike placing    which files are one song, and which split it belongs to

The kinds of models. Most bring settings and options without torch, files as a data set, batches,
the model, its file, and how it is measured:

    model kmeans crash decoding rebuilt    the VQ-VAE of loops, and its prior
    beat...       the beat model of loops: patterns, and what follows what
    loopvae...    the loop paper's continuous VAEs, the yardsticks
    piano...      the piano paper's: tokens of many voices
    melody...     the melody paper's eight versions
    lead...       the lead: one voice, in a style and a key

Trained on, with music of one's own:

    own...        somebody's folder of MIDI -> data set -> a model for a preset
    bases readback readbeats readlead graphfile    a preset's graphs as models that can learn on
    finetune tune... settling    these, trained on
    fold...       whether that helps: five-fold, by song

Measures:

    measurable unread    what `evaluate` is asked to measure, and the options that this reads
    evaluate loop_evaluate throughmodel loopfigures    a loop model: its data, and what it draws
    measures embedding    how loop-like, varied and new loops are; loops as points
    likeness neighbours twosample    how like real ones: by neighbours, and by a judge
    paper...      the loop paper's tables, all models side by side
    listening... kruskal    a blind listening test, and what its ratings say
    tables pictures kept    figures as text, JSON and SVG; long measurements that can be cut off
"""
