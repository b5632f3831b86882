"""Three repairs of Streamlit's queue of messages to the browser.

What one run has drawn is sent before the next. When the run of a fragment starts, Streamlit drops what the
run before has drawn in that fragment and not sent yet, but sends its word that all has been drawn. The
browser then takes away whatever it was not sent, as left over, and builds it anew a moment later: a live
chart blinks and loses what the learner has pointed at. It happens when a tick of the fragment comes during a
run of the whole page, most often on a busy machine.

And a run says once, at its end, what has become of the address. Streamlit says it with each name that a page
puts there: each time the browser adds a page to its history, so that one click takes several Backs to undo.

And a run that gives way to the next before it has drawn anything, since a click asked for a certain fragment,
is not told of at all. The browser would go through the whole page for it.
"""

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue


class Outbox(ForwardMsgQueue):
    """The queue, from which the run of a fragment takes nothing back, and in which the address comes last."""

    def __init__(self) -> None:
        """Nothing is said yet."""
        super().__init__()
        self._address: ForwardMsg | None = None
        self._beginning: list[ForwardMsg] = []

    def enqueue(self, msg: ForwardMsg) -> None:
        """Put a message in, unless it waits.

        One that tells of the address waits for the end of the run: the last has all. Those that tell of a
        run's beginning wait for what comes next.
        """
        kind = msg.WhichOneof("type")
        if kind == "page_info_changed":
            self._address = msg
            return
        if kind == "new_session" or (kind == "session_status_changed" and self._beginning):
            self._beginning.append(msg)
            return
        if self._beginning and msg.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self._beginning.clear()
            return
        for earlier in self._beginning:
            super().enqueue(earlier)
        self._beginning.clear()
        if kind == "script_finished" and self._address is not None:
            super().enqueue(self._address)
            self._address = None
        super().enqueue(msg)

    def clear(
        self, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
    ) -> None:
        """Empty the queue; before the run of a fragment, only stop changing what is in it.

        Args:
            retain_lifecycle_msgs: keep what says how runs go.
            fragment_ids_this_run: of the run that starts; None if it is one of the whole page, which draws
                everything again.
        """
        if retain_lifecycle_msgs and fragment_ids_this_run:
            self._delta_index_map = {}  # or what comes next would take the place of what was drawn before
        else:
            super().clear(retain_lifecycle_msgs, fragment_ids_this_run)


def install() -> None:
    """Give it to all sessions that start from now on."""
    app_session.ForwardMsgQueue = Outbox  # type: ignore[attr-defined]  # what sessions make theirs from
