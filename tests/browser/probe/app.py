"""The product's gate around another main script: widgets, hostile names, a slow act."""

from pathlib import Path

import streamlit as st

from pilot.web import asgi_kwargs

app = st.App(Path(__file__).parent / "main.py", **asgi_kwargs())
