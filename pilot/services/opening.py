"""The first steps of an installation (初始化): the first base and its first administrator."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from pilot.domain.errors import Conflict, Invalid
from pilot.domain.parsing import clean_text
from pilot.services import accounts, installation
from pilot.store import durability, queries_door
from pilot.store.durability import Durability
from pilot.store.engine import reading, writing

INITIALISED = "数据库里已经有基地，没有再次初始化。"

REAL = "这个数据库里是真实数据，不能以演示模式打开；演示请运行 pilot demo。"
DEMO = "这个数据库是演示库，账号密码是公开的，不能作为正式服务打开；请运行 pilot demo。"


@dataclass(frozen=True, slots=True)
class NewBase:
    """What is asked about a base; its records' numbers begin with `code`."""

    code: str
    name: str
    city_code: str
    city_name: str


def is_open(engine: Engine) -> bool:
    """Whether a base exists already."""
    with reading(engine) as session:
        return queries_door.any_base(session)


def check_mode(engine: Engine, *, demo: bool) -> None:
    """Never show real data as a demonstration, nor serve accounts whose passwords are public."""
    with reading(engine) as session:
        if queries_door.any_base(session, demo=not demo):
            raise Conflict(REAL if demo else DEMO)


def check_durability(engine: Engine) -> Durability:
    """Which database is in use and how it keeps what was saved; refuses one that would not."""
    return durability.durability(engine)


def open_first_base(
    engine: Engine, new: NewBase, *, login: str, name: str, password: str, at: datetime
) -> int:
    """Open the first base with its lists and its first administrator, all or nothing."""
    title, city = _checked(new)
    with writing(engine) as session:
        if queries_door.any_base(session):
            raise Conflict(INITIALISED)
        base = installation.open_base(
            session,
            code=base_code(new.code),
            name=title,
            city_code=city_code(new.city_code),
            city_name=city,
            at=at,
        )
        accounts.first_administrator(session, base, login, name, password, at=at)
    return base.id


def base_code(text: str) -> str:
    """The code of a base as it is kept; Invalid if it is none."""
    code = text.strip().upper()
    if not re.fullmatch(r"[A-Z][A-Z0-9]{1,9}", code):
        raise Invalid("code", "基地代码须 2 至 10 位字母或数字，以字母开头，如 PJ。")
    return code


def city_code(text: str) -> str:
    """The code of a city as it is kept; Invalid if it is none."""
    code = text.strip()
    if not re.fullmatch(r"[1-9][0-9]{5}", code):
        raise Invalid("city_code", "城市代码须 6 位数字，如 211100。")
    return code


def _checked(new: NewBase) -> tuple[str, str]:
    """The names of the base and its city; Invalid with what is wrong."""
    name, city = clean_text(new.name, 100), clean_text(new.city_name, 50)
    if not name or not city:
        raise Invalid("name", "请填写基地名称和城市名称。")
    return name, city
