"""The floor, served as the product is: one ASGI application, everything imported and frozen."""

import contextlib
import gc
from collections.abc import AsyncIterator
from pathlib import Path

import altair  # noqa: F401 - the floor carries the same libraries as the product
import pandas  # noqa: F401
import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route


@contextlib.asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Freeze what is imported, as the product does."""
    gc.collect()
    gc.freeze()
    yield


async def health(_request: Request) -> PlainTextResponse:
    """The server is up."""
    return PlainTextResponse("ok")


app = st.App(
    str(Path(__file__).with_name("main.py")),
    lifespan=lifespan,
    routes=[Route("/healthz", health)],
)
