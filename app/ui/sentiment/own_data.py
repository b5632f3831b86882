"""Own data: upload texts or curves, see what was read, and train on them."""

from collections.abc import Callable
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from app.rooms import SENTIMENT, SHAPES, room_of
from app.ui.charts import curves_chart
from app.ui.controls import Controls
from app.ui.focus import DATA
from app.ui.parts import open_part
from app.ui.session import lab, learner
from app.ui.words import plain
from data import DataError, own
from data.dataset import Dataset
from data.examples import example
from data.text import LENGTH, TextDataset
from data.upload import MAX_BYTES, MAX_ROWS, read_curves, read_texts

FIRST_ROWS = 10

FORMATS = {
    "Texts": (
        "A CSV file with the columns **text** and **label**, such as reviews and their verdicts. Of each "
        f"text the first {LENGTH} words are read."
    ),
    "Curves": (f"A CSV file with a column **class** and {LENGTH} columns of numbers, the points of a curve."),
}
READERS: dict[str, Callable[[bytes, str], Dataset]] = {"Texts": read_texts, "Curves": read_curves}


def own_data() -> None:
    """Upload a file, and everything about those that are here."""
    st.markdown(
        f"Train on data of your own: a CSV file of at most {MAX_BYTES // 10**6} MB and {MAX_ROWS:,} rows. "
        "It is only read, never run. Nobody else sees it, and you can delete it at any time."
    )
    left, right = st.columns([1, 1.6], gap="large")
    with left:
        _upload()
    with right:
        try:
            _uploads()
        except OSError:
            st.error("The files that are here cannot be read just now.", icon=":material/database_off:")


# Uploading


def _upload() -> None:
    what = st.segmented_control(
        "What is in your file?", list(FORMATS), default="Texts", required=True, key="own-kind"
    )
    what = what if what in FORMATS else "Texts"
    st.markdown(FORMATS[what])
    st.download_button(
        "An example file",
        example(what),
        f"{what.lower()}.csv",
        "text/csv",
        key=f"own-example-{what}",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
    uploaded = st.session_state.setdefault("own.uploaded", 0)  # after each, the box is a new and empty one
    file = st.file_uploader(
        "Your CSV file", ["csv", "tsv", "txt"], key=f"own-file-{what}-{uploaded}", max_upload_size=5
    )
    if file is None:
        return
    known: tuple[str, str] | None = st.session_state.get("own.problem")
    if known is None or known[0] != file.file_id:
        with st.spinner("Reading the file …"):
            known = file.file_id, _take(what, file.getvalue(), file.name)
        st.session_state["own.problem"] = known
        if not known[1]:
            st.session_state["own.uploaded"] += 1
            st.rerun()
    st.error(plain(known[1]), icon=":material/rule:")


def _take(what: str, content: bytes, file_name: str) -> str:
    """Check a file and keep it; returns what is wrong with it, empty if nothing is."""
    try:
        st.session_state["own.chosen"] = own.save(learner(), READERS[what](content, file_name))
    except DataError as error:
        return str(error)
    return ""


# What is here


def _uploads() -> None:
    uploads = {upload.name: upload for upload in own.of_owner(learner())}
    if not uploads:
        st.info("You have uploaded nothing yet.", icon=":material/upload_file:")
        return
    if st.session_state.get("own.chosen") not in uploads:
        st.session_state["own.chosen"] = next(iter(uploads))
    name = st.selectbox(
        f"Your files, {len(uploads)} of at most {own.MAX_UPLOADS}",
        list(uploads),
        format_func=lambda name: f"{uploads[name].info.title} · {own.kind_of(name)}",
        key="own.chosen",
    )
    try:
        dataset = lab().dataset(name)
    except DataError as error:
        st.error(str(error), icon=":material/database_off:")
    else:
        _show(dataset)
        _train_button(name)
    _delete_button(name)
    st.caption(
        "A link to a run shows it to others, but not the data that it was trained on. To share both, give "
        f"away the address of “Train” while these data are chosen there: it holds their name, `{DATA}=…`, "
        "which nobody can guess."
    )


def _show(dataset: Dataset) -> None:
    """How much there is, how many of each class, and the first rows."""
    info = dataset.info
    with st.container(horizontal=True, gap="medium"):
        st.metric("Training rows", f"{info.train_size:,}", width=140)
        st.metric(
            "Test rows", f"{info.test_size:,}", width=140, help="A fifth of each class, drawn at random."
        )
        st.metric("Classes", len(info.classes), width=140)
        if info.vocabulary_size is not None:
            words = "Words that stand there only once are OOV; PAD and OOV count too."
            st.metric("Vocabulary", f"{info.vocabulary_size:,}", width=140, help=words)
    train, test = (np.bincount(y, minlength=len(info.classes)) for y in (dataset.y_train, dataset.y_test))
    st.dataframe(
        [
            {"Class": name, "Training": int(train[label]), "Test": int(test[label])}
            for label, name in enumerate(info.classes)
        ],
        hide_index=True,
        alt="How many rows each class has.",
    )
    if isinstance(dataset, TextDataset):
        rows = zip(dataset.x_train[:FIRST_ROWS], dataset.y_train, strict=False)
        st.dataframe(
            [{"Class": info.classes[label], "Tokens": " ".join(dataset.tokens(row))} for row, label in rows],
            hide_index=True,
            alt="The first training rows, as the network gets them.",
        )
    else:
        firsts = [int(np.flatnonzero(dataset.y_train == label)[0]) for label in range(len(info.classes))][:4]
        names = [info.classes[int(dataset.y_train[i])] for i in firsts]
        picture = curves_chart(dataset.x_train[firsts], names, names, title="value")
        st.vega_lite_chart(
            picture.frame,
            picture.spec,
            key="own-curves",
            alt=f"The first curve of each of the classes {', '.join(names)}.",
        )
    st.caption(f":material/database: {plain(dataset.source.sentence)}")


def _train_button(name: str) -> None:
    """Go where these data are trained on: this page for texts, that of the curves for curves."""
    with st.container(key="own-training"):
        if room_of(name) is SENTIMENT:
            st.button(
                "Train on these texts",
                type="primary",
                icon=":material/play_arrow:",
                key="own-train",
                on_click=_train_here,
                args=(name,),
            )
        else:  # a plain link: Streamlit's own would take this page's part along
            st.link_button(
                "Train on these curves",
                f"{SHAPES.name}?{urlencode({'part': 'Train', DATA: name})}",
                type="primary",
                icon=":material/play_arrow:",
            )


def _train_here(name: str) -> None:
    st.query_params.pop("run", None)  # of other data
    Controls(SENTIMENT).take_data(name)
    open_part("Train")


def _delete_button(name: str) -> None:
    doomed = st.session_state.get("own.doomed") == name
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Delete …",
            icon=":material/delete:",
            key="own-delete",
            disabled=doomed,
            on_click=_doom,
            args=(name,),
        )
        if doomed:
            st.markdown("Runs on these data stay, but can no longer be looked into.", width="content")
            st.button("Delete for good", type="primary", key="own-delete-now", on_click=_delete, args=(name,))
            st.button("Keep", key="own-keep", on_click=_doom, args=("",))
    if said := st.session_state.pop("own.said", None):
        st.warning(said, icon=":material/delete:")


def _doom(name: str) -> None:
    """Ask before anything is lost."""
    st.session_state["own.doomed"] = name


def _delete(name: str) -> None:
    try:
        own.delete(learner(), name)
    except DataError as error:
        st.session_state["own.said"] = str(error)
    st.session_state["own.doomed"] = ""
