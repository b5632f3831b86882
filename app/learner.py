"""A learner is known by a random id that the browser keeps in a cookie. There are no accounts."""

import re
import secrets

COOKIE = "unroll_learner"
_PATTERN = re.compile(r"[A-Za-z0-9_-]{22}")


def new_learner() -> str:
    """An id of 128 random bits: who knows it may change the learner's runs, so it is never shown."""
    return secrets.token_urlsafe(16)


def is_learner(value: str) -> bool:
    """Whether a cookie's value can be a learner's id."""
    return _PATTERN.fullmatch(value) is not None
