"""The desk a submission is written at (填报的书桌): what was saved, to choose from, and lacks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from pilot.domain.errors import NotFound
from pilot.domain.moment import local_day
from pilot.domain.people import Actor
from pilot.domain.problems import Problem
from pilot.domain.submission_content import Section, needed, open_problems, problems
from pilot.domain.submission_people import holder_ids
from pilot.domain.submission_sections import Filled, standing, with_early
from pilot.domain.submissions import MISSING
from pilot.reports import submission_thread
from pilot.reports.submission_thread import Paper, Said
from pilot.reports.submissions import row_of
from pilot.services.reads import read
from pilot.services.submission_checks import registry_says
from pilot.store import queries_codes, queries_submission_lists, queries_submission_people
from pilot.store.models import Submission


@dataclass(frozen=True, slots=True)
class Desk:
    """A submission to write at: the saved content, what to choose from, what still lacks."""

    id: int
    content: Mapping[str, Any]
    lists: Mapping[str, Mapping[str, str]]
    units: Mapping[int, str]
    people: Mapping[int, str]
    problems: tuple[Problem, ...]
    open: tuple[Problem, ...]
    needed: frozenset[str]  # fields that must not stay blank, by full name: the form marks them
    files: tuple[Paper, ...]
    stands: Mapping[Section, Filled]
    remarks: tuple[Said, ...]  # what reviewers said about single fields of the last round


@read("submission.own")
def desk(session: Session, actor: Actor, submission_id: int, now: datetime) -> Desk:
    """The working copy of one's own submission with everything its form needs."""
    row = row_of(session, actor, submission_id)
    if row.author_id != actor.id:
        raise NotFound(MISSING)
    content = json.loads(row.content)
    lists = queries_codes.lists(session, row.base_id)
    files = submission_thread.papers(session, row.id)
    kinds = {paper.kind for paper in files}
    found = with_early(content, problems(content, kinds, lists, local_day(now)))
    asked = registry_says(session, row, content)
    found += asked
    return Desk(
        id=row.id,
        content=content,
        lists=lists,
        units=_units(session, row, content),
        people=queries_submission_people.of_units(session, row.base_id, holder_ids(content)),
        problems=tuple(found),
        open=tuple(open_problems(content, found)),
        needed=needed(content, local_day(now))
        | {one.field for one in asked if one.rule.endswith("required")},
        files=tuple(files),
        stands=standing(content, kinds, found),
        remarks=tuple(
            one
            for one in submission_thread.thread(session, row.id)
            if one.field and one.round == row.round and one.by_id != row.author_id
        ),
    )


@read("submission.own")
def contract_known(session: Session, actor: Actor, no: object) -> bool:
    """Whether the contract with this number is registered already."""
    text = str(no or "").strip()
    return bool(text) and queries_submission_lists.knows_contract(session, actor.base_id, text)


def _units(session: Session, row: Submission, content: Mapping[str, Any]) -> dict[int, str]:
    """Units of the registry by id, and those the submission asks for as -1, -2, …

    The author's own comes first, then what is asked for, then the others by name.
    """
    wanted = {
        -place: f"{one.get('name') or f'待登记单位 {place}'}（待登记）"
        for place, one in enumerate(content.get("organisations", ()), 1)
    }
    rows = queries_submission_lists.organisations(session, row.base_id)
    known = {one: f"{name}　{uscc}" if uscc else name for one, (name, uscc) in rows.items()}
    own = {one: name for one, name in known.items() if one == row.organisation_id}
    return own | wanted | known
