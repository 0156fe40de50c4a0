"""The phases of an AI service as a table, and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lca.ledger import PHASES
from lca.report.tables import (
    Result,
    Table,
    number_cell,
    option_names,
    statistic_name,
    trail_key,
    year_range,
)
from lca.report.wording import common_scale, interval, percent, spoken


def phase_table(result: Result) -> Table | None:
    """Return greenhouse gases by phase, or None where every option has one phase only."""
    found = [_phases(option) for option in result["options"]]
    if not any(found):
        return None
    known = [phase for phase in PHASES if any(phase in one for one in found)]
    medians = [x["median"] or 0.0 for one in found for x in one.values()]
    step, unit = common_scale(medians or [0.0], "kgCO2e")
    rows = tuple(
        (
            spoken(phase),
            tuple(
                number_cell(one.get(phase), step, trail_key(name, "phase", phase))
                for name, one in zip(option_names(result), found, strict=True)
            ),
        )
        for phase in known
    )
    title = (
        f"{unit} by phase, {year_range(result)}, {result['basis']}-based: {statistic_name(result)}"
    )
    return Table(title, option_names(result), rows)


def _phases(option: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {
        phase: entry["gwp100"] for phase, entry in option["by_phase"].items() if "gwp100" in entry
    }


def overtaking_lines(result: Result) -> Iterator[str]:
    """Yield when serving has emitted as much as all that came before it."""
    several = len(result["options"]) > 1
    for option in result["options"]:
        found = option["overtaking"]
        if found is not None:
            yield (f"{option['name']}: " if several else "") + _overtaking(found)


def _overtaking(found: Mapping[str, Any]) -> str:
    middle, between = interval(found["amount"], 1.0)
    spread = f" ({between})" if between else ""
    unit = found["functional_unit"].removeprefix("1 ")
    year = f", in {found['year']}" if found["year"] else ""
    return (
        f"serving has emitted as much as all that came before it after {middle}{spread} {unit}{year}; "
        f"the period delivers as many with a probability of {percent(found['probability'])}"
    )
