"""Entry of the pages: navigation, and what every page shares."""

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from app.ui.session import StoreError  # noqa: E402  # needs the path above

# A network that is unrolled in time. No emoji or Material icon: a browser would fetch those from elsewhere.
ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#0b5cad"/>
<path d="M5 16h5m4 0h4m4 0h5" stroke="#fff" stroke-width="2"/>
<g fill="#fff"><circle cx="8" cy="16" r="3.4"/><circle cx="16" cy="16" r="3.4"/>
<circle cx="24" cy="16" r="3.4"/></g>
</svg>"""

st.set_page_config(page_title="Unroll", page_icon=ICON, layout="wide")

st.html(ROOT / "app" / "ui" / "pages.css")

page = st.navigation(
    [
        st.Page(ROOT / "pages/home.py", title="Start", default=True),
        st.Page(ROOT / "pages/shapes.py", title="Curves", url_path="shapes"),
        st.Page(ROOT / "pages/mnist.py", title="Digits", url_path="mnist"),
        st.Page(ROOT / "pages/sentiment.py", title="Sentiment", url_path="sentiment"),
        st.Page(ROOT / "pages/projector.py", title="Projector", url_path="projector"),
        st.Page(ROOT / "pages/algebra.py", title="Word algebra", url_path="algebra"),
        st.Page(ROOT / "pages/runs.py", title="My runs", url_path="runs"),
    ],
    position="top",
)

try:
    page.run()
except StoreError as error:
    st.error(str(error), icon=":material/database_off:")
