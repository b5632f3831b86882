"""The formula bar: answers while one types, what is wrong and where, words to go on with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import escape

import streamlit as st

from app.ui.algebra.bars import ORANGE, Bar, bars_html
from app.ui.algebra.editing import finish, last_word, pointer, replace_word
from app.ui.algebra.gallery import FIRST, gallery, note_on
from app.ui.algebra.look import the_figure, the_numbers
from app.ui.algebra.within import choose_within
from app.ui.live import AT_ONCE
from app.ui.words import plain
from models.algebra import Method, Solution, solve
from models.formula import FormulaError
from models.formula_tokens import quote
from models.vectors import Neighbour, VectorSpace

FORMULA, EXCLUDE, FROM = "formula", "exclude", "answers"
"""Keys of the widgets and names in the address."""

GOOD = "algebra.good"
"""The last formula that could be solved: what is shown while the next is being typed."""

SHOWN = 10
OFFERED = 6
MOST = 2_000
"""Characters that are looked at: more than any formula may have."""

HINT = (
    "Join words by + and −. Weights: **2\\*king**. Parentheses: **king − (man − woman)**. Analogies: "
    '**king : man :: queen : ?** Odd words in quotes: **"c++"**.'
)


@dataclass(frozen=True)
class Answered:
    """A formula solved.

    Attributes:
        solution: with the answers that are shown.
        first: the best word of all, whether it stands in the formula or not.
    """

    solution: Solution
    first: Neighbour | None


def algebra(space: VectorSpace) -> None:
    """The formula bar, and formulas to try."""
    _formula_bar(space)
    gallery(put_formula)


@st.fragment
def _formula_bar(space: VectorSpace) -> None:
    """All that changes with a key is in this fragment, and no more: it is sent anew with each."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        text = _box()
        within = choose_within(space, FROM)
        exclude = st.toggle(
            "Leave out the formula's words",
            value=True,
            key=EXCLUDE,
            bind="query-params",
            persist_state="session",
            help="Everybody does so, mostly without saying it. Switch it off: how often is the answer one of "
            "the words that you put in?",
        )
    answered: Answered | None
    try:
        answered = answer(text, space, "3CosAdd", exclude=exclude, within=within)
    except FormulaError as error:
        _problem(text, error)
        _words(_meant(text, error, space), "Did you mean", partial(_replace, text, error.position))
        answered = _last_good(space, exclude=exclude, within=within)
    else:
        st.session_state[GOOD] = text
        note = note_on(text, space, within)
        st.caption(f":material/lightbulb: {plain(note)}" if note else HINT)
        _words(_longer(text, space), "Or go on with", partial(_finish, text))
    if answered is not None:
        _answers(answered, space, exclude=exclude, within=within)
        the_numbers(answered.solution, space)


def put_formula(text: str) -> None:
    """Put a formula into the bar: in a callback."""
    st.session_state[FORMULA] = text


def answer(
    formula: str, space: VectorSpace, method: Method, *, exclude: bool, within: int | None = None
) -> Answered:
    """Solve a formula once, for the answers and for what would come first.

    Args:
        formula: as it was typed.
        space: where the words have vectors.
        method: how answers are scored.
        exclude: whether the formula's own words are left out.
        within: so many words, the first ones, may be answers. Default: all.

    Raises:
        FormulaError: as `models.algebra.solve`.
    """
    # A formula of 500 characters has at most 250 words, so enough is left when they are taken out.
    solution = solve(formula, space, SHOWN + 250, method, exclude_inputs=False, within=within)
    words = {term.text for term in solution.terms}
    answers = [found for found in solution.answers if not (exclude and found.word in words)]
    return Answered(replace(solution, answers=answers[:SHOWN]), next(iter(solution.answers), None))


def _box() -> str:
    text = st.text_input(
        "Formula",
        FIRST,
        key=FORMULA,
        bind="query-params",
        live=AT_ONCE,
        persist_state="session",
        placeholder=FIRST,
        autocomplete="off",
    )
    return (text or "")[:MOST]


