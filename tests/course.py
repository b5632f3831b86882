"""Whether the course's movie reviews are here: the networks that come with Unroll know their words only.

In the substitute the same id is another word, so those networks are not offered with it, and what tests them
is skipped. That they are not offered then is tested in any case (`tests/app/test_lab.py`).
"""

from functools import cache

NO_COURSE_REVIEWS = (
    "the course's movie reviews are not on this computer, and the networks that come with Unroll "
    "do not know the words of the substitute"
)


@cache
def course_reviews_at_hand() -> bool:
    """Whether the movie reviews here have the course's vocabulary."""
    import data  # noqa: PLC0415  # and with it NumPy, which `tests/conftest.py` gives settings before
    from data import sst2  # noqa: PLC0415
    from data.text import TextDataset  # noqa: PLC0415

    try:
        reviews = data.load("sst2")
    except data.DataError:
        return False
    return isinstance(reviews, TextDataset) and reviews.vocabulary.fingerprint == sst2.COURSE_VOCABULARY
