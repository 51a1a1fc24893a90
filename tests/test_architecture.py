"""The house rules, kept by the syntax tree: who may import whom, and a few more."""

import ast
import functools
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# layer → (our layers it may import, third-party packages it may import)
HOUSE: dict[str, tuple[set[str], set[str]]] = {
    "domain": ({"domain"}, set()),
    "config": (set(), {"pydantic", "pydantic_settings"}),
    "store": (
        {"store", "domain"},
        {"sqlmodel", "sqlalchemy", "alembic", "filelock", "obstore", "pydantic_core"},
    ),
    "services": (
        {"services", "store", "domain"},
        {
            "sqlmodel",
            "sqlalchemy",
            "openpyxl",
            "pwdlib",
            "rapidfuzz",
            "pypdfium2",
            "pyrage",
            "prometheus_client",
        },
    ),
    "reports": (
        {"reports", "services", "store", "domain"},
        {"sqlmodel", "sqlalchemy", "pandas", "pyarrow", "altair", "xlsxwriter", "babel"},
    ),
    "web": (
        {"web", "services", "reports", "store.engine", "store.schema", "config", "domain", "ui"},
        {"starlette", "streamlit", "sqlmodel", "sqlalchemy", "uvicorn", "pandas"}
        | {"anyio", "jinja2", "limits", "prometheus_client"},
    ),
    "ui": (
        {
            "ui",
            "services.command",
            "services.door",
            "services.attachments",
            "services.doctor",
            "services.importing",
            "services.jobs",
            "services.mail",
            "services.notices",
            "services.preview",
            "services.security",
            "services.trace",
            "reports.columns",
            "store.engine",
            "config",
        }
        | {"domain"},
        {"streamlit", "sqlmodel", "sqlalchemy"},
    ),
    "screens": ({"screens", "ui", "services", "reports", "domain"}, {"streamlit"}),
    "pages": ({"screens", "ui", "services", "reports", "domain"}, {"streamlit"}),
    "seed": ({"seed", "services", "reports", "store.engine", "config", "domain"}, {"sqlalchemy"}),
    "cli": (
        {"cli", "seed", "services", "reports", "store.engine", "store.schema", "config", "domain"},
        {"typer", "uvicorn", "rich", "sqlalchemy"},
    ),
}
MODULES = sorted([*(ROOT / "pilot").rglob("*.py"), *(ROOT / "pages").glob("*.py")])
OWN = [path for path in MODULES if "migrations" not in path.parts]


def of_every_module(rule: Callable[[Path], None]) -> Callable[[], None]:
    """A rule about one module, asked of each; every module that breaks it is named at once."""

    def asked() -> None:
        broken = []
        for path in OWN:
            try:
                rule(path)
            except AssertionError as error:
                broken.append(f"{path.relative_to(ROOT)}: {error}")
        assert not broken, "\n".join(broken)

    asked.__name__ = rule.__name__
    return asked


@functools.cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path))


