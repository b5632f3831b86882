"""Our own set of analogies, and how many of them a space solves.

Each relation is a list of pairs; any two of its pairs make an analogy: a : b :: c : d, of which d is asked
for. So 16 pairs give 240 analogies. Pairs were chosen so that both words are common, and each word stands
once in a relation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from models.algebra import EPSILON, Method
from models.vectors import VectorError, VectorSpace, Within
from models.vocabulary import Ids

Pair = tuple[str, str]

BLOCK = 32_768
"""Words whose cosines are taken at once: few large products, since on a busy computer the threads of many
small ones would wait for each other."""
COLUMNS = 2048
"""Words that are scored at once, for all analogies of a relation: 240 × 2048 numbers are 2 MB."""


def _pairs(text: str) -> tuple[Pair, ...]:
    words = text.split()
    return tuple(zip(words[::2], words[1::2], strict=True))


RELATIONS: Mapping[str, tuple[Pair, ...]] = {
    "capital of a country": _pairs(
        "paris france  berlin germany  rome italy  madrid spain  lisbon portugal  vienna austria  "
        "warsaw poland  budapest hungary  athens greece  moscow russia  tokyo japan  beijing china  "
        "cairo egypt  ottawa canada  oslo norway  tehran iran"
    ),
    "country and its people": _pairs(
        "france french  germany german  italy italian  spain spanish  portugal portuguese  "
        "poland polish  hungary hungarian  greece greek  russia russian  japan japanese  "
        "china chinese  egypt egyptian  canada canadian  norway norwegian  sweden swedish  "
        "turkey turkish"
    ),
    "country and currency": _pairs(
        "japan yen  china yuan  russia ruble  india rupee  mexico peso  thailand baht  poland zloty  "
        "brazil real  sweden krona  switzerland franc  korea won  britain pound  america dollar  "
        "europe euro"
    ),
    "man and woman": _pairs(
        "man woman  boy girl  king queen  prince princess  father mother  son daughter  "
        "brother sister  husband wife  uncle aunt  nephew niece  grandfather grandmother  "
        "actor actress  waiter waitress  hero heroine  he she  his her"
    ),
    "one and many": _pairs(
        "cat cats  house houses  city cities  child children  foot feet  mouse mice  car cars  "
        "book books  country countries  tree trees  woman women  hand hands  eye eyes  bird birds  "
        "road roads  dollar dollars"
    ),
    "more": _pairs(
        "big bigger  small smaller  good better  bad worse  fast faster  slow slower  high higher  "
        "low lower  old older  young younger  strong stronger  weak weaker  long longer  "
        "short shorter  warm warmer  cheap cheaper"
    ),
    "most": _pairs(
        "big biggest  small smallest  good best  bad worst  fast fastest  slow slowest  "
        "high highest  low lowest  old oldest  young youngest  strong strongest  weak weakest  "
        "long longest  great greatest  rich richest  cheap cheapest"
    ),
    "yesterday": _pairs(
        "go went  see saw  take took  give gave  say said  make made  know knew  write wrote  "
        "run ran  play played  walk walked  work worked  think thought  buy bought  sing sang  "
        "fall fell"
    ),
    "doing": _pairs(
        "go going  see seeing  take taking  give giving  say saying  make making  write writing  "
        "run running  play playing  walk walking  work working  think thinking  buy buying  "
        "sing singing  fall falling  read reading"
    ),
    "opposite": _pairs(
        "hot cold  big small  good bad  fast slow  high low  old new  strong weak  long short  "
        "rich poor  open closed  happy sad  light dark  day night  up down  left right  early late"
    ),
    "animal and young": _pairs(
        "cat kitten  dog puppy  cow calf  sheep lamb  horse foal  bear cub  goose gosling  "
        "duck duckling  goat kid  deer fawn  frog tadpole  hen chick  pig piglet  kangaroo joey"
    ),
    "worker and work": _pairs(
        "writer book  painter painting  baker bread  composer music  farmer crops  teacher school  "
        "doctor hospital  soldier army  judge court  singer song  sailor ship  pilot plane  "
        "photographer photo  poet poem"
    ),
    "adverb": _pairs(
        "quick quickly  slow slowly  quiet quietly  happy happily  sad sadly  easy easily  "
        "sudden suddenly  clear clearly  safe safely  rapid rapidly  serious seriously  "
        "strong strongly  free freely  complete completely  recent recently  usual usually"
    ),
}
"""Pairs by relation; within a relation all words differ."""


@dataclass(frozen=True)
class Score:
    """How many analogies of one relation were solved with one method.

    Attributes:
        relation: its name.
        method: how answers were scored.
        asked: analogies whose four words the space has.
        solved: how many of them had the expected word as best answer, the other three words being left out.
        solved_openly: the same if they are not left out.
        echoed: how often the best answer, if they are not, is one of those three words.
        missing: words of the relation that the space does not have.
    """

    relation: str
    method: Method
    asked: int
    solved: int
    solved_openly: int
    echoed: int
    missing: tuple[str, ...]

    @property
    def accuracy(self) -> float | None:
        """Share that was solved, from 0 to 1; None if nothing could be asked."""
        return self.solved / self.asked if self.asked else None


def count(relations: Mapping[str, Sequence[Pair]] = RELATIONS) -> int:
    """How many analogies there are."""
    return sum(len(pairs) * (len(pairs) - 1) for pairs in relations.values())


def score(
    space: VectorSpace,
    methods: Sequence[Method] = get_args(Method),
    within: Within = None,
    relations: Mapping[str, Sequence[Pair]] = RELATIONS,
) -> Iterator[Score]:
    """Solve all analogies, exactly and over all words that may be found.

    Args:
        space: in whose basis they are solved.
        methods: one or both. Default: both.
        within: the words that may be answers; an analogy whose answer is not among them is not asked.
            Default: all words.
        relations: pairs by relation. Default: our own set.

    Yields:
        A score for each relation and method, relation by relation; 0.3 s each over 400,000 words.

    Raises:
        VectorError: there is no such method, or `within` is out of range.
    """
    if not set(methods) <= set(get_args(Method)):
        raise VectorError(f"Analogies can be scored by {' and '.join(get_args(Method))} only.")
    chosen = space.select(within)
    for relation, pairs in relations.items():
        yield from _score_relation(space, chosen, relation, pairs, methods)


def _score_relation(
    space: VectorSpace, chosen: Ids | slice, relation: str, pairs: Sequence[Pair], methods: Sequence[Method]
) -> Iterator[Score]:
    numbers = np.arange(len(space))[chosen]
    found = {word: space.vocabulary.find(word) for pair in pairs for word in pair}
    missing = tuple(word for word, number in found.items() if number is None)
    words = [word for word, number in found.items() if number is not None]
    place = {word: spot for spot, word in enumerate(words)}
    known = [(place[a], place[b]) for a, b in pairs if a in place and b in place]
    ids = np.array([found[word] for word in words], np.int64)
    is_possible = np.isin(ids, numbers)
    asked = np.array(
        [(a, b, c, d) for a, b in known for c, d in known if a != c and is_possible[d]], np.int64
    ).reshape(-1, 4)
    if not len(asked):
        yield from (Score(relation, method, 0, 0, 0, 0, missing) for method in methods)
        return
    units = space.rows.units(ids)
    best = {method: _Best(ids[asked[:, :3]]) for method in methods}
    for start in range(0, len(numbers), BLOCK):
        block = numbers[start : start + BLOCK]
        # Cosines of the relation's words with some words: from these follow the scores of all analogies.
        cosines = space.rows.cosines(units, block)
        for first in range(0, len(block), COLUMNS):
            part = slice(first, first + COLUMNS)
            for method, kept in best.items():
                kept.look_at(block[part], _values(method, cosines[:, part], asked))
    for method, kept in best.items():
        answers = ids[asked[:, 3]]
        yield Score(
            relation,
            method,
            asked=len(asked),
            solved=int((kept.others == answers).sum()),
            solved_openly=int((kept.all == answers).sum()),
            echoed=int((kept.all[:, None] == ids[asked[:, :3]]).any(axis=1).sum()),
            missing=missing,
        )


def _values(method: Method, cosines: NDArray[np.float32], asked: Ids) -> NDArray[np.float32]:
    """For each analogy, a row: the score of each word (for 3CosAdd but for a factor of the analogy)."""
    a, b, c = asked[:, 0], asked[:, 1], asked[:, 2]
    if method == "3CosAdd":
        values = cosines[b]
        values -= cosines[a]
        values += cosines[c]
    else:
        half = (1 + cosines) / np.float32(2)
        values = half[b]
        values *= half[c]
        values *= (1 / (half + np.float32(EPSILON)))[a]
    return values


class _Best:
    """The best word so far for each analogy: of all, and of all but the words of its question."""

    def __init__(self, questions: Ids) -> None:
        self.questions = questions
        self.all = np.full(len(questions), -1)
        self.others = np.full(len(questions), -1)
        self._highest = np.full(len(questions), -np.inf, np.float32)
        self._highest_of_others = self._highest.copy()

    def look_at(self, ids: Ids, values: NDArray[np.float32]) -> None:
        """Compare some words, by their values of shape (analogies, words), which are changed."""
        _keep(ids, values, self.all, self._highest)
        # Numbers ascend, so a word's column is found by bisection, if it is here.
        columns = np.minimum(np.searchsorted(ids, self.questions), len(ids) - 1)
        rows, which = np.nonzero(ids[columns] == self.questions)
        values[rows, columns[rows, which]] = -np.inf
        _keep(ids, values, self.others, self._highest_of_others)


def _keep(ids: Ids, values: NDArray[np.float32], best: Ids, highest: NDArray[np.float32]) -> None:
    columns = values.argmax(axis=1)
    found = np.take_along_axis(values, columns[:, None], axis=1)[:, 0]
    is_better = found > highest
    best[is_better] = ids[columns[is_better]]
    highest[is_better] = found[is_better]