def _problem(text: str, error: FormulaError) -> None:
    """The formula with a caret below the place that the error is about."""
    shown = pointer(text, error.position)
    st.html(
        '<pre style="margin: 0; padding: 0; background: none; border: none; color: inherit; '
        f'line-height: 1.2; overflow-x: auto">{escape(shown.line)}\n'
        f'<b style="color: {ORANGE}">{escape(shown.caret)}</b></pre>'
    )
    st.markdown(f":material/error: {plain(str(error))}")


def _last_good(space: VectorSpace, *, exclude: bool, within: int | None) -> Answered | None:
    """What was solved before, so that nothing jumps while one types."""
    before = st.session_state.get(GOOD, "")
    if not before:
        return None
    try:
        answered = answer(before, space, "3CosAdd", exclude=exclude, within=within)
    except FormulaError:  # in other vectors
        return None
    st.caption(f"Still shown: {plain(str(answered.solution.formula))}")
    return answered


def _longer(text: str, space: VectorSpace) -> list[str]:
    """Words that begin with the last word of the formula, the most frequent first."""
    word = last_word(text)
    if not word:
        return []
    found = space.vocabulary.complete(word, OFFERED + 1)
    return [longer for longer in found if longer.lower() != word.lower()][:OFFERED]


def _meant(text: str, error: FormulaError, space: VectorSpace) -> list[str]:
    """What may have been meant: half of a word that is being typed, or a word spelt otherwise."""
    word = last_word(text)
    is_last = error.suggestions and word and error.position == len(text) - len(word)
    longer = _longer(text, space)[: OFFERED // 2] if is_last else []
    return list(dict.fromkeys([*longer, *error.suggestions]))


def _words(words: Sequence[str], label: str, put: partial[None]) -> None:
    """Words to click; the row stays where there are none, so that nothing jumps."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", height=46, border=False):
        if words:
            st.caption(f"{label}:", width="content")
        for i, word in enumerate(words[:OFFERED]):
            st.button(plain(word), key=f"word-{i}", type="tertiary", on_click=put, args=(word,))


def _replace(text: str, position: int, word: str) -> None:
    put_formula(replace_word(text, position, word))


def _finish(text: str, word: str) -> None:
    put_formula(finish(text, word))


def _answers(added: Answered, space: VectorSpace, *, exclude: bool, within: int | None) -> None:
    """Both rankings beside each other, and what is left out of them."""
    formula = added.solution.formula
    words = {term.text for term in added.solution.terms}
    left, middle, right = st.columns([1, 1, 1.25], gap="medium")
    with left:
        st.html(_table(added.solution, words, "3CosAdd: cosine with the sum", 1.0))
    with middle:
        try:
            multiplied = answer(str(formula), space, "3CosMul", exclude=exclude, within=within).solution
        except FormulaError as error:
            st.caption(plain(str(error)))
        else:
            top = max([1.0, *(found.score for found in multiplied.answers)])
            st.html(_table(multiplied, words, "3CosMul: similarities multiplied", top))
    with right:
        the_figure(added.solution, space)
    st.caption(_left_out(added, words, exclude=exclude))


def _table(solution: Solution, words: set[str], caption: str, high: float) -> str:
    bars = [
        Bar(found.word, found.score, "in the formula" if found.word in words else "", found.word in words)
        for found in solution.answers
    ]
    return bars_html(bars, caption, low=min([0.0, *(found.score for found in solution.answers)]), high=high)


def _left_out(answered: Answered, words: set[str], *, exclude: bool) -> str:
    """What the exclusion hides, or what its absence shows."""
    first = answered.first.word if answered.first else ""
    named = f"**{plain(first)}**"
    if first not in words:
        return f"Even if the formula's own words may be answers, {named} comes first."
    if not exclude:
        return f"{named} comes first, a word of the formula itself. Most published “answers” leave it out."
    others = ", ".join(plain(quote(word)) for word in sorted(words)[:8])
    return f"Left out: {others}. Were they not, the first answer would be {named}, a word of the formula."
