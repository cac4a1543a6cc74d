"""The normal distribution in a graph: the place of a number, and the number at a place.

ONNX has the error function but not its inverse; this is the one of M. Giles for single precision
("Approximating the erfinv function", 2010), two polynomials of a logarithm.
"""

from collections.abc import Sequence
from math import sqrt

from loopwright.export.graph import Graph, Value

EDGE = 5.0  # of the logarithm, between the two
MIDDLE, TAIL = 2.5, 3.0  # where each polynomial is centred
NEAR = (
    2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503,
    -0.00417768164, 0.246640727, 1.50140941,
)  # fmt: skip
FAR = (
    -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613,
    0.00943887047, 1.00167406, 2.83297682,
)  # fmt: skip
ROOT = sqrt(2.0)


def quantile(g: Graph, middle: Value) -> Value:
    """Return the normal number at the place (1 + middle) / 2, middle between -1 and 1."""
    one = g.number(1.0)
    inside = g("Mul", g("Sub", one, middle), g("Add", one, middle))
    w = g("Neg", g("Log", inside))
    near = polynomial(g, NEAR, g("Sub", w, g.number(MIDDLE)))
    far = polynomial(g, FAR, g("Sub", g("Sqrt", w), g.number(TAIL)))
    chosen = g("Where", g("Less", w, g.number(EDGE)), near, far)
    return g("Mul", g("Mul", chosen, middle), g.number(ROOT))


def polynomial(g: Graph, terms: Sequence[float], x: Value) -> Value:
    """Return the polynomial of x whose highest term comes first."""
    total = g.number(terms[0])
    for term in terms[1:]:
        total = g("Add", g("Mul", total, x), g.number(term))
    return total


def place_of(g: Graph, x: Value) -> Value:
    """Return the place (0..1) of normal numbers."""
    half = g.number(0.5)
    return g("Mul", half, g("Add", g.number(1.0), g("Erf", g("Div", x, g.number(ROOT)))))
