"""Answers: a scenario evaluated, and the blocks of its report for the page."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lca.report.paper.html_blocks import block
from lca.report.paper.sections import Settings, assemble
from lca.report.paper.study import Study

if TYPE_CHECKING:
    from lca.report.paper.blocks import Report
    from lca.scenario import Scenario

Check = Callable[[], None]
_KEPT = 3
_FIRST = ("verdict", "results", "comparison", "scope")
_OPEN = ("verdict", "results", "comparison", "scope", "sensitivity", "quality")
"""Sections that are read at once, in this order; the scope only where something is not counted."""

_LEFT_OUT = frozenset({"goal", "again"})


def evaluated(scenario: Scenario, basis: str, check: Check, *, methods: bool = True) -> Study:
    """Evaluate a scenario with its options, as ``lca report`` does.

    Parameters
    ----------
    check
        Called between steps; it raises where the answer is in vain.
    methods
        Whether to try all method choices.
    """
    from lca.comparison import compare
    from lca.evaluation import evaluate
    from lca.inventory import choose_model

    making = Settings(basis=basis, sliders=False)
    scenario.require_uses()
    options = scenario.options()
    check()
    if len(options) < 2:
        ledger = evaluate(options[0], embodied_model=choose_model(options))
        return Study(scenario, [ledger], None, making)
    found = compare(scenario, basis=basis, methods=methods)
    check()
    return Study(scenario, found.ledgers, found, making)


class Studies:
    """The last few evaluated scenarios, so that a page asks for one twice and it is computed once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, str], Study] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, scenario: Scenario, basis: str, check: Check) -> Study:
        """Return the study of a scenario, evaluated where it is not known yet."""
        key = (scenario.name, scenario.digest(), basis)
        with self._lock:
            known = self._kept.get(key)
        if known is None:
            known = evaluated(scenario, basis, check)
        with self._lock:
            self._kept[key] = known
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return known


def first_answer(scenario: Scenario, basis: str, check: Check) -> dict[str, Any]:
    """Return what a page shows at once: verdict, table, strips, stages and matrix, on all draws.

    Method choices, lines and inputs take longer than these together, and come with the whole.
    """
    from lca.report.result import compare_result, run_result

    study = evaluated(scenario, basis, check, methods=False)
    if study.comparison is None:
        result = run_result(scenario, study.ledgers, basis=basis, full=False)
    else:
        result = compare_result(scenario, study.comparison, full=False)
    return _told(assemble(result), _FIRST)


def whole_answer(study: Study) -> dict[str, Any]:
    """Return every section with all pictures, and the trails behind the numbers."""
    names = [one.id for one in study.page.sections if one.id not in _LEFT_OUT]
    return _told(study.page, names) | {"trails": study.page.trails}


def _told(report: Report, names: Sequence[str]) -> dict[str, Any]:
    result = report.result
    is_open = dict.fromkeys(_OPEN, True) | {"scope": bool(result["missing"] or result["fallbacks"])}
    chosen = [one for one in report.sections if one.id in names]
    ranks = {name: rank for rank, name in enumerate(_OPEN)}
    sections = [
        {
            "id": section.id,
            "title": section.title,
            "open": is_open.get(section.id, False),
            "html": "".join(block(one) for one in section.blocks),
        }
        for section in sorted(chosen, key=lambda one: ranks.get(one.id, len(ranks)))
    ]
    return {
        "verdict": _verdict(result),
        "inputs_hash": result["inputs_hash"],
        "options": [_option(one, result) for one in result["options"]],
        "sections": sections,
    }


def _verdict(result: Mapping[str, Any]) -> str:
    from lca.report.paper import wording

    found = result["comparison"]
    return str(found["verdict"] if found else wording.single(result))


def _option(option: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """Return an option's numbers as the result has them."""
    basis = result["basis"]
    per = option["per_unit"].get("gwp100", {}).get(basis)
    best = (result["comparison"] or {}).get("probability_best", {}).get(option["name"])
    total = option["total"]["gwp100"][basis]
    return {"name": option["name"], "total": total, "per": per, "lowest": best}


def file_of(study: Study, suffix: str) -> str | bytes:
    """Return a study as a file of a format, with sliders where the format has them.

    Raises
    ------
    DocumentError
        If the format is unknown, or needs a package that is not installed.
    """
    from lca import document
    from lca.report import find_writer

    if suffix == ".yaml":
        return document.dump(study.scenario.data)
    making = replace(study.settings, sliders=True, command=f"lca report {study.scenario.name}.yaml")
    return find_writer(f"report{suffix}")(replace(study, settings=making))
