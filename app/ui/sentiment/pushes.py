"""How a word and its push are written and coloured, in charts and in lists."""

LONGEST = 16
"""Characters of a word that a picture shows."""

TOWARDS, AWAY = "#d55e00", "#0072b2"
"""Above and below one half: orange and blue, as wherever signs are shown."""


def short(word: str, most: int = LONGEST) -> str:
    """A word, cut where it would burst its place."""
    return word if len(word) <= most else word[: most - 1] + "…"


def signed(value: float) -> str:
    """``+0.31``, ``−0.02``; a change too small to be shown has no sign."""
    text = f"{abs(value):.2f}"
    return text if text == "0.00" else f"{'+' if value > 0 else '−'}{text}"
