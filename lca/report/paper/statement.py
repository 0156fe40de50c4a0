"""A paragraph for a paper: what was asked, what is counted, the result, the method, the sources.

It is made once as pieces of plain text with citations between them; LaTeX and text write them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lca.ledger import STAGES
from lca.report import tables
from lca.report.wording import in_words, spoken

Result = Mapping[str, Any]
_OPTIONS, _SOURCES, _GAPS = 5, 6, 3
_EMBODIED = {
    "spread": "spread over the service life of the hardware",
    "inventory": "booked in the year of purchase",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, and the keys of the sources that it rests on."""

    text: str
    cites: tuple[str, ...] = ()


def pieces(result: Result) -> Iterator[Piece]:
    """Yield the sentences of the paragraph in order."""
    yield Piece(_goal(result))
    yield Piece(_boundary(result))
    yield from map(Piece, _numbers(result))
    if result["comparison"]:
        yield Piece(_sentence(result["comparison"]["verdict"]))
    yield Piece(_method(result))
    yield from (Piece(_sentence(text)) for text in result["fallbacks"][:_GAPS])
    yield Piece(_inputs(result), tuple(source["key"] for source in main_sources(result)))
    if result["missing"]:
        yield Piece(_gaps(result))
    yield Piece(
        f"Computed with lca {result['lca_version']}; inputs (SHA-256) {result['inputs_hash'][:16]}."
    )


def _sentence(text: str) -> str:
    found = " ".join(text.split())
    return found if found.endswith((".", "?", "!", "。", "؟")) else f"{found}."


def _goal(result: Result) -> str:
    unit = result["options"][0]["functional_unit"]
    per = f", per {unit} (functional unit)" if unit else " in total"
    title = " ".join((result["title"] or result["scenario"]).split())
    return (
        f"{title}: greenhouse-gas emissions (CO2e, 100-year warming potentials) of "
        f"{tables.year_range(result)}{per}, on the {result['basis']}-based account of electricity."
    )


def _boundary(result: Result) -> str:
    present = {stage for option in result["options"] for stage in option["by_stage"]}
    stages = _series([spoken(stage) for stage in STAGES if stage in present])
    views = list(dict.fromkeys(_EMBODIED[option["view"]] for option in result["options"]))
    return f"The boundary holds {stages}; embodied emissions are {' or '.join(views)}."


def _series(names: Sequence[str]) -> str:
    if not names:
        return "no stage"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _numbers(result: Result) -> Iterator[str]:
    """Yield the results, the lowest first: a few options, and how many more there are."""
    options = {option["name"]: option for option in result["options"]}
    order = (result["comparison"] or {}).get("order") or list(options)
    named = "median and 90% interval" if result["samples"] else "central estimate"
    said = [f"{name} {_number(options[name], result['basis'])}" for name in order[:_OPTIONS]]
    more = len(order) - len(said)
    rest = f"; and {more} more" if more else ""
    yield f"Results ({named}): {'; '.join(said)}{rest}."


def _number(option: Mapping[str, Any], basis: str) -> str:
    per = option["per_unit"].get("gwp100", {}).get(basis)
    total = option["total"]["gwp100"][basis]
    return in_words(per if per and per["median"] is not None else total)


def _method(result: Result) -> str:
    models = _series(
        list(dict.fromkeys(o["embodied_model"] for o in result["options"] if o["embodied_model"]))
    )
    but = ", another where it does not apply" if result["fallbacks"] else ""
    how = f"Embodied emissions follow the {models} model{but}. " if models != "no stage" else ""
    if not result["samples"]:
        return f"{how}Every input was taken at its central value; no uncertainty was propagated."
    shared = " on draws that all options share" if len(result["options"]) > 1 else ""
    return (
        f"{how}Uncertainty was propagated by {result['samples']} {result['sampler']} draws{shared} "
        f"(seed {result['seed']})."
    )


def _inputs(result: Result) -> str:
    assumed = len(result["assumptions"])
    count = len(result.get("inputs", ()))
    of = f" of {count} inputs" if count else " inputs"
    said = f"{assumed}{of} {'is' if assumed == 1 else 'are'} assumed, not published"
    return f"{said}; the main sources are" if main_sources(result) else f"{said}."


def _gaps(result: Result) -> str:
    names = list(
        dict.fromkeys(f"{gap['what']} ({spoken(gap['stage'])})" for gap in result["missing"])
    )
    more = f" and {len(names) - _GAPS} more" if len(names) > _GAPS else ""
    return f"Not counted, for want of data: {', '.join(names[:_GAPS])}{more}."


def main_sources(result: Result) -> list[Mapping[str, Any]]:
    """Return the sources under the largest part of the greenhouse gases, the largest first.

    A line counts for each source that it rests on; what nobody published is no source to cite.
    """
    weights: dict[str, float] = {}
    for line in result["lines"]:
        if line["indicator"] == "gwp100":
            for key in line["sources"]:
                weights[key] = weights.get(key, 0.0) + abs(line["total"]["mean"])
    known = {
        s["key"]: s for s in result["sources"] if s["seen"] != "assumed" and s["key"] != "scenario"
    }
    ranked = sorted((key for key in known if key in weights), key=lambda key: (-weights[key], key))
    return [known[key] for key in ranked[:_SOURCES]]
