"""Pages that only tests open."""

import sys
import time
from datetime import date, datetime
from pathlib import Path

import altair as alt
import pandas as pd
import streamlit as st
from sqlmodel import Session

from pilot import ui
from pilot.config import settings
from pilot.domain.people import Actor
from pilot.services.command import verb
from pilot.store import queries_registry
from pilot.store.models import Person
from pilot.ui import flash

sys.path.insert(0, str(Path(__file__).parent))
from names import NAMES


@verb("person.save")
def add_person(session: Session, name: str, *, by: Actor, at: datetime) -> Person:
    """A slow verb without any uniqueness: only the once-only key keeps it single."""
    row = Person(base_id=by.base_id, name=name, kind="other", recorded_at=at)
    session.add(row)
    session.flush()
    time.sleep(0.3)
    return row


@verb("person.save")
def add_pair(session: Session, name: str, *, by: Actor, at: datetime) -> Person:
    """A slow verb of two steps, which leaves a mark outside the database when it begins."""
    with (settings().data_dir / "started").open("a") as marks:
        marks.write(f"{name}\n")
    for _step in range(2):
        row = Person(base_id=by.base_id, name=name, kind="other", recorded_at=at)
        session.add(row)
        session.flush()
        time.sleep(0.15)
    return row


def widgets() -> None:
    """What the product uses, all on one page."""
    table = pd.DataFrame(
        {"名称": ["甲", "乙", "丙"] * 4, "数量": range(12), "日期": [date(2026, 1, 1)] * 12}
    )
    st.dataframe(table, on_select="rerun", key="table")
    st.data_editor(table, key="editor", num_rows="dynamic")
    bars = alt.Chart(table).mark_bar().encode(x="名称:N", y="sum(数量):Q", tooltip=["名称:N"])
    st.altair_chart(bars.add_params(alt.selection_point(name="pick")), key="bars")
    doubled = [{"calculate": "datum['数量'] * 2", "as": "v"}]
    line = {"x": {"field": "日期", "type": "temporal"}, "y": {"field": "v", "type": "quantitative"}}
    st.vega_lite_chart(table, {"mark": "line", "transform": doubled, "encoding": line})
    if file := st.file_uploader("文件"):
        st.text(f"收到 {len(file.getvalue())} 字节")
    st.selectbox("单选", ["a", "b"], index=None)
    st.multiselect("多选", ["a", "b"])
    st.date_input("日期")
    st.number_input("数")
    st.text_area("说明")
    st.metric("指标", 3, 1, chart_data=[1, 2, 3])
    st.progress(0.4)
    st.badge("徽标")
    st.pills("药丸", ["a", "b"])
    st.table(table.head(2))
    st.code("x = 1")
    st.download_button("下载", b"abc", "x.txt")
    with st.popover("浮层"):
        st.text("浮层内容")
    with st.expander("展开"):
        st.text("展开内容")


def words() -> None:
    """Streamlit's own English beside the same words as users wrote them."""
    st.multiselect("多选", ["Select all", "No results"])
    st.number_input("得分", 0, 100, None)
    st.date_input("评审日", None, max_value=date(2026, 11, 26), format="YYYY-MM-DD")
    st.file_uploader("文件", type=["pdf"])
    st.altair_chart(alt.Chart(pd.DataFrame({"a": [1]})).mark_bar().encode(x="a:Q"), alt="Upload")
    st.markdown("Upload")


def names() -> None:
    """Hostile names, shown in every place that reads Markdown."""
    for number, name in enumerate(NAMES):
        for kind, draw in (("markdown", st.markdown), ("button", st.button), ("error", st.error)):
            with st.container(key=f"{kind}-{number}"):
                draw(ui.plain(name), **({"key": f"b{number}"} if kind == "button" else {}))


def double() -> None:
    """A form whose button is clicked too often, and a link that reproduces a view."""
    name = st.text_input("姓名", "张三")
    if st.button("保存"):
        ui.act(add_person, name, key=ui.once("person"))
    st.button("直接保存", on_click=ui.act, args=(add_person, name), kwargs={"key": ui.once("call")})


def pair() -> None:
    """The slow act of two steps, as a callback and in the run itself."""
    name = st.query_params.get("name", "甲")
    st.button("两步", on_click=ui.act, args=(add_pair, name))
    if st.button("两步直接"):
        ui.act(add_pair, name)
    st.toggle("别的")


@st.fragment
def part() -> None:
    """A part of a page that runs by itself."""
    with ui.reading() as session:
        st.text(f"片段里有 {len(queries_registry.persons(session, 1))} 人")
    st.button("片段保存", on_click=ui.act, args=(add_person, "片段"))


def moment() -> None:
    """The strip and what it stands for."""
    view = ui.strip()
    st.text(f"年度 {view.year} 截至 {view.as_of} 知悉 {view.known_on} 当前 {view.live}")


def broken() -> None:
    """A bug whose text must stay on the server."""
    raise ValueError("secret-url://user:planted-password@host/db")


st.set_page_config(page_title="试验", layout="wide")
SHOWN = (widgets, words, names, double, moment, broken, pair, part)
pages = [st.Page(page, title=page.__name__, url_path=page.__name__) for page in SHOWN]
page = st.navigation([st.Page(lambda: None, title="空", default=True), *pages])
ui.require()
shown = st.container()
before = flash.draw(shown)
page.run()
flash.draw(shown, after=before)
flash.clear()
