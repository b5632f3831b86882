"""Digits of our own, as strokes on a pad: what a person might draw, for tests that read them.

Three hands: a careful one that draws upright and round, a quick one that leans to the right and joins what it
can, and an unsteady one with corners, gaps and lines that overshoot. Pad coordinates: x from left to right, y
from top to bottom, 0 to 1.
"""

from math import cos, pi, sin

Point = tuple[float, float]
Stroke = list[Point]
Strokes = list[Stroke]


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float, points: int = 24) -> Stroke:
    """Part of an ellipse around (x, y); angles in degrees, 0 to the right, 90 downwards."""
    angles = [pi / 180 * (start + (end - start) * i / (points - 1)) for i in range(points)]
    return [(x + rx * cos(angle), y + ry * sin(angle)) for angle in angles]


def path(*numbers: float) -> Stroke:
    """Straight lines through points given as x, y, x, y, …, in hundredths of the pad."""
    return [(x / 100, y / 100) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]


def leaning(strokes: Strokes, by: float = 0.22) -> Strokes:
    """The same, sheared: what is higher moves to the right."""
    return [[(x + by * (0.5 - y), y) for x, y in stroke] for stroke in strokes]


CAREFUL: dict[int, Strokes] = {
    0: [arc(0.5, 0.5, 0.24, 0.36, -90, 270, 40)],
    1: [path(36, 28, 52, 14, 52, 86)],
    2: [arc(0.5, 0.33, 0.21, 0.19, -170, 40) + path(28, 86, 74, 86)],
    3: [arc(0.48, 0.31, 0.2, 0.17, -160, 90) + arc(0.48, 0.67, 0.23, 0.19, -90, 155)],
    4: [path(58, 14, 26, 60, 78, 60), path(62, 38, 62, 88)],
    5: [path(70, 15, 35, 15, 32, 45) + arc(0.48, 0.64, 0.22, 0.22, -130, 140)],
    6: [path(64, 13, 48, 24, 36, 42, 29, 60) + arc(0.5, 0.67, 0.21, 0.19, 180, 540)],
    7: [path(26, 16, 74, 16, 60, 40, 50, 62, 44, 87)],
    8: [arc(0.5, 0.32, 0.17, 0.17, 90, 450), arc(0.5, 0.67, 0.21, 0.18, -90, 270)],
    9: [arc(0.48, 0.34, 0.19, 0.19, 0, 360) + path(67, 34, 66, 60, 60, 87)],
}

QUICK: dict[int, Strokes] = {
    0: leaning([arc(0.5, 0.5, 0.2, 0.35, -60, 310, 40)]),
    1: leaning([path(50, 15, 50, 85)]),
    2: leaning(
        [
            arc(0.5, 0.32, 0.18, 0.17, -150, 50)
            + path(48, 62, 34, 80)
            + arc(0.36, 0.79, 0.06, 0.05, 150, 330)
            + path(52, 82, 62, 86, 72, 82)
        ]
    ),
    3: leaning(
        [
            path(32, 22)
            + arc(0.47, 0.32, 0.18, 0.16, -130, 70)
            + path(45, 49)
            + arc(0.46, 0.67, 0.2, 0.18, -80, 130)
        ]
    ),
    4: leaning([path(38, 16, 30, 54, 36, 57, 68, 52), path(66, 18, 60, 50, 58, 88)]),
    5: leaning([path(40, 18, 35, 46) + arc(0.46, 0.65, 0.19, 0.2, -110, 130), path(40, 18, 68, 15)]),
    6: leaning([path(56, 12, 40, 34, 31, 58) + arc(0.47, 0.69, 0.16, 0.16, 170, 500)]),
    7: leaning([path(28, 22, 32, 18, 68, 17, 56, 44, 46, 86), path(36, 52, 66, 50)]),
    8: leaning(
        [
            path(64, 20, 50, 14, 38, 20, 37, 32, 50, 46, 62, 60, 63, 74, 52, 85)
            + path(38, 78, 36, 66, 46, 52, 60, 38, 66, 26, 64, 20)
        ]
    ),
    9: leaning(
        [path(64, 24, 52, 15, 38, 24, 36, 40, 46, 48, 58, 42, 64, 26, 62, 60), path(62, 58, 58, 76, 54, 88)]
    ),
}

UNSTEADY: dict[int, Strokes] = {
    0: [path(52, 14, 38, 18, 27, 33, 23, 52, 30, 74, 44, 86, 60, 84, 73, 69, 77, 48, 70, 27, 58, 17, 47, 15)],
    1: [path(38, 30, 48, 20, 53, 13, 51, 38, 53, 62, 51, 86), path(36, 87, 52, 85, 66, 87)],
    2: [path(27, 32, 33, 19, 48, 13, 64, 18, 69, 33, 61, 49, 46, 65, 28, 84, 45, 82, 60, 85, 76, 83)],
    3: [
        path(28, 18, 48, 14, 67, 20, 68, 33, 58, 43, 43, 48),
        path(42, 47, 62, 50, 72, 62, 68, 77, 52, 86, 30, 81),
    ],
    4: [path(36, 13, 33, 35, 27, 55, 45, 53, 76, 55), path(64, 30, 62, 55, 64, 89)],
    5: [
        path(36, 16, 34, 30, 31, 46, 48, 42, 64, 48, 71, 62, 65, 77, 50, 86, 29, 82),
        path(36, 17, 54, 14, 73, 16),
    ],
    6: [path(60, 12, 46, 27, 34, 46, 28, 66, 34, 81, 48, 88, 64, 82, 69, 69, 60, 57, 46, 56, 33, 65)],
    7: [path(24, 18, 50, 15, 75, 19, 68, 33, 58, 50, 52, 69, 49, 88)],
    8: [
        path(54, 47, 38, 39, 34, 26, 44, 15, 59, 15, 67, 27, 60, 40, 50, 48)
        + path(36, 58, 30, 72, 40, 85, 58, 86, 70, 75, 66, 60, 54, 48)
    ],
    9: [path(66, 28, 54, 15, 38, 18, 31, 32, 39, 46, 55, 46, 66, 31), path(68, 20, 66, 42, 66, 65, 63, 88)],
}

HANDS: dict[str, dict[int, Strokes]] = {"careful": CAREFUL, "quick": QUICK, "unsteady": UNSTEADY}
"""Each digit in each hand."""

DIGITS: list[tuple[int, Strokes]] = [
    (digit, strokes) for hand in HANDS.values() for digit, strokes in hand.items()
]
"""All of them with what they show."""
