"""Who may do what to which object: every cell of tests/authorisation/*.csv, both ways."""

import ast
import importlib
import inspect
import pkgutil

import pytest

import pilot.reports
import pilot.services
from pilot.domain.people import MAY, Actor, Role
from pilot.reports.actions import ACTIONS
from pilot.services.command import VERBS
from pilot.services.reads import READS
from pilot.ui.menu import MENU, PAGES
from tests.authorisation import matrix, reading, routes, world
from tests.authorisation.looks import LOOKS
from tests.authorisation.matrix import CALLS, UNJOURNALED, table

for package in (pilot.services, pilot.reports):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)

# Steps that verbs and reads are made of; whoever calls them has been checked.
INNER = {
    "follow_ups.take_in",
    "package_parts.set_children",
    "receivers.set_receivers",
    "receivers.take_out",
    "many_results.enter",
    "portions.newest_number",
    "undoing.take_back",
    "writing.write_some",
    "planning.open_book",
    "planning.prepared",
    "writing.write",
    "batches.standing",
    "acceptance.take_in",
    "attachments.add",
    "filing_lines.base_of",
    "filings.move",
    "filings.say",
    "freezing.freeze",
    "freezing.prepare",
    "packs.prepare",
    "lifecycle.apply",
    "lifecycle.take",
    "projects.standing_project",
    "reviews.visible_cards",
    "submission_access.avoided",
    "submission_access.discussed",
    "submission_access.own",
    "submission_people.put_in_charge",
    "submissions.put",
    "submissions.say",
}
ROLES = [role.value for role in Role]


def rows(name: str, key: str) -> dict[str, dict[str, str]]:
    return {row[key]: row for row in table(name)}


def plain(names) -> set[str]:
    return {name.partition(":")[0] for name in names}


def test_every_verb_has_a_row_and_a_call():
    assert plain(rows("verbs", "verb")) == {*VERBS, *UNJOURNALED}
    assert set(CALLS) == set(rows("verbs", "verb"))


def test_every_read_has_a_row_and_a_look():
    assert plain(rows("reads", "read")) == {*READS, "downloads.open_attachment"}
    assert set(LOOKS) == set(rows("reads", "read"))


def test_every_route_and_every_page_has_a_row():
    assert set(rows("routes", "route")) == routes.names()
    assert set(rows("pages", "page")) == {entry.file for entry in MENU}


def test_no_cell_is_empty():
    for name in ("verbs", "reads", "routes", "pages"):
        assert all(all(row.values()) for row in table(name)), name


@pytest.mark.parametrize(
    ("name", "key", "registry"), [("verbs", "verb", VERBS), ("reads", "read", READS)]
)
def test_the_table_of_permissions_says_what_is_written_down(name, key, registry):
    for row in table(name):
        if row[key] in registry:
            allowed = {role for role in ROLES if row[role] == "yes"}
            assert allowed == {role.value for role in MAY[registry[row[key]].action]}, row[key]


def test_whoever_takes_an_actor_is_a_verb_a_read_or_a_step_of_one():
    found = set()
    for package in (pilot.services, pilot.reports):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for name, function in vars(importlib.import_module(module.name)).items():
                if inspect.isfunction(function) and function.__module__ == module.name:
                    parameters = inspect.signature(function).parameters.values()
                    if not name.startswith("_") and any(p.annotation is Actor for p in parameters):
                        found.add(f"{module.name.rpartition('.')[2]}.{name}")
    assert found - set(VERBS) - set(READS) == INNER


def test_every_act_in_the_journal_has_a_word():
    assert {verb.action for verb in VERBS.values()} <= set(ACTIONS)


def test_the_menu_and_each_pages_guard_name_the_same_roles():
    for entry in MENU:
        allowed = {role for role in ROLES if rows("pages", "page")[entry.file][role] == "yes"}
        assert {role.value for role in entry.roles} == allowed, entry.file
        assert (guarded(entry.file) or set(ROLES)) == allowed, entry.file


def guarded(page: str) -> set[str]:
    """The roles in a page's `ui.require(…)`; none named means everybody."""
    tree = ast.parse((PAGES / f"{page}.py").read_text(encoding="utf-8"))
    [call] = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "ui.require"
    ]
    return {Role[argument.attr].value for argument in call.args}


def test_every_cell_holds(engine, tmp_path):
    """One test: the world that all of them are tried on takes as long as the cells."""
    made = world.make(engine)
    tried = list(matrix.tries(engine, made, every=engine.dialect.name == "sqlite"))
    seen = list(reading.looks(engine, made))
    url = engine.url.set(drivername=engine.dialect.name).render_as_string(hide_password=False)
    found = dict(routes.answers(url, engine, tmp_path, made))

    assert [sentence for cell, result in tried if (sentence := matrix.wrong(cell, result))] == []
    assert matrix.told_apart(tried) == []
    assert [one.wrong for one in seen if one.wrong] == []
    assert [wrong for wrong in found.values() if wrong] == []
