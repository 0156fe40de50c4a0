"""Makes the report: twelve sections, the verdict first, from a result and what was drawn of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lca.report import cost_tables, phase_tables, sentences, tables
from lca.report.paper import inputs, wording
from lca.report.paper.blocks import (
    Block,
    Listing,
    Paragraph,
    Picture,
    Report,
    Section,
    TableBlock,
)
from lca.report.tables import Table

if TYPE_CHECKING:
    from lca.comparison import Comparison
    from lca.ledger import Ledger
    from lca.scenario import Scenario

Result = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Settings:
    """How a report is made.

    Attributes
    ----------
    basis
        Account of parts and rankings, ``location`` or ``market``.
    command
        What made it, as typed; printed for whoever wants to make it again.
    pictures, trails, sliders
        What to make beside the texts.
    """

    basis: str = "location"
    command: str = ""
    pictures: bool = True
    trails: bool = True
    sliders: bool = True


@dataclass(frozen=True, slots=True)
class Extras:
    """What a report has beside its result: made from ledgers, absent for a saved result."""

    pictures: Mapping[str, Picture] = field(default_factory=dict)
    inputs: tuple[inputs.Input, ...] = ()
    trails: Mapping[str, Any] = field(default_factory=dict)
    sliders: Mapping[str, Any] = field(default_factory=dict)
    no_sliders: str = ""
    crossings: tuple[str, ...] = ()
    standards: tuple[Table, ...] = ()
    inventory: tuple[Table, ...] = ()
    command: str = ""


def build(
    scenario: Scenario,
    ledgers: Sequence[Ledger],
    comparison: Comparison | None,
    settings: Settings | None = None,
    result: Result | None = None,
) -> Report:
    """Return the report of a scenario.

    Parameters
    ----------
    scenario
        The scenario.
    ledgers
        One an option, on shared draws.
    comparison
        Of these ledgers, or None where there is a single option.
    settings
        By default all parts on the account of location.
    result
        Their result where it is made already.
    """
    from lca.report.paper.extras import gather

    chosen = settings or Settings()
    found = result or result_of(scenario, ledgers, comparison, chosen)
    return assemble(found, gather(scenario, ledgers, comparison, found, chosen))


def result_of(
    scenario: Scenario, ledgers: Sequence[Ledger], comparison: Comparison | None,
    settings: Settings, *, counted: bool = True,
) -> Result:  # fmt: skip
    """Return the result that a report is made of, as plain data; see `lca.report.result`."""
    from lca.report.result import compare_result, run_result

    if comparison is None:
        return run_result(scenario, ledgers, basis=settings.basis, counted=counted)
    return compare_result(scenario, comparison, counted=counted)


def assemble(result: Result, extras: Extras | None = None) -> Report:
    """Return the report of a result: a saved one has neither inputs nor trails."""
    known = extras or Extras(pictures=_plain_pictures(result))
    sections = tuple(
        Section(name, title, blocks)
        for name, title, make in _SECTIONS
        if (blocks := tuple(make(result, known)))
    )
    title = result["title"] or result["scenario"]
    head = tuple(wording.head(result))
    moving = known.trails, known.sliders, known.no_sliders
    return Report(title, head, sections, result, *moving)


def _plain_pictures(result: Result) -> dict[str, Picture]:
    """Return the pictures that need nothing but the result."""
    from lca.report.paper import cost_carbon
    from lca.report.pictures import probabilities, ranges, stages

    plain = (ranges.draw(result, {}), stages.draw(result), probabilities.draw(result))
    drawn = (*plain, cost_carbon.of_result(result))
    return {one.name: one for one in drawn if one}


def _table(extras: Extras, table: Table | None, first: str = "") -> Iterator[TableBlock]:
    """Yield a table; numbers whose trail the report has open it."""
    if table is not None and table.rows:
        known = extras.trails.get("numbers", {})
        trails = tuple(
            tuple(cell.trail if cell.trail in known else "" for cell in cells)
            for _, cells in table.rows
        )
        yield TableBlock(table, trails if any(map(any, trails)) else (), first)


def _list(items: Sequence[str], title: str = "") -> Iterator[Listing]:
    if items:
        yield Listing(tuple(items), title)


def _picture(extras: Extras, *names: str) -> Iterator[Picture]:
    yield from (extras.pictures[name] for name in names if name in extras.pictures)


def _verdict(result: Result, extras: Extras) -> Iterator[Block]:
    found = result["comparison"]
    yield Paragraph(found["verdict"] if found else wording.single(result), "lead")
    yield from _table(extras, wording.key_table(result), "option")
    yield from _picture(extras, "ranges")
    yield from _list(sentences.caution_lines(result), "Cautions")


def _goal(result: Result, extras: Extras) -> Iterator[Block]:
    yield from _table(extras, wording.goal_table(result), "item")
    yield Paragraph(wording.publication(result), "note")


def _scope(result: Result, extras: Extras) -> Iterator[Block]:
    yield Paragraph(wording.functional_unit(result))
    yield from _table(extras, wording.option_table(result), "option")
    yield from _table(extras, wording.boundary_table(result), "stage")
    yield from _list(sentences.missing_lines(result), "Not counted")
    yield from _list(result["fallbacks"], "Methods that could not be used as asked")


def _results(result: Result, extras: Extras) -> Iterator[Block]:
    yield from _picture(extras, "stages")
    wide = tables.is_wide(result)
    yield from _table(extras, tables.stage_table(result), "option" if wide else "stage")
    yield from _table(
        extras, tables.total_table(result, intervals=True), "option" if wide else "total"
    )
    yield from _table(extras, phase_tables.phase_table(result), "phase")
    yield from _list(list(phase_tables.overtaking_lines(result)))
    yield from _picture(extras, "contributions", "cumulative", "hours")
    notes = [*sentences.other_unit_lines(result), *sentences.central_lines(result)]
    yield from _list(notes, "How to read these numbers")


def _comparison(result: Result, extras: Extras) -> Iterator[Block]:
    if not result["comparison"]:
        return
    yield from _picture(extras, "probabilities")
    yield from _table(extras, tables.probability_table(result), "option")
    yield from _table(extras, wording.pair_table(result), "pair")
    yield from _picture(extras, "break-even")
    yield from _list(wording.crossing_lines(result, extras), "When one total passes another")
    yield from _table(extras, cost_tables.cost_table(result), "cost")
    yield from _picture(extras, "cost-carbon")


def _sensitivity(result: Result, extras: Extras) -> Iterator[Block]:
    yield from _picture(extras, "tornado")
    yield from _list(sentences.decides(result), "What makes the difference")
    yield from _list(sentences.method_lines(result), "Method choices")


def _quality(result: Result, extras: Extras) -> Iterator[Block]:
    if extras.inputs:
        yield Paragraph(inputs.quality_words(extras.inputs))
        yield from _table(extras, inputs.quality_table(extras.inputs), "kind of input")
    yield from _list([*result["warnings"]], "Remarks of the evaluation")


def _inputs(result: Result, extras: Extras) -> Iterator[Block]:
    yield from _list(sentences.assumption_lines(result), "Assumed, not published")
    yield from _table(extras, inputs.input_table(extras.inputs), "input")
    yield from _list([wording.cite(s) for s in result["sources"]], "Sources")
    yield from _list(wording.attributions(result), "Attribution")


def _standards(result: Result, extras: Extras) -> Iterator[Block]:
    for table in extras.standards[:1]:
        yield from _table(extras, table, "standard")
    for table in extras.inventory:
        yield from _table(extras, table, "line")
    yield from _table(extras, wording.inventory_table(result), "year")
    yield from _table(extras, wording.apart_table(result), "apart from the total")
    for table in extras.standards[1:]:
        yield from _table(extras, table, "requirement")


def _limits(result: Result, _extras: Extras) -> Iterator[Block]:
    yield from _list(list(wording.limits(result)))


def _again(result: Result, extras: Extras) -> Iterator[Block]:
    yield from _table(extras, wording.provenance_table(result, extras.command), "item")
    yield Paragraph(sentences.draws_line(result))


def _glossary(_result: Result, _extras: Extras) -> Iterator[Block]:
    yield from _list([f"{word}: {meaning}" for word, meaning in wording.GLOSSARY])


_SECTIONS: tuple[tuple[str, str, Callable[[Result, Extras], Iterator[Block]]], ...] = (
    ("verdict", "Verdict", _verdict),
    ("goal", "Goal and audience", _goal),
    ("scope", "Functional unit, options and boundary", _scope),
    ("results", "Results by stage", _results),
    ("comparison", "Comparison", _comparison),
    ("sensitivity", "Sensitivity and method choices", _sensitivity),
    ("quality", "Data quality", _quality),
    ("inputs", "Assumptions, inputs and sources", _inputs),
    ("standards", "Standards and inventory lines", _standards),
    ("limits", "Limits and the claims allowed", _limits),
    ("again", "How to compute this again", _again),
    ("glossary", "Glossary", _glossary),
)
