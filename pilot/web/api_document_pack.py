"""What the OpenAPI document says of one frozen pack: its addresses, their answers and refusals."""

from collections.abc import Callable
from typing import Any

from pilot.reports.api_packs import TYPES

_TEXT = {"type": "string"}
_SHA256 = _TEXT | {"pattern": "^[0-9a-f]{64}$"}
_NUMBER = {
    "name": "number",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
    "description": "报表包编号，见 /packs",
}
_NAME = {
    "name": "name",
    "in": "path",
    "required": True,
    "schema": _TEXT | {"minLength": 1, "pattern": "^[A-Za-z0-9._-]+$"},
    "description": "文件名，见 /packs/{number}；pack.zip 为整个报表包，manifest.json 为清单文件",
}
_MISSING = "没有这个报表包或文件，或不属于令牌可读的基地"
_GONE = "报表包的文件缺失或已损坏；请系统管理员从备份恢复后再取"
FILTERS = [
    {
        "name": name,
        "in": "query",
        "schema": _TEXT | {"maxLength": 16},
        "description": told,
    }
    for name, told in (
        ("template", "模板代码，如 R1"),
        ("period", "报告期：2024-10、2024-Q4 或 2024"),
    )
]
SCHEMAS = {
    "Pack": {
        "type": "object",
        "required": ["number", "sha256", "manifest", "files"],
        "properties": {
            "number": {"type": "integer"},
            "sha256": _SHA256,
            "manifest": {
                "type": "object",
                "required": ["format", "template", "period", "as_of", "known_at", "rows"],
                "description": "manifest.json 的内容，文件清单除外",
            },
            "files": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["name", "size", "sha256", "media_type", "href"],
                    "properties": {
                        "name": _TEXT,
                        "size": {"type": "integer"},
                        "sha256": _SHA256,
                        "media_type": _TEXT,
                        "href": _TEXT,
                    },
                },
            },
        },
    }
}


def paths(responses: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """The two addresses of a pack; `responses` writes their answers as those of the lists."""
    about = {"application/json": {"schema": {"$ref": "#/components/schemas/Pack"}}}
    bytes_of = {kind: {"schema": {}} for kind in TYPES.values()}
    return {
        "/packs/{number}": {
            "get": {
                "operationId": "pack",
                "summary": "一个报表包：清单与文件",
                "parameters": [_NUMBER],
                "responses": responses("清单与各文件的地址", about, _404=_MISSING),
            }
        },
        "/packs/{number}/files/{name}": {
            "get": {
                "operationId": "pack_file",
                "summary": "报表包中的一个文件，与冻结时逐字节相同；ETag 为它的 SHA-256",
                "parameters": [_NUMBER, _NAME],
                "responses": responses("文件", bytes_of, _404=_MISSING, _410=_GONE),
            }
        },
    }
