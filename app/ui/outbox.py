"""A repair of Streamlit's queue of messages to the browser: what one run has drawn is sent before the next.

When the run of a fragment starts, Streamlit drops what the run before has drawn in that fragment and not sent
yet, but sends its word that all has been drawn. The browser then takes away whatever it was not sent, as left
over, and builds it anew a moment later: a live chart blinks and loses what the learner has pointed at. It
happens when a tick of the fragment comes during a run of the whole page, most often on a busy machine.
"""

from streamlit.runtime import app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue


class Outbox(ForwardMsgQueue):
    """The queue, from which the run of a fragment takes nothing back."""

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
