"""Drafts of report templates (模板草稿): kept as text in whatever state they are."""

import json

from pilot.domain import report_template_files
from pilot.domain.report_periods import PeriodKind
from pilot.domain.report_templates import Template


def read(text: str) -> Template:
    """The template that `report_template_files.write` wrote, complete or not.

    ValueError, KeyError or TypeError for a text that it never wrote.
    """
    data = json.loads(text)
    periods = tuple(PeriodKind(one) for one in data["periods"])
    return report_template_files.built(data, periods)
