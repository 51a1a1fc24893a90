"""Pages of a report (打印页, 佐证页): one file each, nothing fetched, every text escaped."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape

from pilot.domain.report_headings import heading_cells
from pilot.domain.report_templates import ColumnType, Template
from pilot.reports.cells import Cell
from pilot.reports.report_content import NUMERIC, Content
from pilot.reports.report_files import Cover

_PRINT = """
@page { size: A4 %s; margin: 18mm 14mm; }
body { font: 10.5pt/1.5 "SimSun", "Songti SC", "Noto Serif CJK SC", serif; color: #000;
  max-width: 277mm; margin: 0 auto; padding: 0 4mm; }
h1, h2, h3 { font-family: "SimHei", "Noto Sans CJK SC", sans-serif; }
h1 { font-size: 18pt; text-align: center; margin: 6mm 0 3mm; }
h2 { font-size: 13pt; margin: 8mm 0 2mm; }
table { border-collapse: collapse; width: 100%%; }
th, td { border: 1px solid #000; padding: 1mm 1.5mm; vertical-align: top;
  overflow-wrap: anywhere; }
th { text-align: center; vertical-align: middle; background: #f2f2f2; }
td.n { text-align: right; white-space: nowrap; }
tr.total td { font-weight: bold; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
.about, .signed { display: flex; flex-wrap: wrap; gap: 1mm 8mm; margin: 2mm 0;
  justify-content: space-between; }
.signed { margin-top: 8mm; }
.signed span { min-width: 40mm; }
.seal { margin: 10mm 6mm 0 auto; width: 46mm; height: 46mm; border: 1px dashed #999;
  border-radius: 50%%; display: flex; align-items: center; justify-content: center;
  color: #777; break-inside: avoid; }
.small { font-size: 9pt; color: #333; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
a { color: #0b4f9c; }
:target { background: #fff3bf; }
@media print { th { background: none; } a { color: inherit; text-decoration: none; } }
"""
_PHONE = """
.wide { max-width: 100%; }
@media screen and (max-width: 60em) {
  body { padding: 0 3mm; }
  h1 { font-size: 15pt; margin: 4mm 0 2mm; }
  .wide { border-left: 1px solid #000; border-right: 1px solid #000; margin: 2mm 0; }
  .wide table { width: max-content; min-width: 100%; }
  .wide th, .wide td { min-width: 4.5em; max-width: 16em; }
  .wide td.n { min-width: 3em; }
  table.lines th { width: 6em; }
}
"""
_CLAIM_HEADS = (
    *("计入情况", "单元编号", "单元名称", "事件日期", "口径版本", "规则", "核实人"),
    *("依据", "缺少或说明"),
)


def print_page(
    found: Content, cover: Cover, names: Sequence[tuple[str, str]], *, phone: bool = True
) -> bytes:
    """The report for A4: form number above, rows, sums, signatures, a place for the seal.

    Without `phone` it is drawn as renderer 1 drew it, with no thought of small screens.
    """
    template, lines = found.template, dict(cover.lines)
    about = [
        (name, lines[name]) for name in ("表号", "制表机关", "文号", "有效期") if lines.get(name)
    ]
    when = [(name, lines[name]) for name in ("填报单位", "报告期", "截至日期")]
    signed = "".join(f"<span>{escape(role)}：{escape(name)}</span>" for role, name in names)
    body = (
        f"{_about(about)}<h1>{escape(template.title)}</h1>{_about(when)}"
        f'<div class="wide">{table(found)}</div>{_note(template)}'
        f'<div class="signed">{signed}<span>填报日期：　　年　　月　　日</span></div>'
        '<div class="seal">（单位公章）</div>'
        f'<p class="small">{"　".join(f"{escape(n)}：{escape(v)}" for n, v in _proof(lines))}</p>'
    )
    return _page(template.title, template, body, _PHONE if phone else "")


def proof_page(
    found: Content,
    cover: Cover,
    claims: Sequence[Sequence[Cell]],
    rules: str,
    *,
    phone: bool = True,
) -> bytes:
    """From a count to its proof: the report, then the units behind each number and their evidence.

    `claims` are rows of CLAIMS (indicator code first), in order. On a phone a table scrolls in a
    box of its own; without `phone` the page is drawn as renderer 1 drew it.
    """
    about = "".join(f"<tr><th>{escape(n)}</th><td>{escape(v)}</td></tr>" for n, v in cover.lines)
    lines = ' class="lines"' if phone else ""
    body = (
        f"<h1>{escape(found.template.title)}</h1>"
        f'<h2>一、报表</h2><div class="wide">{table(found, linked=True)}</div>'
        f"{_note(found.template)}"
        f"<h2>二、计入的单元和依据</h2>{_claims(claims)}"
        f'<h2>三、指标口径</h2><p style="white-space: pre-wrap">{escape(rules)}</p>'
        f"<h2>四、说明</h2><table{lines}>{about}</table>"
        '<p class="small">本页不访问网络；同一压缩包内另有表格、依据清单和清单文件。</p>'
    )
    return _page(found.template.title, found.template, body, _PHONE if phone else "")


def table(found: Content, *, linked: bool = False) -> str:
    """The rows as a table; a goal's row leads to the units behind it when `linked`."""
    kinds = [column.type for column in found.template.columns]
    lines = []
    for row, unit in zip(found.rows, found.units, strict=True):
        link = (
            unit.removeprefix("goal:").replace(":", "-") if linked and unit[:5] == "goal:" else ""
        )
        lines.append(f"<tr>{_cells(row, kinds, link)}</tr>")
    if not found.rows:
        lines.append(f'<tr><td colspan="{len(kinds)}">本期没有记录。</td></tr>')
    lines += [f'<tr class="total">{_cells(row, kinds, "")}</tr>' for row in found.totals()]
    return (
        f"<table><thead>{_headings(found.template)}</thead><tbody>{''.join(lines)}</tbody></table>"
    )


def _headings(template: Template) -> str:
    rows: list[list[str]] = [[] for _ in range(template.levels)]
    for cell in heading_cells(template):
        span = f' rowspan="{cell.rows}" colspan="{cell.columns}"'
        rows[cell.row].append(f"<th{span}>{escape(cell.text)}</th>")
    return "".join(f"<tr>{''.join(cells)}</tr>" for cells in rows)


def _cells(row: Sequence[Cell], kinds: Sequence[ColumnType], link: str) -> str:
    cells = []
    for cell, kind in zip(row, kinds, strict=True):
        text = escape(_text(cell))
        if link and kind is ColumnType.NUMBER and cell:
            text = f'<a href="#{escape(link)}">{text}</a>'
        cells.append(f'<td class="n">{text}</td>' if kind in NUMERIC else f"<td>{text}</td>")
    return "".join(cells)


def _claims(claims: Sequence[Sequence[Cell]]) -> str:
    """A section an indicator and scope: how many units count, then each with its evidence."""
    groups: dict[tuple, list[Sequence[Cell]]] = {}
    for row in claims:
        groups.setdefault(tuple(row[:4]), []).append(row)
    head = "".join(f"<th>{one}</th>" for one in _CLAIM_HEADS)
    parts = []
    for (code, scope, indicator, label), rows in groups.items():
        counted = sum(row[4] == "计入" for row in rows)
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(_text(cell))}</td>' for cell in row[4:])}</tr>"
            for row in rows
        )
        title = f"{indicator}（{label}）：计入 {counted} 项，待核 {len(rows) - counted} 项"
        parts.append(
            f'<h3 id="{escape(f"{code}-{scope}")}">{escape(title)}</h3><div class="wide">'
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )
    return "".join(parts) or "<p>截至所示日期没有计入或待核的单元。</p>"


def _about(lines: Sequence[tuple[str, str]]) -> str:
    spans = "".join(f"<span>{escape(name)}：{escape(value)}</span>" for name, value in lines)
    return f'<div class="about">{spans}</div>' if spans else ""


def _note(template: Template) -> str:
    return f'<p class="small">说明：{escape(template.note)}</p>' if template.note else ""


def _proof(lines: dict[str, str]) -> list[tuple[str, str]]:
    names = ("口径版本", "模板版本", "知悉时刻", "数据 SHA-256")
    return [(name, lines[name]) for name in names if lines.get(name)]


def _page(title: str, template: Template, body: str, more: str = "") -> bytes:
    style = _PRINT % ("landscape" if len(template.columns) > 6 else "portrait") + more
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body>\n{body}\n</body></html>\n"
    ).encode()


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return (
        f"{cell:,.2f}"
        if isinstance(cell, Decimal) and cell.as_tuple().exponent == -2
        else (f"{cell:f}" if isinstance(cell, Decimal) else str(cell))
    )
