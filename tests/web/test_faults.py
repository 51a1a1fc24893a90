"""A refusal is its sentence wherever it comes up; only a bug is a number."""

import asyncio

import pytest
import streamlit as st
from starlette.requests import Request

from pilot.domain.errors import Busy, NotAllowed, Unwritable
from pilot.web import faults

ASKED = {
    "type": "http",
    "method": "GET",
    "scheme": "http",
    "server": ("127.0.0.1", 80),
    "path": "/projects",
    "query_string": b"",
    "headers": [],
}


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        pytest.param(Busy("连接不上"), 503, "连接不上", id="database away"),
        pytest.param(Unwritable("磁盘已满"), 503, "磁盘已满", id="disk full"),
        pytest.param(NotAllowed("请重新登录"), 403, "请重新登录", id="not allowed"),
        pytest.param(ValueError("secret"), 500, "编号", id="bug"),
    ],
)
def test_what_stops_the_gate_is_answered(error, status, words):
    answer = asyncio.run(faults.crashed(Request(ASKED), error))
    assert (answer.status_code, words in answer.body.decode()) == (status, True)
    assert "secret" not in answer.body.decode()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        pytest.param(Busy("数据库暂时连接不上"), "数据库暂时连接不上", id="refusal"),
        pytest.param(ValueError("secret"), "编号", id="bug"),
    ],
)
def test_what_stops_a_page_is_shown(error, words, monkeypatch):
    said = []
    monkeypatch.setattr(st, "error", said.append)
    assert faults.shown(error)
    assert words in said[0]
    assert "secret" not in said[0]
