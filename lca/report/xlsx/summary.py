"""The first sheet: the question, the verdict, the key table, and two charts."""

from __future__ import annotations

from lca.comparison import verdict
from lca.report.wording import say_unit
from lca.report.xlsx.content import LIVE, Content
from lca.report.xlsx.pen import Pen
from lca.report.xlsx.places import column
from lca.report.xlsx.result_sheets import Account, Places, headline

FIRST_ROW = 12
"""Row of the first option in the key table, counted from 1."""

_WIDTH = 10
_STATISTICS = ("median", "p5", "p95")


def write_summary(pen: Pen, content: Content) -> None:
    """Write the texts and the frame of the key table; totals follow once their places are known."""
    result = content.result
    pen.merged(1, 0, _WIDTH - 1, result["title"] or result["scenario"], "title")
    pen.merged(2, 0, _WIDTH - 1, result["question"], "wrap")
    pen.merged(4, 0, _WIDTH - 1, _verdict(content), "verdict")
    pen.sheet.set_row(3, 52)
    pen.sheet.set_row(1, 30)
    for row, text in enumerate(_remarks(content), 5):
        pen.merged(row, 0, _WIDTH - 1, text, "long")
    pen.sheet.set_row(5, 30)
    pen.widths(30, *(15 for _ in range(_WIDTH - 1)))
    pen.sheet.freeze_panes(0, 1)


def _verdict(content: Content) -> str:
    found = content.comparison
    return verdict(found) if found else "One option; nothing is compared."


def _remarks(content: Content) -> tuple[str, ...]:
    result = content.result
    first, last = result["period"][0], result["period"][-1]
    view = {"spread": "manufacture spread over life", "inventory": "booked when it happens"}
    about = f"{first}-{last}, {result['basis']}-based electricity, {view[content.view]}"
    draws = f"{result['samples']:,} draws, seed {result['seed']}, lca {result['lca_version']}"
    return (
        f"{about}; {draws}.",
        f"{_followed(content)} Medians, intervals and chances come from the draws and do not.",
        _gaps(len(result["missing"])),
    )


def _followed(content: Content) -> str:
    """Say how far central values follow the inputs: where something stays a value, how much."""
    lines = content.lines
    kept = sum((x.activity_as, x.intensity_as) != (LIVE, LIVE) for x in lines)
    rest = len(content.ledgers) - len(content.live)
    if not kept and not rest:
        return "Central values follow the yellow cells of the sheet Inputs."
    options = f", and {rest} options keep their totals" if rest else ""
    return (
        f"Central values follow the sheet Inputs only in part: {kept} of {len(lines)} lines keep "
        f"their activity or intensity as a value (sheet Lines says which){options}."
    )


def _gaps(count: int) -> str:
    if not count:
        return "No gap is recorded; what is missing would be named and never counted as 0."
    gaps = "gap is" if count == 1 else "gaps are"
    return f"{count} {gaps} listed on the sheet Sources; nothing missing is counted as 0."


def write_key_table(pen: Pen, content: Content, places: Places) -> None:
    """Write central values by formula beside median and 90 % interval of the draws."""
    account, ledger = headline(content), content.ledgers[0]
    unit = ledger.functional_units[0] if ledger.functional_units else ""
    whole = ledger.unit("gwp100")
    titles: tuple[str, ...] = _titles(f"total [{whole}]")
    if unit:
        titles += _titles(say_unit(f"{whole}/({unit})"))
    chance = ("chance lowest",) if content.comparison else ()
    pen.text(FIRST_ROW - 2, 0, "Greenhouse gases", "heading")
    pen.header(FIRST_ROW - 1, ("option", *titles, *chance), 0, 1)
    pen.sheet.set_row(FIRST_ROW - 2, 46)
    for row, option in enumerate(content.result["options"], FIRST_ROW):
        pen.text(row, 0, option["name"])
        number = row - FIRST_ROW + 1
        _total(pen, content, places, account, number, row)
        if unit:
            _per_unit(pen, content, places, account, number, row)
        if content.comparison:
            best = content.comparison.probability_best[option["name"]]
            pen.number(row, 9 if unit else 5, best, "share")


def _titles(unit: str) -> tuple[str, ...]:
    return (f"central, {unit}", "median", "p5", "p95")


def _total(
    pen: Pen, content: Content, places: Places, account: Account, number: int, row: int
) -> None:
    found = content.result["options"][number - 1]["total"]["gwp100"][account.basis]
    place = places.totals[number, account]
    if found["central"] is None:
        pen.text(row, 1, "not known", "absent")
    else:
        address = f"Results!{column(Places.TOTAL)}{place}"
        pen.formula(row, 1, address, found["central"], "total")
    for position, key in enumerate(_STATISTICS, 2):
        pen.number(row, position, found[key])


def _per_unit(
    pen: Pen, content: Content, places: Places, account: Account, number: int, row: int
) -> None:
    found = content.result["options"][number - 1]["per_unit"]["gwp100"][account.basis]
    name = content.ledgers[0].functional_units[0]
    delivered = Account(f"unit:{name}", account.basis, account.view)
    place = places.totals[number, delivered]
    if found["central"] is None:
        pen.text(row, 5, "not known", "absent")
    else:
        text = f"B{row}/Results!{column(Places.TOTAL)}{place}"
        pen.formula(row, 5, text, found["central"], "total")
    for position, key in enumerate(_STATISTICS, 6):
        pen.number(row, position, found[key])


def last_row(content: Content) -> int:
    """Return the row of the last option in the key table."""
    return FIRST_ROW + len(content.ledgers) - 1
