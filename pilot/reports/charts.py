"""Charts as Vega-Lite specifications; the data comes when they are drawn.

`st.vega_lite_chart(drawn(frame), spec)`: encodings' types are written, so no frame is looked at.
Written out, because Altair, which would build the same, takes a tenth of the server's start;
`tests/reports/test_charts.py` lets it judge them.
"""

from typing import Any, TypeAlias

import pandas as pd
import pyarrow as pa

Spec: TypeAlias = dict[str, Any]

DONE, REST = "#1f8a85", "#8b949e"  # both hold on a light and on a dark page


def drawn(frame: pd.DataFrame) -> pa.Table:
    """A frame in the form in which it is sent: made once, not in every run that shows it."""
    return pa.Table.from_pandas(frame)


def goal_bar() -> Spec:
    """One bar: `counted` of `goal`, with a tick where a straight line would stand today.

    The frame has one row with counted, goal and expected.
    """
    return _GOAL_BAR


def trend() -> Spec:
    """Cumulative units by the end of each month, as steps; the frame has month and counted."""
    return _TREND


def _number(field: str, **more: Any) -> Spec:
    return {"field": field, "type": "quantitative", **more}


def _layers(height: int, *layers: Spec) -> Spec:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.4.1.json",
        "config": {"view": {"continuousWidth": 300, "continuousHeight": 300}},
        "height": height,
        "layer": list(layers),
    }


def _goal_bar() -> Spec:
    told = [
        _number("counted", title="累计"),
        _number("goal", title="年目标"),
        _number("expected", title="平均进度"),
    ]
    bar = {"type": "bar", "size": 14, "cornerRadius": 3}
    return _layers(
        28,
        {
            "mark": {**bar, "color": REST, "opacity": 0.3},
            "encoding": {"x": _number("goal", axis=None, stack=None)},
        },
        {
            "mark": {**bar, "color": DONE},
            "encoding": {"x": _number("counted", axis=None, stack=None), "tooltip": told},
        },
        {
            "mark": {"type": "tick", "color": REST, "size": 26, "thickness": 3},
            "encoding": {"x": _number("expected", axis=None)},
        },
    )


def _trend() -> Spec:
    months = {"title": None, "values": [1, 3, 6, 9, 12], "labelExpr": "datum.value + '月'"}
    counts = {"title": None, "tickMinStep": 1, "format": "d", "tickCount": 3}
    place = {
        "x": _number("month", scale={"domain": [1, 12]}, axis={**months, "grid": False}),
        "y": _number("counted", scale={"domainMin": 0, "nice": True}, axis=counts),
    }
    told = [_number("month", title="月份"), _number("counted", title="累计")]
    return _layers(
        90,
        {"mark": {"type": "line", "color": DONE, "interpolate": "step-after"}, "encoding": place},
        {
            "mark": {"type": "circle", "color": DONE, "size": 30},
            "encoding": {**place, "tooltip": told},
        },
    )


_GOAL_BAR, _TREND = _goal_bar(), _trend()
