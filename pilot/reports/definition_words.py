"""The parameters of a definition in words: only those that its indicator looks at (口径参数)."""

from typing import Any

from pilot.domain.draft_counting import PARAMETERS, DefinitionDraft
from pilot.domain.draft_fields import label
from pilot.domain.vocabulary import GOALS, Term


def parameters(definition: Any) -> str:
    """“准入口径：…；首页统计范围：…” of a stored definition or a draft."""
    names = PARAMETERS.get(definition.indicator, ())
    names += ("headline",) if definition.indicator in GOALS else ()
    said = [f"{label(DefinitionDraft, name)}：{_word(getattr(definition, name))}" for name in names]
    return "；".join(said) or "没有可调参数"


def _word(value: object) -> str:
    if isinstance(value, Term):
        return value.label
    return "是" if value else "否"
