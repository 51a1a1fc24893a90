"""The charts' specifications are good Vega-Lite, and name only columns their frames have."""

import altair as alt
import jsonschema
import pandas as pd
import pyarrow as pa
import pytest

from pilot.reports import charts


@pytest.mark.parametrize("spec", [charts.goal_bar(), charts.trend()], ids=["bar", "trend"])
def test_a_specification_holds_what_its_schema_demands(spec):
    assert isinstance(alt.Chart.from_dict(spec), alt.LayerChart)


def test_a_wrong_specification_would_be_found():
    wrong = charts.goal_bar() | {"height": "tall", "layer": [{"mark": "bard"}]}

    with pytest.raises(jsonschema.ValidationError):
        alt.Chart.from_dict(wrong)


def test_what_is_drawn_is_the_frame():
    frame = pd.DataFrame({"month": [1, 2], "counted": [3, 5]})

    assert charts.drawn(frame).to_pydict() == {"month": [1, 2], "counted": [3, 5]}


def test_a_chart_carries_its_rows_packed_as_they_are_sent():
    frame = pd.DataFrame({"month": [1, 2], "counted": [3, 5]})
    spec = charts.filled(charts.trend(), frame)
    assert spec["layer"] == charts.trend()["layer"]
    packed = spec["datasets"][spec["data"]["name"]]
    assert pa.ipc.open_stream(packed).read_all().to_pydict() == {"month": [1, 2], "counted": [3, 5]}
    assert "datasets" not in charts.trend()  # the one specification of the process stays bare
