"""Ready stories: sentences to begin with, and a question that the network then answers."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from app.ui.sentiment.typed import put_sentence


@dataclass(frozen=True)
class Story:
    """Something to try.

    Attributes:
        name: on its button.
        icon: Material icon of the button.
        pinned: the first sentence.
        sentence: the one beside it.
        question: what to look for; nothing is claimed that another run could refute.
        presets: whose reference runs read both.
    """

    name: str
    icon: str
    pinned: str
    sentence: str
    question: str
    presets: tuple[str, ...] = ("sst2-lstm",)


STORIES = (
    Story(
        "“not good”",
        "block",
        "a good film",
        "not a good film",
        "One word turns the meaning around. Does it turn the verdict around? Look at the number under *not*, "
        "then try *not good* and *never good*.",
    ),
    Story(
        "“not bad at all”",
        "exposure",
        "it is bad",
        "it is not bad at all",
        "To people this is praise. Few reviews say so this way: has the network learned it, or does it see "
        "only *bad*? Follow the points from word to word.",
    ),
    Story(
        "Word order",
        "swap_horiz",
        "the film is funny and never dull",
        "the film is dull and never funny",
        "The same words in another order. A network that averages the words' vectors must say the same of "
        "both. An LSTM reads them one after another and need not.",
        ("sst2-lstm", "sst2-average"),
    ),
    Story(
        "Unknown words",
        "question_mark",
        "a gorgeous , hilarious film",
        "a gorgeus , hillarious film",
        "A slip of the pen, and the words are gone: all words that are not in the vocabulary share one id, "
        "OOV. What is left to judge by? Below, the nearest known words are one click away.",
    ),
    Story(
        "Irony",
        "sentiment_stressed",
        "what a great way to spend two hours",
        "what a great way to waste two hours",
        "The words say one thing and the writer means another. Which word gives it away to the network, if "
        "any does?",
    ),
)


def story_buttons(tell: Callable[[Story], None]) -> None:
    """A button for each story.

    Args:
        tell: what a click does, besides putting the sentence into the box; a callback.
    """
    for number, story in enumerate(STORIES):
        st.button(
            story.name,
            icon=f":material/{story.icon}:",
            key=f"story-{number}",
            type="tertiary",
            on_click=_tell,
            args=(story, tell),
        )


def _tell(story: Story, tell: Callable[[Story], None]) -> None:
    put_sentence(story.sentence)
    tell(story)


def story_of(pinned: str) -> Story | None:
    """The story that a pinned sentence belongs to."""
    return next((story for story in STORIES if story.pinned == pinned), None)
