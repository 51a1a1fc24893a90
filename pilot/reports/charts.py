"""Charts as Vega-Lite specifications, built once a process.

`st.vega_lite_chart(filled(spec, frame))`: encodings' types are written, so no frame is looked at.
"""

import functools
from typing import Any, TypeAlias

import altair as alt
import pandas as pd
import pyarrow as pa

Spec: TypeAlias = dict[str, Any]

_ROWS = "rows"
DONE, REST = "#1f8a85", "#8b949e"  # both hold on a light and on a dark page


def drawn(frame: pd.DataFrame) -> pa.Table:
    """A frame in the form in which it is sent: made once, not in every run that shows it."""
    return pa.Table.from_pandas(frame)


def filled(spec: Spec, frame: pd.DataFrame) -> Spec:
    """A chart with its data as they are sent, packed once and not in every run that shows it."""
    table = drawn(frame)
    packed = pa.BufferOutputStream()
    with pa.ipc.new_stream(packed, table.schema) as stream:
        stream.write_table(table)
    rows = packed.getvalue().to_pybytes()
    return spec | {"data": {"name": _ROWS}, "datasets": {_ROWS: rows}}


@functools.cache
def goal_bar() -> Spec:
    """One bar: `counted` of `goal`, with a tick where a straight line would stand today.

    The frame has one row with counted, goal and expected.
    """
    place = alt.X("goal", type="quantitative", axis=None, stack=None)
    goal = alt.Chart().mark_bar(color=REST, opacity=0.3, size=14, cornerRadius=3).encode(place)
    done = (
        alt.Chart()
        .mark_bar(color=DONE, size=14, cornerRadius=3)
        .encode(
            alt.X("counted", type="quantitative", axis=None, stack=None),
            tooltip=[
                alt.Tooltip("counted", type="quantitative", title="累计"),
                alt.Tooltip("goal", type="quantitative", title="年目标"),
                alt.Tooltip("expected", type="quantitative", title="平均进度"),
            ],
        )
    )
    tick = (
        alt.Chart()
        .mark_tick(color=REST, size=26, thickness=3)
        .encode(alt.X("expected", type="quantitative", axis=None))
    )
    return _spec(alt.layer(goal, done, tick).properties(height=28))


@functools.cache
def trend() -> Spec:
    """Cumulative units by the end of each month, as steps; the frame has month and counted."""
    months = alt.X(
        "month",
        type="quantitative",
        scale=alt.Scale(domain=[1, 12]),
        axis=alt.Axis(
            title=None, values=[1, 3, 6, 9, 12], labelExpr="datum.value + '月'", grid=False
        ),
    )
    counted = alt.Y(
        "counted",
        type="quantitative",
        scale=alt.Scale(domainMin=0, nice=True),
        axis=alt.Axis(title=None, tickMinStep=1, format="d", tickCount=3),
    )
    tooltip = [
        alt.Tooltip("month", type="quantitative", title="月份"),
        alt.Tooltip("counted", type="quantitative", title="累计"),
    ]
    line = alt.Chart().mark_line(color=DONE, interpolate="step-after").encode(months, counted)
    dots = alt.Chart().mark_circle(color=DONE, size=30).encode(months, counted, tooltip=tooltip)
    return _spec(alt.layer(line, dots).properties(height=90))


def _spec(chart: alt.LayerChart) -> Spec:
    """The chart without the empty data that Altair puts into each layer."""
    spec = chart.to_dict()
    spec.pop("datasets")
    for layer in spec["layer"]:
        layer.pop("data")
    return spec
