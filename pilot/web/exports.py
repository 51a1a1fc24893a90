"""Downloads of reports (报表导出): the session is looked up again, the file is whole or not sent.

A file is finished on disk before its first byte goes out, so that an error is an error page and
never half a table, and a slow reader holds no database connection.
"""

import contextlib
import logging
import re
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import BinaryIO, TypeVar

from anyio import CapacityLimiter, to_thread
from sqlmodel import Session
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from pilot.config import settings
from pilot.domain.errors import Invalid, NotAllowed
from pilot.domain.moment import Moment, moment
from pilot.domain.people import Actor
from pilot.domain.vocabulary import Indicator, Scope, Stage, Standing, State, Term
from pilot.reports import exports
from pilot.reports.exports import Encoding, Export
from pilot.reports.tables import Chosen
from pilot.services.working import WORK
from pilot.store.engine import reading, shared
from pilot.web.files import disposition
from pilot.web.headers import FILE_POLICY
from pilot.web.visitors import visitor_of

_CHUNK = 256 * 1024
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Few at a time: an export is one core's work, and pages come first.
TURNS = CapacityLimiter(2)

log = logging.getLogger("pilot.exports")
Write = Callable[[Session, Export, BinaryIO, Encoding], dict]
Word = TypeVar("Word", bound=Term)


async def as_csv(request: Request) -> Response:
    """A list as CSV."""
    encoding = _encoding(request.query_params)
    kind = f"text/csv; charset={encoding.value}"
    return await _file(request, exports.write_csv, "{stem}.csv", kind)


async def as_xlsx(request: Request) -> Response:
    """A list as an Excel workbook."""
    return await _file(request, _workbook, "{stem}.xlsx", _EXCEL)


async def as_json(request: Request) -> Response:
    """What the CSV of the same address is: times, definition versions, rows, SHA-256."""
    return await _file(request, _metadata, "{stem}_元数据.json", "application/json")


async def _file(request: Request, write: Write, name: str, media_type: str) -> Response:
    who = await visitor_of(request)
    if who is None:
        raise NotAllowed("登录已失效，请重新登录。")
    body, export, size = await to_thread.run_sync(
        _written, request, who.actor, write, limiter=TURNS
    )
    log.info("export %s by account %d, %d bytes", request.url.path, who.actor.id, size)
    return StreamingResponse(
        chunks(body),
        media_type=media_type,
        headers={
            "content-disposition": disposition(name.format(stem=export.stem)),
            "content-length": str(size),
            "content-security-policy": FILE_POLICY,
            "cache-control": "no-store",
        },
    )


def _written(request: Request, actor: Actor, write: Write) -> tuple[BinaryIO, Export, int]:
    """The finished file, rewound."""
    chosen = request.query_params
    with spooled() as body, reading(shared(settings().url)) as session:
        name = request.path_params["table"]
        export = exports.asked(session, actor, name, view_of(chosen), filters_of(chosen))
        write(session, export, body, _encoding(chosen))
    size = body.seek(0, 2)
    body.seek(0)
    return body, export, size


@contextlib.contextmanager
def spooled() -> Iterator[BinaryIO]:
    """A file to write a whole answer to; it vanishes from the disk when it is closed.

    It outlives the block unless that raised.
    """
    with WORK.going_on(), contextlib.ExitStack() as stack:
        yield stack.enter_context(tempfile.TemporaryFile(dir=_folder()))
        stack.pop_all()


def view_of(chosen: QueryParams, known: str = "known") -> Moment:
    """The view of `year`, `as_of` and `known` (by that name); what is left out means today."""
    return moment(
        datetime.now(UTC),
        year=_year(chosen.get("year")),
        as_of=_day("as_of", chosen.get("as_of")),
        known_on=_day(known, chosen.get(known)),
    )


def filters_of(chosen: QueryParams) -> Chosen:
    """What the list is narrowed to; a word that does not exist is refused, not passed over."""
    return Chosen(
        text=chosen.get("text", "").replace("\0", "")[:200],
        stages=_words(Stage, "stage", chosen),
        states=_words(State, "state", chosen),
        fields=tuple(chosen.getlist("field")[:100]),
        areas=tuple(chosen.getlist("area")[:100]),
        scope=_word(Scope, "scope", chosen),
        indicator=_word(Indicator, "indicator", chosen),
        standing=_word(Standing, "standing", chosen),
    )


def _workbook(session: Session, export: Export, body: BinaryIO, _encoding: Encoding) -> dict:
    return exports.write_xlsx(session, export, body)


def _metadata(session: Session, export: Export, body: BinaryIO, encoding: Encoding) -> dict:
    about = exports.csv_metadata(session, export, encoding)
    body.write(exports.as_json(about))
    return about


def chunks(body: BinaryIO) -> Iterator[bytes]:
    """A file bit by bit, closed at its end."""
    with body:
        while chunk := body.read(_CHUNK):
            yield chunk


def _folder() -> str | None:
    """Where half-made files lie: with our data, which only the server's account reads."""
    folder = settings().data_dir
    return str(folder) if folder.is_dir() else None


def _encoding(chosen: QueryParams) -> Encoding:
    return _word(Encoding, "encoding", chosen) or Encoding.UTF8


def _word(kind: type[Word], name: str, chosen: QueryParams) -> Word | None:
    words = _words(kind, name, chosen)
    return words[0] if words else None


def _words(kind: type[Word], name: str, chosen: QueryParams) -> tuple[Word, ...]:
    values = [value for value in chosen.getlist(name) if value]
    known = {word.value for word in kind}
    if strange := [value for value in values if value not in known]:
        raise Invalid(name, f"{name} 没有“{strange[0][:32]}”；可用：{'、'.join(sorted(known))}。")
    return tuple(kind(value) for value in values)


def _year(text: str | None) -> int | None:
    if text and not re.fullmatch("20[0-9]{2}", text):
        raise Invalid("year", "year 应为四位年份，如 2026。")
    return int(text) if text else None


def _day(name: str, text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError as error:
        raise Invalid(name, f"{name} 应为日期，如 2026-06-01。") from error


routes = [
    Route("/export/{table}.csv", as_csv),
    Route("/export/{table}.xlsx", as_xlsx),
    Route("/export/{table}.json", as_json),
]
