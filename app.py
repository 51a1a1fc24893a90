"""The server: `pilot serve`, `uvicorn app:app` or `streamlit run app.py`."""

import streamlit as st

from pilot.web import MAIN, asgi_kwargs

app = st.App(MAIN, **asgi_kwargs())
