"""Targets that read YAML, Markdown and JSON."""

from __future__ import annotations

import math
import re
from functools import cache

import lca
from fuzz.promises import file_of, folder, require, require_numbers, text_of
from lca import document
from lca.exports import meta as export_meta
from lca.library import Library
from lca.measure import record_files, records
from lca.report.difference.reading import read_result
from lca.scenario import Scenario
from lca.scenario import records as scenario_records
from lca.validation.cards import check_card
from lca.validation.cases import read_cases
from lca.validation.scoring import score_cases

_ID = re.compile(rb"^id: ([a-z0-9-]{1,60})\s*$", re.MULTILINE)


def document_(raw: bytes) -> None:
    """Demand that what is read is written and read again as the same, and that places are true."""
    read = document.parse(raw.decode("utf-8", "replace"))
    again = document.parse(document.dump(read.data))
    require(again.data == read.data, "writing and reading changed the data")
    require(list(again.data) == list(read.data), "writing changed the order of the keys")
    lines = raw.count(b"\n") + raw.count(b"\r") + raw.decode("utf-8", "replace").count("\x85") + 2
    for key in read.data:
        require(1 <= read.position((key,))[0] <= lines, "a position lies outside the text")


@cache
def _library() -> Library:
    return Library()


def _loaded(raw: bytes) -> Scenario:
    return lca.load(file_of(raw, "scenario.yaml"), library=_library())


def scenario(raw: bytes) -> None:
    """Demand that an accepted scenario survives its file, with the same digest."""
    loaded = _loaded(raw)
    saved = folder() / "saved.yaml"
    loaded.save(saved)
    again = lca.load(saved, library=_library())
    require(again.data == loaded.data, "saving and loading changed the data")
    require(again.digest() == loaded.digest(), "saving and loading changed the digest")


def evaluation(raw: bytes) -> None:
    """Demand that an accepted scenario has totals, or is refused in words."""
    loaded = _loaded(raw)
    loaded.require_uses()
    ledger = lca.evaluate(loaded, samples=0)
    require_numbers(ledger.total("gwp100").samples.ravel(), "the total")


def record(raw: bytes) -> None:
    """Demand that both readers of a record bear it, and that a saved record is the same record."""
    path = file_of(raw, "record.yaml")
    found = records.load(path)
    saved = folder() / "saved-record.yaml"
    found.save(saved)
    again = record_files.written(records.load(saved))
    require(again == record_files.written(found), "saving and loading changed the record")
    scenario_records.load(path)


def device(raw: bytes) -> None:
    """Demand that a device file is read or refused, and that what it says is finite."""
    name = _ID.search(raw)
    mine = name[1].decode() if name else "mine"
    path = file_of(raw, f"db/gpu/{mine}.yaml")
    try:
        found = Library((path.parents[1],)).device(mine)
    finally:
        path.unlink()
    if found.power.tdp is not None:
        require(math.isfinite(found.power.tdp.central), "the power is not finite")


def bibliography(raw: bytes) -> None:
    """Demand that a bibliography is read or refused."""
    path = file_of(raw, "shelf/sources.yaml")
    require(len(Library((path.parent,)).sources) > 0, "no source is left")


def card(raw: bytes) -> None:
    """Demand that a model card is checked or refused."""
    _plain(check_card(file_of(raw, "card.md")))


def claims(raw: bytes) -> None:
    """Demand that claims are checked or refused."""
    _plain(check_card(file_of(raw, "claims.yaml")))


def cases(raw: bytes) -> None:
    """Demand that published cases are read and scored, or refused."""
    found = read_cases(file_of(raw, "cases.yaml"))
    require_numbers((case.tolerance for case in found), "a tolerance")
    if len(found) <= 3:
        score_cases(found)


def result(raw: bytes) -> None:
    """Demand that a result is read or refused."""
    read_result(file_of(raw, "result.json"))


def meta(raw: bytes) -> None:
    """Demand that the facts of an export are read or refused."""
    export_meta.read(file_of(raw, "meta.yaml"))


def _plain(found: object) -> None:
    """Demand that an answer can be printed."""
    from lca.report.as_json import dump

    text_of(dump(found).encode())
