"""What is trained and what is learned: plain values and functions, without Streamlit."""
