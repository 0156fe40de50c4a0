"""Sentences and lists on a result, for every format that prints them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lca.estimates import round_figures
from lca.report import tables
from lca.report.tables import Result
from lca.report.wording import common_scale, in_words, say_unit, spoken

_NEGLIGIBLE = 0.005  # of the largest stage difference
_WEAK = 0.1  # rank correlation below which a factor explains next to nothing


def caution_lines(result: Result) -> list[str]:
    """Return where the options of a comparison differ in what is counted."""
    found = result["comparison"]
    return list(found["cautions"]) if found else []


def decides(result: Result) -> list[str]:
    """Return sentences on what makes the difference between the two lowest options."""
    found = result["comparison"]
    if not found:
        return []
    because = found["decides"]
    first, second = because["between"]
    parts = sorted(because["stages"].items(), key=lambda item: -abs(item[1]))
    step, unit = common_scale([abs(amount) for _, amount in parts], because["unit"])
    large = [(stage, x) for stage, x in parts if abs(x) > _NEGLIGIBLE * abs(parts[0][1])]
    said = ", ".join(f"{spoken(stage)} {_signed(x / step)}" for stage, x in large)
    lines = [f"{first} less {second}, in {say_unit(unit)}: {said or 'no difference'}."]
    drivers = [d for d in because["drivers"] if abs(d["rank_correlation"]) >= _WEAK]
    if drivers:
        lines.append("Unknowns that move this difference most (rank correlation):")
        lines += [f"  {_driver(driver)}" for driver in drivers]
    return lines


def _driver(driver: Mapping[str, Any]) -> str:
    correlation = driver["rank_correlation"]
    effect = "widens" if correlation < 0 else "narrows"
    return f"{driver['what']}: a higher value {effect} it ({_signed(correlation, 2)})"


def _signed(value: float, figures: int = 2) -> str:
    sign = "−" if value < 0 else "+"
    return f"{sign}{round_figures(abs(value), figures)}"


def method_lines(result: Result) -> list[str]:
    """Return sentences on how the ranking fares under other method choices."""
    found = result["comparison"]
    if not found or not found["methods"]["combinations"]:
        return []
    methods, best = found["methods"], found["order"][0]
    lines = [
        f"{best} is lowest under {methods['lowest'][best]} of {methods['combinations']} "
        "combinations of embodied model, end-of-life rule and account."
    ]
    for name, count in methods["lowest"].items():
        if name != best and count:
            lines.append(f"{name} is lowest under {count}: {_under(methods['choices'], name)}.")
    if methods["mixed"]:
        lines.append(
            f"In {methods['mixed']} of them one option is computed by another model than the rest."
        )
    return lines


def _under(choices: Sequence[Mapping[str, Any]], name: str) -> str:
    """Name what the combinations under which an option is lowest have in common."""
    mine = [choice for choice in choices if choice["lowest"] == name]
    said = []
    for key, words in (
        ("embodied_model", "embodied model"),
        ("end_of_life", "end-of-life rule"),
        ("basis", "account"),
    ):
        values = list(dict.fromkeys(choice[key] for choice in mine))
        if len(values) < len({choice[key] for choice in choices}):
            said.append(f"{words} {' or '.join(map(spoken, values))}")
    return ", ".join(said) or "in all models, rules and accounts, depending on the rest"


def other_unit_lines(result: Result) -> list[str]:
    """Say where another functional unit would name another option."""
    best = tables.lowest(result)
    options, basis = result["options"], result["basis"]
    if best is None:
        return []
    lines = []
    for unit in options[0]["per_other_unit"]:
        per = [o["per_other_unit"].get(unit, {}).get("gwp100", {}).get(basis) for o in options]
        medians = [float(x["median"]) for x in per if x and x["median"] is not None]
        if len(medians) < len(per):
            continue
        other = min(range(len(medians)), key=lambda i: medians[i])
        if other != best:
            lines.append(
                f"Per {unit} {options[other]['name']} is the lowest instead: "
                f"{in_words(per[other])} against {in_words(per[best])}."
            )
    return lines


def central_lines(result: Result) -> list[str]:
    """Say where the central estimate and the median differ by more than a tenth."""
    lines = []
    for option in result["options"]:
        found = tables.headline(option, result["basis"])
        median, central = found["median"], found["central"]
        if median and abs(central / median - 1) > 0.1:
            lines.append(
                f"{option['name']}: with every input at its central value the result is "
                f"{in_words({**found, 'median': central, 'p5': central, 'p95': central})}; the median of the draws "
                "differs, since many inputs are skewed."
            )
    return lines[:1] + ([f"The same holds for {len(lines) - 1} more."] if len(lines) > 1 else [])


def draws_line(result: Result) -> str:
    """Return how the numbers were sampled, and how exactly the mean is known."""
    if not result["samples"]:
        return "Central estimate alone: nothing was sampled."
    errors = [
        found["standard_error"] / abs(found["mean"])
        for found in (tables.headline(option, result["basis"]) for option in result["options"])
        if found["mean"]
    ]
    within = f"; sampling error of a mean at most {max(errors):.1%}" if errors else ""
    return f"{result['samples']} draws, seed {result['seed']}, {result['sampler']}{within}."


def missing_lines(result: Result) -> list[str]:
    """Return what was not counted, one line a gap."""
    names = {option["name"] for option in result["options"]}
    return [
        f"{spoken(gap['indicator'])}, {spoken(gap['stage'])}: {gap['what']}: {gap['reason']}"
        + ("" if set(gap["options"]) == names else f" ({', '.join(gap['options'])})")
        for gap in result["missing"]
    ]


def assumption_lines(result: Result) -> list[str]:
    """Return what nobody published, with its value and why it was taken."""
    return [
        f"{entry['what']}: {in_words({'median': entry['central'], **_ends(entry)})}"
        + (f": {entry['note']}" if entry["note"] else "")
        for entry in result["assumptions"]
    ]


def _ends(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"p5": entry["p5"], "p95": entry["p95"], "unit": entry["unit"]}
