"""The only code beside the pages that knows Streamlit."""
