"""Searching the words themselves: whole words, beginnings, parts, regular expressions.

Regular expressions are RE2's (https://github.com/google/re2/wiki/Syntax): it has no backtracking, so its time
grows with the length of the text and never explodes, whatever the pattern; in return there are no
backreferences and no lookaround. What a pattern may need of memory is bounded, and so is the time in all.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import re2  # type: ignore[import-untyped]  # no type information

from models.vocabulary import Ids, VectorError, Vocabulary

How = Literal["exact", "prefix", "substring", "regex"]

MAX_PATTERN = 200
"""Characters."""
SECONDS = 1.0
"""How long a regular expression may search before what it has found so far is given."""
CHUNK = 500
"""Words that are searched between two looks at the clock."""
MEMORY = 256 * 1024
"""Bytes that a compiled pattern and its states may take."""

_MISLEADING = {"A": "^", "z": "$", "C": "."}
"""Escapes that speak of the whole text or of bytes, which here are many words; and what to take instead."""


class SearchError(VectorError):
    """A pattern that cannot be searched for; the message is one plain sentence."""


@dataclass(frozen=True, eq=False)
class Found:
    """What a search brought.

    Attributes:
        ids: numbers of the words, ascending.
        is_complete: whether all words were searched; False if the time ran out before.
    """

    ids: Ids
    is_complete: bool = True


def search(
    vocabulary: Vocabulary, pattern: str, how: How = "substring", *, match_case: bool = False
) -> Found:
    """Find words by their spelling.

    Args:
        vocabulary: the words.
        pattern: what to look for; nothing is found for an empty one. At most 200 characters.
        how: "exact" for the whole word; "prefix" for its beginning; "substring" (default) for any part of it;
            "regex" for a regular expression that matches any part of it (``^`` and ``$`` tie it to the ends).
        match_case: whether upper and lower case differ. Default: no.

    Raises:
        SearchError: the pattern is too long, or not a regular expression that RE2 knows.
    """
    if how not in get_args(How):
        raise SearchError(f"Words can be searched by {', '.join(get_args(How))}, not by “{how}”.")
    if len(pattern) > MAX_PATTERN:
        raise SearchError(f"A pattern has at most {MAX_PATTERN} characters; this one has {len(pattern):,}.")
    # Half of a surrogate pair cannot be encoded, so no word has it.
    if not pattern or re.search("[\ud800-\udfff]", pattern):
        return Found(np.zeros(0, np.int64))
    if how == "regex":
        return _search_expression(vocabulary, pattern, match_case)
    words = vocabulary.array if match_case else vocabulary.folded
    wanted = pattern if match_case else pattern.lower()
    if how == "exact":
        hits = words == wanted
    elif how == "prefix":
        hits = np.strings.startswith(words, wanted)
    else:
        hits = np.strings.find(words, wanted) >= 0
    return Found(np.flatnonzero(hits).astype(np.int64))


def _search_expression(vocabulary: Vocabulary, pattern: str, match_case: bool) -> Found:
    deadline = time.monotonic() + SECONDS
    for escape in re.findall(r"\\(.)", pattern, re.DOTALL):
        if escape in _MISLEADING:
            raise SearchError(f"“\\{escape}” is not known here. Use {_MISLEADING[escape]} instead.")
    options = re2.Options()
    options.case_sensitive = match_case
    options.max_mem = MEMORY
    options.never_nl = True  # words are searched as lines of a text, and none may match over two
    options.never_capture = True
    options.log_errors = False
    try:
        re2.compile(
            pattern, options
        )  # by itself first: “a)|(b” is wrong, though between parentheses it is not
        expression = re2.compile(f"(?m)^.*?(?:{pattern})", options)
    except re2.error as error:
        reason = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        raise SearchError(f"This is not a regular expression that can be searched for: {reason}.") from error
    found: list[int] = []
    for start in range(0, len(vocabulary), CHUNK):
        if time.monotonic() > deadline:
            return Found(np.array(found, np.int64), is_complete=False)
        # A line break inside a word would make two lines of it.
        lines = [
            word.replace("\n", " ").encode() for word in vocabulary.array[start : start + CHUNK].tolist()
        ]
        starts = np.cumsum([0, *(len(line) + 1 for line in lines)])
        matches = [match.start() for match in expression.finditer(b"\n".join(lines))]
        found += (start + np.unique(np.searchsorted(starts, matches, side="right") - 1)).tolist()
    return Found(np.array(found, np.int64))
