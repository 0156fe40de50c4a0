"""The rest of the reference: vocabulary, exit codes, data sets, hardware and sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lca import document, errors
from lca.factors.files import ROOT as FACTORS
from lca.factors.files import Sidecar, sidecar, tables
from lca.library import Library
from lca.library.models import KINDS
from lca.report.catalog import records
from lca.vocabulary import VOCABULARY
from manual_pages.text import cell, code, inline, page, table


def pages() -> dict[str, str]:
    """Return one page a list."""
    library = Library()
    return {
        "reference/vocabulary.md": _vocabulary(),
        "reference/exit-codes.md": _exit_codes(),
        "reference/data-sets.md": _data_sets(library),
        "reference/hardware.md": _hardware(library),
        "reference/sources.md": _sources(library),
    }


def _vocabulary() -> str:
    said = (
        "One name, one meaning, one unit, everywhere: the key in YAML, the parameter of a formula and "
        f"the heading of a column. There are {len(VOCABULARY)} names. A ratio has no unit."
    )
    rows = ([code(e.name), code(e.unit or "ratio"), cell(e.sentence)] for e in VOCABULARY.values())
    return page("Vocabulary", said, table(["name", "unit", "meaning"], rows))


_CODES = (
    ("0", "what was asked for was done"),
    ("1", "something unexpected: a bug, told in one line; `-v` prints the traceback"),
    ("2", "the command was not written as its help says"),
    ("3", "what was given is wrong: a file, a value, a name; or a file cannot be written"),
    ("4", "a result crossed a limit that was set (`--fail-if`), or a check did not hold"),
    ("5", "this machine cannot measure what was asked for (`--require measured`)"),
    ("130", "interrupted"),
    ("141", "whoever read the output has left"),
    ("143", "terminated; nothing is half written, as after an interrupt"),
)


def _exit_codes() -> str:
    said = (
        "`lca measure -- COMMAND` passes on the exit code of the command that it ran. All mistakes of "
        "a file are told at once, each with its place, what was found, what is accepted and the "
        "nearest name."
    )
    rows = (
        [code(f"lca.errors.{one.__name__}"), str(one.exit_code), cell((one.__doc__ or "").split("\n")[0])]
        for one in _errors(errors.LcaError)
    )  # fmt: skip
    codes = table(["code", "meaning"], ([number, text] for number, text in _CODES))
    return page(
        "Exit codes and errors", said, codes, "## Exceptions in Python",
        table(["exception", "exit code", "meaning"], rows),
    )  # fmt: skip


def _errors(kind: type[errors.LcaError]) -> Iterator[type[errors.LcaError]]:
    yield kind
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from _errors(below)


def _data_sets(library: Library) -> str:
    said = (
        "Every table stands as delivered beside a file that names its origin, year, licence and the "
        "unit of each column; what is wrong in one is listed apart and passed over, never edited. A "
        "report prints the attribution lines that its numbers need; `NOTICE` has all of them."
    )
    found = [sidecar(name) for name in tables()]
    return page(
        "Data sets", said,
        "## Tables", _listing(found, ".csv"),
        "## Hourly series", _listing([_hourly(path) for path in _yaml("hourly")], ".csv.gz"),
        "## Factors and coefficients",
        "Single values with their interval, source and quality, in YAML.",
        table(["file", "what", "source", "quality"], _collections(library)),
    )  # fmt: skip


def _yaml(folder: str) -> list[Path]:
    return sorted((FACTORS / folder).glob("*.yaml"))


def _listing(found: list[Sidecar], ending: str) -> str:
    rows = (
        [
            code(f"{one.table}{ending}"), cell(one.title), cell(one.publisher or "–"),
            str(one.year or "–"), cell(one.licence), cell(one.origin),
        ]
        for one in found
    )  # fmt: skip
    return table(["file in `lca/factors`", "what", "publisher", "year", "licence", "origin"], rows)


def _hourly(path: Path) -> Sidecar:
    entries: dict[str, Any] = document.read(path).data
    known = {name: value for name, value in entries.items() if name in Sidecar.__slots__}
    return Sidecar(**known | {"table": f"hourly/{path.stem}"})


def _collections(library: Library) -> Iterator[list[str]]:
    for path in sorted(FACTORS.rglob("*.yaml")):
        entries = document.read(path).data
        if path.with_suffix(".csv").exists() or path.parent.name == "hourly":
            continue
        name = path.relative_to(FACTORS).as_posix()
        source = str(entries.get("source", ""))
        link = (
            f"[{cell(library.sources[source].title)}](sources.md)"
            if source in library.sources
            else ""
        )
        yield [code(name), cell(entries.get("title", "")), link, cell(entries.get("quality", ""))]


def _hardware(library: Library) -> str:
    counts = {kind: library.ids(kind) for kind in KINDS}
    overview = table(
        ["kind", "entries", "from"],
        ([f"[{kind}](#{kind})", str(len(ids)), _vendors(kind, library)] for kind, ids in counts.items() if ids),
    )  # fmt: skip
    said = (
        "`lca show ID` prints every value of an entry with its source, and all embodied models that "
        "apply. One of your own is one file: [your own device or factor](../how-to/own-data.md)."
    )
    lists = [
        f"## {kind}\n\n" + table(["id", "name", "vendor"], _entries(kind, library))
        for kind, ids in counts.items()
        if ids
    ]
    return page("Hardware", said, overview, *lists)


def _vendors(kind: str, library: Library) -> str:
    counted = Counter(record["vendor"] for record in records(kind, library) if record["vendor"])
    return cell(", ".join(f"{name} {number}" for name, number in counted.most_common(6)))


def _entries(kind: str, library: Library) -> Iterator[list[str]]:
    for record in records(kind, library):
        yield [code(record["id"]), cell(record["name"]), cell(record["vendor"] or "–")]


def _sources(library: Library) -> str:
    said = (
        "The bibliography: what every packaged value names as its source. *Seen* says how it was read: "
        "the text itself (opened), in a document that quotes it (secondary), computed from cited "
        "figures (derived), or assumed by this project."
    )
    rows = (
        [code(s.key), _title(s.title, s.url), cell(s.publisher), cell(s.year or "–"), cell(s.licence), cell(s.seen)]
        for _, s in sorted(library.sources.items())
    )  # fmt: skip
    return page(
        "Sources", said, table(["key", "title", "publisher", "year", "licence", "seen"], rows)
    )


def _title(title: str, url: str) -> str:
    return f"[{cell(title)}]({url})" if url else inline(" ".join(title.split()))
