"""The loop paper's own figures, to stand beside ours. Its corpus is much larger."""

from loopwright.training.measures import Measures

ERRORS = {"loop-ar": 3.68e-3, "loop-nonar": 3.37e-3, "loop-cnn": 3.81e-3, "loop-vq": 5.11e-3}
SHAPES = {
    (32, 16, 256): 6.05e-3,
    (32, 16, 512): 5.11e-3,
    (32, 32, 512): 5.06e-3,
    (64, 16, 256): 3.89e-3,
    (64, 16, 512): 3.33e-3,
    (64, 32, 512): 3.02e-3,
}
COUNT = 120_600


def printed(*row: float | None) -> Measures:
    """Return a row as the paper prints it: HD, FND, FNB, DB, OS, US, UP, ND.

    Kick and crash are not told apart there.
    """
    hd, fnd, fnb, db, overlap, unique, pitches, density = row
    untold = float("nan")
    a, b, c, d, e, f = (untold if v is None else v for v in (hd, fnd, fnb, db, pitches, density))
    return Measures(COUNT, a, b, untold, untold, c, d, unique, overlap, e, f)


DRAWN = {
    "Training set": printed(4.43e-4, 1, 1, 0, 1, 0.51, 10.50, 0.92),
    "loop-ar": printed(4.05e-3, 0.99, 0.44, 1.51e-2, None, None, 10.61, 0.73),
    "loop-nonar": printed(2.79e-3, 1, 0.41, 1.89e-2, None, None, 10.79, 0.75),
    "loop-cnn": printed(7.33e-3, 0.96, 0.71, 4.44e-2, None, None, 13.81, 0.77),
    "loop-vq (argmax)": printed(1.44e-3, 1, 0.98, 1.10e-3, 0.28, 4.08e-3, 8.77, 0.94),
    "loop-vq (temp 1)": printed(4.25e-3, 1, 0.98, 2.21e-3, 7.97e-2, 0.50, 9.94, 0.91),
    "loop-vq (temp 1.5)": printed(1.23e-2, 1, 0.98, 2.56e-3, 2.45e-2, 0.90, 11.58, 0.89),
    "loop-vq (temp 2)": printed(1.82e-2, 1, 0.97, 3.09e-3, 2.89e-3, 0.99, 14.05, 0.88),
}
COPIED = {
    "loop-vq (argmax)": printed(1.56e-3, 1, 0.98, 1.01e-3, 0.25, 4.11e-3, 8.69, 0.95),
    "loop-vq (temp 1)": printed(3.58e-3, 1, 0.98, 2.18e-3, 7.12e-2, 0.62, 10.02, 0.91),
    "loop-vq (temp 1.5)": printed(6.89e-3, 1, 0.98, 2.61e-3, 2.25e-2, 0.92, 11.44, 0.90),
    "loop-vq (temp 2)": printed(9.99e-3, 1, 0.97, 3.14e-3, 2.95e-3, 0.99, 13.72, 0.88),
}
