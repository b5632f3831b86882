"""What a run has drawn reaches the browser, even if a fragment runs before it was sent; then the address."""

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

import app.server  # noqa: F401  # which installs it
from app.ui.outbox import Outbox

FRAGMENT = "curves"


def drawn(words: str, place: int) -> ForwardMsg:
    """An element of the fragment."""
    message = ForwardMsg()
    message.metadata.delta_path[:] = [0, place]
    message.delta.new_element.markdown.body = words
    message.delta.fragment_id = FRAGMENT
    return message


def finished() -> ForwardMsg:
    """The word that a run of the whole page has drawn everything."""
    message = ForwardMsg()
    message.script_finished = ForwardMsg.FINISHED_SUCCESSFULLY
    return message


def address(query: str) -> ForwardMsg:
    """What a page puts into the address."""
    message = ForwardMsg()
    message.page_info_changed.query_string = query
    return message


def sent(queue: ForwardMsgQueue) -> list[str]:
    """What the browser gets: the words of elements, addresses, and an end."""
    return [
        message.delta.new_element.markdown.body or message.page_info_changed.query_string or "end"
        for message in queue.flush()
    ]


@pytest.fixture
def outbox() -> Outbox:
    """A run of the whole page is over, and nothing of it was sent yet."""
    outbox = Outbox()
    fill(outbox)
    return outbox


def fill(queue: ForwardMsgQueue) -> None:
    """Put in what a run of the whole page says."""
    for message in (drawn("loss", 0), drawn("accuracy", 1), finished()):
        queue.enqueue(message)


def test_a_fragment_that_runs_next_takes_nothing_back(outbox: Outbox) -> None:
    outbox.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=[FRAGMENT])
    outbox.enqueue(drawn("loss later", 0))
    assert sent(outbox) == ["loss", "accuracy", "end", "loss later"]


def test_a_run_of_the_whole_page_draws_all_of_it_again(outbox: Outbox) -> None:
    outbox.clear(retain_lifecycle_msgs=True)
    assert sent(outbox) == ["end"]


def test_what_one_run_draws_twice_is_sent_once(outbox: Outbox) -> None:
    outbox.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=[FRAGMENT])
    for words in ("later", "latest"):
        outbox.enqueue(drawn(words, 0))
    assert sent(outbox) == ["loss", "accuracy", "end", "latest"]


def test_everything_is_thrown_away_with_the_session(outbox: Outbox) -> None:
    outbox.clear()
    assert sent(outbox) == []


def test_a_run_says_once_and_at_its_end_what_became_of_the_address() -> None:
    outbox = Outbox()
    for message in (address("a=1"), drawn("loss", 0), address("a=1&b=2")):
        outbox.enqueue(message)
    assert sent(outbox) == ["loss"]
    outbox.clear(retain_lifecycle_msgs=True)  # the next run has begun, and the browser still waits for it
    for message in (drawn("accuracy", 1), finished(), drawn("next", 0), finished()):
        outbox.enqueue(message)
    assert sent(outbox) == ["accuracy", "a=1&b=2", "end", "next", "end"]


def begun(fragment: str = "") -> list[ForwardMsg]:
    """The word that a run begins: two messages."""
    session, status = ForwardMsg(), ForwardMsg()
    session.metadata.run.fragment_ids[:] = [fragment] if fragment else []
    session.new_session.name = "run"
    status.session_status_changed.script_is_running = True
    return [session, status]


def gave_way() -> ForwardMsg:
    """The word that a run ends for the sake of the next."""
    message = ForwardMsg()
    message.script_finished = ForwardMsg.FINISHED_EARLY_FOR_RERUN
    return message


def test_a_run_that_gives_way_before_it_draws_is_not_told_of() -> None:
    outbox = Outbox()
    for message in (*begun(), address("run=1"), gave_way(), *begun(FRAGMENT)):
        outbox.enqueue(message)
        assert outbox.is_empty()
    for message in (drawn("loss", 0), finished()):
        outbox.enqueue(message)
    first, *others = outbox.flush()
    assert first.metadata.run.fragment_ids == [FRAGMENT]
    assert [message.WhichOneof("type") for message in others] == [
        "session_status_changed",
        "delta",
        "page_info_changed",
        "script_finished",
    ]


def test_a_run_that_gives_way_after_it_has_drawn_is_told_of() -> None:
    outbox = Outbox()
    for message in (*begun(), drawn("loss", 0), gave_way()):
        outbox.enqueue(message)
    assert [message.WhichOneof("type") for message in outbox.flush()] == [
        "new_session",
        "session_status_changed",
        "delta",
        "script_finished",
    ]


def test_a_run_that_draws_nothing_is_told_of() -> None:
    outbox = Outbox()
    for message in (*begun(), finished()):
        outbox.enqueue(message)
    assert [message.WhichOneof("type") for message in outbox.flush()] == [
        "new_session",
        "session_status_changed",
        "script_finished",
    ]


def test_sessions_have_it() -> None:
    assert vars(app_session)["ForwardMsgQueue"] is Outbox


def test_streamlit_needs_it() -> None:
    """Where this fails, Streamlit has mended its queue, and ours can go."""
    queue = ForwardMsgQueue()
    fill(queue)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=[FRAGMENT])
    assert sent(queue) == ["end"]
