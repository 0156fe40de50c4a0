"""The difference of two results as plain data, ``schema_version`` 1.

The published schema is ``lca/schemas/difference.schema.json``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lca.report.difference.attribution import GROUPS, Effect, Methods, causes, effects
from lca.report.difference.matching import Changed, changed_inputs

SCHEMA_VERSION = 1
Result = Mapping[str, Any]

_ABOUT = ("scenario", "title", "lca_version", "inputs_hash", "samples", "seed", "basis", "period")
_RULE = "assumptions.end_of_life.rule"
_ROUNDING = 1e-9
_VALUE = ("central", "p5", "p95", "unit", "source", "quality")


def difference(old: Result, new: Result, files: tuple[str, str] = ("old", "new")) -> dict[str, Any]:
    """Return what changed from one result to another, and what each change explains.

    Parameters
    ----------
    old, new
        Results as `lca.report.difference.reading.read_result` returns them.
    files
        What the two are called.

    Returns
    -------
    dict
        Plain data; ``same`` is true where no number and nothing behind one changed.
    """
    pairs = _paired(old, new)
    return {
        "schema_version": SCHEMA_VERSION,
        "old": {"file": files[0]} | {key: old.get(key) for key in _ABOUT},
        "new": {"file": files[1]} | {key: new.get(key) for key in _ABOUT},
        "same": _is_same(old, new),
        "changes": {
            "settings": list(_settings(old, new)),
            "inputs": [_input(change) for change in _inputs(old, new)],
            "methods": list(_methods(old, new, pairs)),
            "runs": list(_runs(old, new)),
            "data": list(_data(old, new)),
        },
        "options": list(_options(old, new, pairs)),
        "options_gone": _unpaired(old, [name for name, _ in pairs]),
        "options_new": _unpaired(new, [name for _, name in pairs]),
        "limits": list(_limits(old, new, files)),
    }


def _options(
    old: Result, new: Result, pairs: Sequence[tuple[str, str]]
) -> Iterator[dict[str, Any]]:
    """Yield every option and indicator in both results, each option with its own lines."""
    before, after = (_by_option(result) for result in (old, new))
    for was, now in pairs:
        known = [_named(old, was)["total"], _named(new, now)["total"]]
        for indicator in new["indicators"]:
            if all(indicator in total for total in known):
                yield _option(before[was], after[now], (was, now), indicator)


def _by_option(result: Result) -> dict[str, Result]:
    """Return the result once an option, each with the lines of that option alone."""
    found: dict[str, list[Mapping[str, Any]]] = {x["name"]: [] for x in result["options"]}
    for line in result["lines"]:
        found.setdefault(line["option"], []).append(line)
    options = {x["name"]: x for x in result["options"]}
    return {
        name: {**result, "lines": lines, "options": [options[name]]}
        for name, lines in found.items()
        if name in options
    }


def _is_same(old: Result, new: Result) -> bool:
    """Whether the results agree in all that they hold, written in whichever order."""
    return dict(old) == dict(new)


def _paired(old: Result, new: Result) -> list[tuple[str, str]]:
    """Return options by name; two results of a single option each are compared as they stand."""
    was, now = ([option["name"] for option in x["options"]] for x in (old, new))
    if len(was) == len(now) == 1:
        return [(was[0], now[0])]
    return [(name, name) for name in now if name in was]


def _unpaired(result: Result, paired: Sequence[str]) -> list[str]:
    return [option["name"] for option in result["options"] if option["name"] not in paired]


def _settings(old: Result, new: Result) -> Iterator[dict[str, Any]]:
    was, now = old.get("settings", {}), new.get("settings", {})
    if was and now:
        for path in dict.fromkeys([*was, *now]):
            if was.get(path) != now.get(path):
                yield {"path": path, "old": was.get(path), "new": now.get(path)}


def _inputs(old: Result, new: Result) -> list[Changed]:
    was, now = old.get("inputs"), new.get("inputs")
    return changed_inputs(was, now) if was and now else []


def _data(old: Result, new: Result) -> Iterator[dict[str, Any]]:
    """Yield the data files that were changed between two results."""
    was, now = old.get("data", {}), new.get("data", {})
    for name in was:
        if now.get(name, was[name]) != was[name]:
            yield {"name": name, "old": was[name], "new": now[name]}


def _input(change: Changed) -> dict[str, Any]:
    entry = change.entry
    return {
        **{key: entry[key] for key in ("identity", "name", "what", "role")},
        "options": entry["options"],
        "old": _value(change.old),
        "new": _value(change.new),
    }


def _value(entry: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if entry is None else {key: entry[key] for key in _VALUE}


def _methods(
    old: Result, new: Result, pairs: Iterable[tuple[str, str]]
) -> Iterator[dict[str, Any]]:
    for names in pairs:
        found = methods_of(old, new, names)
        for what in ("embodied_model", "view", "end_of_life"):
            change = getattr(found, what)
            if change:
                yield {"what": what, "option": names[1], "old": change[0], "new": change[1]}


def methods_of(old: Result, new: Result, names: tuple[str, str]) -> Methods:
    """Return how two results of an option differ in method and version."""
    was, now = _named(old, names[0]), _named(new, names[1])
    rules = _rule(old, names[0]), _rule(new, names[1])
    return Methods(
        embodied_model=_unlike(was["embodied_model"], now["embodied_model"]),
        view=_unlike(was["view"], now["view"]),
        end_of_life=_unlike(*rules) if all("settings" in x for x in (old, new)) else None,
        versions=_unlike(old["lca_version"], new["lca_version"]),
        draws=_unlike(*(f"{x['samples']} from seed {x['seed']}" for x in (old, new))),
    )


def _unlike(old: str, new: str) -> tuple[str, str] | None:
    return (old, new) if old != new else None


def _rule(result: Result, option: str) -> str:
    """Return the end-of-life rule that a scenario writes for an option, or "" for the default."""
    settings = result.get("settings", {})
    return str(settings.get(f"options.{option}.{_RULE}", settings.get(_RULE, "")))


def _named(result: Result, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(x for x in result["options"] if x["name"] == name)
    return found


def _runs(old: Result, new: Result) -> Iterator[dict[str, Any]]:
    for what in ("lca_version", "samples", "seed", "sampler", "basis", "period"):
        if old[what] != new[what]:
            yield {"what": what, "old": old[what], "new": new[what]}


def _option(old: Result, new: Result, names: tuple[str, str], indicator: str) -> dict[str, Any]:
    basis = new["basis"]
    was, now = (
        _named(result, name)["total"][indicator][basis]
        for result, name in zip((old, new), names, strict=True)
    )
    found: dict[str, Any] = {
        "name": names[1],
        "old_name": names[0],
        "indicator": indicator,
        "basis": basis,
        "unit": now["unit"],
        "old": was,
        "new": now,
        "old_per_unit": _per_unit(old, names[0], indicator, basis),
        "new_per_unit": _per_unit(new, names[1], indicator, basis),
        "causes": [],
        "lines": [],
    }
    if was["median"] is None or now["median"] is None or was["unit"] != now["unit"]:
        return found | {"reason": "no number in both results that could be compared"}
    lines = effects(old, new, names, indicator, basis)
    sums = causes(lines, methods_of(old, new, names)) | _shape(was, now)
    moved = now["mean"] - was["mean"] - sum(effect.amount for effect in lines)
    if abs(moved) > _ROUNDING * max(abs(was["mean"]), abs(now["mean"])):
        sums[("unexplained", "not in the lines of the files")] = moved
    return found | {
        "causes": _ranked(sums, now["median"] - was["median"]),
        "lines": [_line(effect) for effect in lines if effect.amount],
    }


def _per_unit(result: Result, name: str, indicator: str, basis: str) -> Any:
    return _named(result, name)["per_unit"].get(indicator, {}).get(basis)


def _shape(was: Result, now: Result) -> dict[tuple[str, str], float]:
    """Return how the distance of the median from the mean changed."""
    amount = (now["median"] - now["mean"]) - (was["median"] - was["mean"])
    scale = max(abs(was["median"]), abs(now["median"]))
    what = "median against mean of the draws"
    return {("shape", what): amount} if abs(amount) > _ROUNDING * scale else {}


def _ranked(sums: Mapping[tuple[str, str], float], change: float) -> list[dict[str, Any]]:
    def order(item: tuple[tuple[str, str], float]) -> tuple[float, int]:
        return -abs(item[1]), GROUPS.index(item[0][0])

    return [
        {
            "group": group,
            "what": what,
            "amount": amount,
            "share": amount / change if change else None,
        }
        for (group, what), amount in sorted(sums.items(), key=order)
    ]


def _line(effect: Effect) -> dict[str, Any]:
    line = effect.pair.line
    labels = ("asset", "component", "stage", "process", "phase", "site", "region", "per")
    return {
        **{label: line[label] for label in labels},
        "old": _mean(effect.pair.old),
        "new": _mean(effect.pair.new),
        "by_activity": effect.volume,
        "by_intensity": effect.price,
        "inputs": list(dict.fromkeys(change.entry["identity"] for change in effect.inputs)),
    }


def _mean(line: Mapping[str, Any] | None) -> float | None:
    return None if line is None else float(line["total"]["mean"])


def _limits(old: Result, new: Result, files: tuple[str, str]) -> Iterator[str]:
    for result, file in zip((old, new), files, strict=True):
        if not result["lines"]:
            yield f"{file} lists no lines: nothing of the change can be attributed."
        elif "inputs" not in result:
            yield f"{file} was written before results listed their inputs: they cannot be compared."
    yield (
        "Inputs that changed below one line are named together: their shares are not in the files."
    )
    if old["samples"] != new["samples"] or old["seed"] != new["seed"]:
        yield "Other draws were used: differences within the standard errors mean nothing."
    if not (old["samples"] and new["samples"]):
        yield "A result without draws has its central estimate in place of a median."
