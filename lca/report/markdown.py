"""Markdown: verdict, tables, what decides it, assumptions, gaps, sources and attribution lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lca.report import cost_tables, phase_tables, sentences, tables
from lca.report.paper.letters import one_line
from lca.report.tables import Table

SUFFIX = ".md"
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#&$~])")


def render(result: Mapping[str, Any]) -> str:
    """Return a result as a Markdown document."""
    return "\n".join(_lines(result)).rstrip() + "\n"


def _lines(result: Mapping[str, Any]) -> Iterator[str]:
    yield from title_line(result["title"] or result["scenario"])
    if result["question"]:
        yield from (f"*{plain(result['question'])}*", "")
    if result["comparison"]:
        yield from (f"**{plain(result['comparison']['verdict'])}**", "")
    for table in filter(None, _tables(result)):
        yield from table_lines(table)
    yield from section("What decides it", sentences.decides(result))
    yield from section("Method choices", sentences.method_lines(result))
    yield from section("Cautions", sentences.caution_lines(result))
    yield from section("Fallbacks", result["fallbacks"])
    notes = [
        *phase_tables.overtaking_lines(result),
        *sentences.other_unit_lines(result),
        *sentences.central_lines(result),
        *result["warnings"],
    ]
    yield from section("Notes", [note for note in notes if note not in result["fallbacks"]])
    yield from section("Not counted", sentences.missing_lines(result))
    yield from section("Assumed, not published", sentences.assumption_lines(result))
    yield from section("Sources", list(map(_cite, result["sources"])))
    yield from section("Attribution", _attributions(result["sources"]))
    yield from section("How it was computed", [sentences.draws_line(result), _versions(result)])


def _tables(result: Mapping[str, Any]) -> Iterator[Table | None]:
    yield tables.stage_table(result)
    yield phase_tables.phase_table(result)
    yield cost_tables.cost_table(result)
    yield tables.total_table(result, intervals=True)
    yield tables.probability_table(result)
    yield tables.group_table(result)


def plain(text: str) -> str:
    """Return a text in which nothing is Markdown."""
    return _SPECIAL.sub(r"\\\1", one_line(text))


def title_line(title: str) -> Iterator[str]:
    """Yield the heading of a document."""
    yield from (f"# {plain(title)}", "")


def section(title: str, lines: Sequence[str]) -> Iterator[str]:
    """Yield a titled list, or nothing if it is empty."""
    if lines:
        yield from (f"## {title}", "")
        for line in lines:
            yield f"{'  ' if line.startswith('  ') else ''}- {plain(line)}"
        yield ""


def table_lines(table: Table) -> Iterator[str]:
    """Yield a table with its title."""
    heading = [plain(name) for name in table.columns]
    if table.lowest_column is not None:
        heading[table.lowest_column] += " (lowest)"
    yield from (f"## {plain(table.title)}", "")
    yield f"| | {' | '.join(heading)} |"
    yield f"|---|{'---:|' * len(heading)}"
    for number, (name, cells) in enumerate(table.rows):
        mark = " (lowest)" if number == table.lowest_row else ""
        first = f"**{plain(name)}**" if number in table.emphasis else plain(name)
        yield f"| {first}{mark} | {' | '.join(plain(cell.joined()) for cell in cells)} |"
    yield ""
    if table.note:
        yield from (plain(table.note), "")


def _cite(source: Mapping[str, str]) -> str:
    seen = f" [{source['seen']}]" if source["seen"] not in {"", "opened"} else ""
    licence = f" Licence: {source['licence']}." if source["licence"] else ""
    url = f" {source['url']}" if source["url"] else ""
    return f"{source['key']}: {source['citation']}.{licence}{url}{seen}"


def _attributions(sources: Sequence[Mapping[str, str]]) -> list[str]:
    return list(dict.fromkeys(s["attribution"] for s in sources if s["attribution"]))


def _versions(result: Mapping[str, Any]) -> str:
    return f"lca {result['lca_version']}, inputs {result['inputs_hash'][:16]}"
