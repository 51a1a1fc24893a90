"""Visitors without a browser: what Streamlit's socket says and hears, for tests and benchmarks."""