def layer_of(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    if parts[0] == "pages":
        return "pages"
    return parts[1].removesuffix(".py") if len(parts) > 1 else ""


def imports(path: Path) -> list[str]:
    names = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def breaches(path: Path) -> list[str]:
    layer = layer_of(path)
    if layer not in HOUSE:
        return []
    ours, others = HOUSE[layer]
    found = []
    for name in imports(path):
        top, _, rest = name.partition(".")
        if top == "pilot":
            if not any(rest == allowed or rest.startswith(f"{allowed}.") for allowed in ours):
                found.append(f"{layer} may not import {name}")
        elif top not in others and not _standard(top):
            found.append(f"{layer} may not import {top}")
    return found


def _standard(top: str) -> bool:
    return top in sys.stdlib_module_names


@of_every_module
def test_a_module_imports_only_what_its_layer_may(path):
    assert breaches(path) == []


@of_every_module
def test_only_the_store_writes_queries(path):
    if layer_of(path) == "store":
        return
    calls = {
        node.func.id
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert "select" not in calls, "a query belongs in pilot/store"


@of_every_module
def test_nobody_reads_the_clock_but_the_edge(path):
    if layer_of(path) in {"web", "ui", "cli", "pages", "screens"}:
        return
    source = text_of(path)
    assert "datetime.now(" not in source
    assert "date.today(" not in source


@of_every_module
def test_no_page_shows_unescaped_html(path):
    source = text_of(path)
    for way in ("unsafe_allow_html", "st.html(", "components", "st.iframe("):
        assert "streamlit" not in source or way not in source, (
            f"{way}: text of a user could run as a program"
        )


# Calls whose first argument Streamlit reads as Markdown; attributes that hold what people typed.
MARKDOWN = {
    *("badge", "button", "caption", "checkbox", "confirm", "error", "expander", "header", "info"),
    *("form_submit_button", "link", "link_button", "markdown", "metric", "popover", "radio"),
    *("subheader", "success", "title", "toast", "toggle", "warning"),
}
TYPED = {
    *("checker", "closing_note", "closer", "code", "comment", "dissent", "doc_no", "entity"),
    *("fact", "holder", "issuer", "login", "message", "name", "no", "note", "owner", "product"),
    *("proof", "reason", "remedy", "shown_name", "source", "submitter", "targets", "text"),
    *("title", "vouched", "warnings", "who", "withdrawn_reason"),
}
OURS = {"table.title", "page.title", "each.title", "rule.title"}  # words of the product itself


def raw_texts(node: ast.AST) -> list[str]:
    """What people typed in an expression, unless `plain` is around it."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("plain", "ui.plain"):
        return []
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("len", "go", "address"):
        return []
    if isinstance(node, ast.Attribute) and node.attr in TYPED:
        written = ast.unparse(node)
        return [] if written in OURS else [written]
    return [text for child in ast.iter_child_nodes(node) for text in raw_texts(child)]


def test_a_text_without_plain_is_found():
    tree = ast.parse("f'{row.name} {ui.plain(row.title)} {row.state.label}'")
    assert raw_texts(tree) == ["row.name"]


@of_every_module
def test_what_people_typed_passes_through_plain_on_its_way_into_markdown(path):
    if layer_of(path) not in {"ui", "pages", "screens"}:
        return
    calls = [
        node
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in MARKDOWN
    ]
    shown = [call.args[0] for call in calls if call.args]
    shown += [
        word.value for call in calls for word in call.keywords if word.arg in ("label", "help")
    ]
    assert [text for node in shown for text in raw_texts(node)] == []


@of_every_module
def test_a_day_is_asked_for_by_the_field_without_bounds(path):
    if path.name not in {"days.py", "strip.py"}:
        assert "date_input(" not in text_of(path), "use ui.day"


@of_every_module
def test_prose_is_asked_for_by_a_field_that_takes_a_long_paste(path):
    """With `max_chars` the browser drops a text that is too long, whole and without a word."""
    for call in ast.walk(tree_of(path)):
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("text_area"):
            assert "max_chars" not in {one.arg for one in call.keywords}, "use ui.area"


@of_every_module
def test_a_module_is_short_enough_to_hold_in_the_head(path):
    limit = 80 if layer_of(path) == "pages" else 300
    assert text_of(path).count("\n") <= limit


def test_no_streamlit_call_stands_between_a_verb_and_its_commit():
    for layer in ("services", "store", "domain"):
        for path in (ROOT / "pilot" / layer).rglob("*.py"):
            assert not any(name.startswith("streamlit") for name in imports(path)), path


def test_every_page_begins_with_its_guard():
    for path in (ROOT / "pages").glob("*.py"):
        body = tree_of(path).body
        work = [
            node
            for node in body
            if not isinstance(node, ast.Import | ast.ImportFrom)
            and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        ]
        assert "require(" in ast.unparse(work[0]), f"{path.name} does not guard itself first"


def test_the_main_script_does_not_stand_beside_the_pages():
    assert not (ROOT / "pilot" / "ui" / "pages").exists()
    assert "pilot/ui/main.py" in (ROOT / "app.py").read_text(encoding="utf-8") or (
        "MAIN" in (ROOT / "app.py").read_text(encoding="utf-8")
    )
