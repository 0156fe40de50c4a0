"""What is paid for what, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lca.ledger import PRICED
from lca.report.tables import (
    Cell,
    Result,
    Table,
    number_cell,
    option_names,
    statistic_name,
    trail_key,
    year_range,
)
from lca.report.wording import common_scale, spoken

_PROCESSES = ("purchase", "electricity", "rental", "carbon")
_WORDS = {"rental": "rent", "carbon": "price on carbon"}


def cost_table(result: Result) -> Table | None:
    """Return undiscounted cost by what is paid for, and the present value; None without prices."""
    found = [option["costs"].get("cost", {}) for option in result["options"]]
    if not any(found):
        return None
    totals = {
        name: [_total(option, name, result) for option in result["options"]] for name in PRICED
    }
    known = [x for x in totals["cost"] if x is not None]
    step, unit = common_scale([x["median"] or 0.0 for x in known], known[0]["unit"])
    rows = [
        (
            _WORDS.get(process, process),
            tuple(_cells(result, [x.get(process) for x in found], step, "cost", process)),
        )
        for process in _PROCESSES
        if any(process in one for one in found)
    ]
    emphasis = len(rows)
    for name, numbers in totals.items():
        if any(number is not None for number in numbers):
            cells = _cells(result, numbers, step, "total", name, result["basis"])
            rows.append((spoken(name), tuple(cells)))
    title = f"Cost [{unit}], {year_range(result)}, undiscounted: {statistic_name(result)}"
    note = "* without what has no price; see Not counted" if any(map(_lacks, known)) else ""
    return Table(title, option_names(result), tuple(rows), emphasis=(emphasis,), note=note)


def _cells(
    result: Result, numbers: Sequence[Result | None], step: float, *kind: str
) -> Iterator[Cell]:
    """Yield a number of each option with the key of its trail."""
    for name, number in zip(option_names(result), numbers, strict=True):
        yield number_cell(number, step, trail_key(name, *kind))


def _total(option: Result, name: str, result: Result) -> Result | None:
    accounts = option["total"].get(name)
    if accounts is None or accounts[result["basis"]]["median"] is None:
        return None
    return {**accounts[result["basis"]], "missing": accounts.get("missing")}


def _lacks(numbers: Result) -> bool:
    return bool(numbers.get("missing"))
