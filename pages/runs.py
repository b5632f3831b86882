"""All of a learner's runs: open, compare, delete, take along."""

from contextlib import suppress
from pathlib import Path

import streamlit as st

from app.lab import NotYoursError
from app.rooms import room_of
from app.runs.compare import differences, label, table
from app.runs.run import Run
from app.ui.charts import comparison_chart
from app.ui.refusals import say_what_fails, what_failed
from app.ui.session import lab, learner

PAGES = Path(__file__).parent

ACCURACIES = ["Test accuracy", "Training accuracy"]
PERCENT = "%5.1f%%"

TABLE = "runs.table"
"""Key in the session of how many tables there were before this one."""


def choose(runs: list[Run]) -> list[Run]:
    """The table of all runs; returns those that are ticked."""
    frame = table(runs)
    frame[ACCURACIES] *= 100
    st.caption("Tick one run to open or delete it, several to compare them.")
    chosen = st.dataframe(
        frame,
        hide_index=True,
        placeholder="–",
        on_select=keep,  # what was to be deleted is not what is ticked now
        selection_mode="multi-row",
        key=f"runs-{st.session_state.get(TABLE, 0)}",
        alt="My runs, newest first.",
        column_config={
            "Started": st.column_config.DatetimeColumn(format="distance"),
            "Test accuracy": st.column_config.ProgressColumn(format=PERCENT, min_value=0, max_value=100),
            "Training accuracy": st.column_config.NumberColumn(format=PERCENT),
            "Seconds": st.column_config.NumberColumn(format="%.2f"),
        },
    )
    return [runs[row] for row in chosen.selection.rows if row < len(runs)]


def actions(chosen: list[Run], runs: list[Run]) -> None:
    """What can be done with the ticked runs."""
    with st.container(horizontal=True):
        if st.button("Open", icon=":material/open_in_new:", disabled=len(chosen) != 1, type="primary"):
            run = chosen[0]
            st.switch_page(
                PAGES / room_of(run.experiment.dataset).page, query_params={"part": "Train", "run": run.id}
            )
        st.button(
            f"Delete {len(chosen)}" if chosen else "Delete",
            icon=":material/delete:",
            disabled=not chosen,
            on_click=confirm_deletion,
            args=(tuple(run.id for run in chosen),),
        )
        st.download_button(
            "All as CSV",
            icon=":material/download:",
            data=table(runs).to_csv(index=False).encode(),
            file_name="unroll-runs.csv",
            mime="text/csv",
            on_click="ignore",
        )
    if doomed := st.session_state.get("doomed"):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"Delete {len(doomed)} run{'s' if len(doomed) > 1 else ''} with all curves and snapshots?"
            )
            st.button("Delete for good", type="primary", on_click=delete, args=(doomed,))
            st.button("Keep", on_click=keep)


def confirm_deletion(run_ids: tuple[str, ...]) -> None:
    """Ask before anything is lost."""
    st.session_state["doomed"] = run_ids


def keep() -> None:
    """Delete nothing."""
    st.session_state["doomed"] = ()


def delete(run_ids: tuple[str, ...]) -> None:
    """Delete for good."""
    keep()
    # Another table: the browser would keep the ticks where they were, beside what are other runs by now.
    st.session_state[TABLE] = st.session_state.get(TABLE, 0) + 1

    def delete_them() -> None:
        for run_id in run_ids:
            with suppress(NotYoursError):  # it was deleted already, in another tab
                lab().delete(learner(), run_id)

    say_what_fails(delete_them)


def compare(chosen: list[Run]) -> None:
    """Settings that differ, and the curves in one picture."""
    st.subheader("Compared")
    curves = {label(run, chosen): lab().curve(run.id) for run in chosen}
    left, right = st.columns(2)
    for column, metric in ((left, "accuracy"), (right, "loss")):
        picture = comparison_chart(metric, curves)
        column.vega_lite_chart(
            picture.frame,
            picture.spec,
            key=f"compare-{metric}",
            alt=f"Test {metric} by epoch, a line for each run.",
        )
    st.dataframe(
        differences(chosen), height="content", alt="Results, and the settings in which the runs differ."
    )


st.title("My runs")
what_failed()
runs = lab().runs(learner(), limit=None)
if runs:
    chosen = choose(runs)
    actions(chosen, runs)
    if len(chosen) > 1:
        compare(chosen)
else:
    st.info("There are no runs of yours.", icon=":material/history:")
    if st.button("Train an LSTM on curves", type="primary", icon=":material/play_arrow:"):
        st.switch_page(PAGES / "shapes.py", query_params={"part": "Train"})
