"""The OpenAPI document of the interface, made from the columns of the lists."""

from collections.abc import Collection
from importlib.metadata import version
from typing import Any

from pilot.domain.api_tokens import ApiScope
from pilot.domain.vocabulary import Indicator, Scope, Stage, Standing, State, Term
from pilot.reports import api
from pilot.reports.columns import Column, Kind
from pilot.web import api_document_pack

_SERVER = "/api/v1"
_DAY = {"type": "string", "format": "date"}
_TEXT = {"type": "string"}
_NUMBER = {"type": ["integer", "string", "null"]}
_MAYBE = {"type": ["string", "null"]}
_PROBLEM = {
    "type": "object",
    "required": ["status", "detail"],
    "properties": {"status": {"type": "integer"}, "detail": _TEXT, "field": _TEXT},
}
_REFUSALS = {
    "400": "参数不对；field 指出哪一个",
    "401": "没有令牌，或令牌无效",
    "403": "令牌不包含这项内容",
    "429": "过于频繁；retry-after 为应等的秒数",
    "503": "数据库正忙或不能写入，稍后再试",
}
_FILTERS: dict[ApiScope, dict[str, type[Term] | None]] = {
    ApiScope.COUNTS: {},
    ApiScope.CLAIMS: {"indicator": Indicator, "scope": Scope, "standing": Standing},
    ApiScope.PROJECTS: {"text": None, "stage": Stage, "state": State, "scope": Scope},
    ApiScope.RESULTS: {"text": None},
    ApiScope.TRANSFERS: {"text": None, "scope": Scope},
    ApiScope.PACKS: {},
}


def document(scopes: Collection[ApiScope] = tuple(ApiScope)) -> dict[str, Any]:
    """OpenAPI 3.1 of the lists in `scopes`."""
    listed = [scope for scope in ApiScope if scope in scopes]
    one = api_document_pack.paths(responses) if ApiScope.PACKS in listed else {}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "中试项目组合 · 数据接口",
            "version": version("pilot-portfolio"),
            "description": "只读；与页面和导出同一套清单。金额为万元，以文本给出，保留两位小数。",
        },
        "servers": [{"url": _SERVER}],
        "security": [{"token": []}],
        "paths": {f"/{scope.value}": {"get": _operation(scope)} for scope in listed} | one,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": _PROBLEM}
            | {_schema(scope): _part(scope) for scope in listed}
            | (api_document_pack.SCHEMAS if one else {}),
        },
    }


def _operation(scope: ApiScope) -> dict[str, Any]:
    part = {"$ref": f"#/components/schemas/{_schema(scope)}"}
    return {
        "operationId": scope.value,
        "summary": scope.label,
        "parameters": [*_VIEW, *_filters(scope), *_PAGING],
        "responses": responses(
            scope.label, {"application/json": {"schema": part}, "text/csv": {"schema": _TEXT}}
        ),
    }


def responses(told: str, content: dict[str, Any], **more: str) -> dict[str, Any]:
    """What an address answers: `content` by media type, or a refusal; `more` are further ones."""
    refused = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refusals = _REFUSALS | {code.lstrip("_"): why for code, why in more.items()}
    return {
        "200": {"description": told, "headers": {"ETag": {"schema": _TEXT}}, "content": content},
        "304": {"description": "与 If-None-Match 相同，没有变化"},
        **{code: {"description": why, "content": refused} for code, why in refusals.items()},
    }


def _parameter(name: str, schema: dict[str, Any], told: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": told}


def _filters(scope: ApiScope) -> list[dict[str, Any]]:
    found = []
    for name, words in _FILTERS[scope].items():
        if words is None:
            schema = _TEXT | {"maxLength": 200}
        else:
            schema = _TEXT | {"enum": [word.value for word in words]}
        told = (
            "、".join(f"{word.value} {word.label}" for word in words) if words else "名称、编号等"
        )
        found.append(_parameter(name, schema, told))
    return found + (api_document_pack.FILTERS if scope is ApiScope.PACKS else [])


_VIEW = [
    _parameter(
        "year",
        _TEXT | {"pattern": "^20[0-9]{2}$"},
        "年度；缺省为截至日期所在的年（packs：所有年度）",
    ),
    _parameter("as_of", _DAY, "截至日期：到这一天为真的；缺省为今天"),
    _parameter("known_on", _DAY, "知悉日期：到这一天已登记的；缺省为最近一次登记"),
]
_PAGING = [
    _parameter("format", _TEXT | {"enum": ["json", "csv"]}, "csv 为整张表，不分页"),
    _parameter(
        "limit", {"type": "integer", "minimum": 1, "maximum": api.MOST}, f"缺省 {api.LIMIT}"
    ),
    _parameter("cursor", _TEXT | {"maxLength": 200}, "上一次应答的 next 中的值"),
]


def _schema(scope: ApiScope) -> str:
    return scope.value.capitalize()


def _part(scope: ApiScope) -> dict[str, Any]:
    """What a part of a list looks like."""
    row = {column.key: _cell(column) for column in api.columns(scope)}
    texts = {"type": "array", "items": _TEXT}
    fields = {
        "list": _TEXT,
        "year": {"type": "integer"},
        "as_of": _DAY,
        "known_at": {"type": "string", "format": "date-time"},
        "definitions": texts,
        "anchors": texts,
        "total": {"type": "integer"},
        "rows": {
            "type": "array",
            "items": {"type": "object", "required": list(row), "properties": row},
        },
        "next": _MAYBE,
    }
    return {"type": "object", "required": list(fields), "properties": fields}


def _cell(column: Column) -> dict[str, Any]:
    kind = _NUMBER if column.kind is Kind.NUMBER else _MAYBE
    return kind | {"description": column.heading}
