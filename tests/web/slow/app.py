"""The product's server around a main script whose only action takes as long as it is told."""

from pathlib import Path

import streamlit as st

from pilot.web import asgi_kwargs

app = st.App(Path(__file__).parent / "main.py", **asgi_kwargs())
