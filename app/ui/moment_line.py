"""Where in a run's training a moment lies: its accuracy, small, with a line at the moment."""

import streamlit as st

from app.ui.charts import moment_chart
from app.ui.session import lab
from app.ui.timeline import Moment


def moment_line(moment: Moment, key: str) -> None:
    """Show the accuracy of the run, and the moment in it.

    Args:
        moment: the run and the step.
        key: of the chart.
    """
    picture = moment_chart(lab().curve(moment.run.id), moment.run.steps, moment.step)
    # Always the same words: Streamlit writes them into the chart, which is drawn anew when they change.
    st.vega_lite_chart(
        picture.frame,
        picture.spec,
        key=key,
        alt="Accuracy of the run by step, on training and on test examples, with a line at the moment shown.",
    )
