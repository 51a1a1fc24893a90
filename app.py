"""The server: `pilot serve`, `uvicorn app:app` or `streamlit run app.py`."""

import gc

gc.disable()  # what is imported stays; looking for garbage in it takes a sixth of the start

import streamlit as st  # noqa: E402

from pilot.web import MAIN, asgi_kwargs  # noqa: E402

app = st.App(MAIN, **asgi_kwargs())
gc.freeze()
gc.enable()
