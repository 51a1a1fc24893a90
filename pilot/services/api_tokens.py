"""Tokens of the read-only interface (接口令牌): make one, take it back, let a request in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine
from sqlmodel import Session

from pilot.domain import api_tokens
from pilot.domain.api_tokens import ApiScope
from pilot.domain.errors import Conflict, Invalid, NotAllowed
from pilot.domain.moment import end_of_day, local_day
from pilot.domain.people import Actor, Role
from pilot.services.command import verb
from pilot.store import queries, queries_api
from pilot.store.engine import reading
from pilot.store.models import ApiToken
from pilot.store.tokens import new_token, token_hash

UNKNOWN = "令牌无效：不存在、已到期或已撤销；请向系统管理员索取新令牌。"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who stands behind a token: a reader with the rights of an officer or of the province.

    `counted` turns were taken in `counted_minute` when the token was looked up.
    """

    token_id: int
    actor: Actor
    scopes: frozenset[ApiScope]
    counted_minute: int = 0
    counted: int = 0


def fresh() -> str:
    """A new token in full; nobody sees it again."""
    return api_tokens.PREFIX + new_token()


@verb("api.token")
def create(
    session: Session,
    name: str,
    scopes: Collection[ApiScope],
    expires_on: date,
    token: str,
    *,
    by: Actor,
    at: datetime,
    all_bases: bool = False,
) -> ApiToken:
    """Keep a token (`fresh()`, shown to its maker) that is good to the end of a day in Shanghai."""
    if not api_tokens.is_token(token):
        raise Invalid("token", "令牌格式不对，请重新生成。")
    api_tokens.check_end(expires_on, local_day(at))
    row = ApiToken(
        base_id=by.base_id,
        name=api_tokens.check_name(name),
        shown=api_tokens.shown(token),
        token_hash=token_hash(token),
        scopes=" ".join(scope.value for scope in api_tokens.check_scopes(scopes)),
        all_bases=all_bases,
        expires_at=end_of_day(expires_on),
        made_by=by.id,
        recorded_at=at,
    )
    session.add(row)
    session.flush()
    return row


@verb("api.revoke")
def revoke(session: Session, token_id: int, *, by: Actor, at: datetime) -> ApiToken:
    """Take a token back (撤销); its next request is refused."""
    row = queries.one(session, ApiToken, by.base_id, token_id)
    if row.revoked_at is not None:
        raise Conflict("这个令牌已经撤销。")
    row.revoked_at = at
    return row


def caller(engine: Engine, token: str, now: datetime) -> Caller:
    """Who a token lets in now; NotAllowed with one sentence for every other text."""
    row = None
    if api_tokens.is_token(token):
        with reading(engine) as session:
            row = queries_api.live(session, token, now)
    if row is None:
        raise NotAllowed(UNKNOWN)
    role = Role.PROVINCE if row.all_bases else Role.OFFICER
    actor = Actor(row.made_by, row.base_id, row.name, frozenset({role}))
    scopes = frozenset(map(ApiScope, row.scopes.split()))
    return Caller(row.id, actor, scopes, row.counted_minute, row.counted)
