"""A comparison of devices: what the page asks becomes the scenario that ``lca compare`` makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lca.errors import InputError, LcaError, Problem, ScenarioError, did_you_mean, quoted
from lca.scenario.devices_compared import comparing, usual_units
from lca.serve.fields import LONGEST_TEXT, Group, composed_groups, plain, read, share

if TYPE_CHECKING:
    from lca.library import Library
    from lca.scenario import Scenario

FEWEST, MOST = 2, 6
"""Options of a comparison."""

_HIGHEST_COUNT = 1_000_000
_OPTION_KEYS = ("device", "host", "count")
_ASSUMED = {
    "embodied_model": ("embodied_model", "auto"),
    "boundary": ("boundary", "host"),
    "end_of_life.rule": ("end_of_life", "cut_off"),
}
_FIELDS = {
    "sites.site.region": "region",
    "sites.site.pue": "pue",
    "fleet.compared.utilization": "utilization",
    "fleet.compared.lifetime": "lifetime",
    "fleet.compared.count": "count",
    "fleet.compared.serves.precision": "precision",
    "functional_unit": "functional_unit",
    "period": "first_year",
    "assumptions.embodied_model": "embodied_model",
    "assumptions.boundary": "boundary",
    "assumptions.end_of_life": "end_of_life",
    "uncertainty.samples": "samples",
    "uncertainty.seed": "seed",
}
"""Beside which field a mistake of the scenario is shown."""


@dataclass(frozen=True, slots=True)
class Option:
    """A device to compare: with another host than its own, and another count than the others."""

    device: str
    host: str = ""
    count: float | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """The form that compares devices of the database."""

    library: Library

    @property
    def title(self) -> str:
        """What the page is called."""
        return "Compare AI hardware"

    @property
    def groups(self) -> tuple[Group, ...]:
        """The fields."""
        return composed_groups()

    @property
    def picks(self) -> bool:
        """Whether options are picked on the page."""
        return True

    def scenario(self, body: Mapping[str, object]) -> tuple[Scenario, str]:
        """Return the scenario of a page's answers, and the account of electricity.

        Raises
        ------
        InputError
            With every mistake, each with the name of its field or ``options.0`` as its path.
        """
        import lca

        options, problems = _options(body.get("options"), self.library)
        given = body.get("inputs", {})
        answers, more = read(self.groups, given if isinstance(given, Mapping) else {})
        if problems or more:
            raise InputError([*problems, *more])
        try:
            return lca.load(data_of(options, answers, self.library), library=self.library), str(
                answers["basis"]
            )
        except LcaError as error:
            raise ScenarioError(
                Problem(field_of(p.path), p.message) for p in error.problems
            ) from None


def field_of(path: str) -> str:
    """Return the field at fault for a path of the scenario, or "" where none is."""
    for start, field in _FIELDS.items():
        if path == start or path.startswith((f"{start}.", f"{start}[")):
            return field
    return ""


def _options(given: object, library: Library) -> tuple[list[Option], list[Problem]]:
    """Return the options of a page, and what is wrong with them."""
    if not isinstance(given, list) or not FEWEST <= len(given) <= MOST:
        found = len(given) if isinstance(given, list) else "no list"
        return [], [
            Problem("options", f"choose {FEWEST} to {MOST} devices to compare; found {found}")
        ]
    options, problems = [], []
    for place, one in enumerate(given):
        wrong = _wrong_option(one, library)
        if wrong:
            problems.append(Problem(f"options.{place}", wrong))
        else:
            options.append(Option(one["device"], one.get("host") or "", one.get("count")))
    for place, option in enumerate(options):
        if not problems and option in options[:place]:
            message = (
                "this option stands here twice; give one another host or count, or take it out"
            )
            problems.append(Problem(f"options.{place}", message))
    return options, problems


def _wrong_option(one: object, library: Library) -> str:
    """Return what is wrong with an option, or nothing."""
    if not isinstance(one, Mapping) or not isinstance(one.get("device"), str):
        return "expected a device with its id"
    strange = [key for key in one if key not in _OPTION_KEYS]
    if strange:
        return f"an option has no {quoted(strange[0])}{did_you_mean(str(strange[0]), _OPTION_KEYS)}"
    count = one.get("count")
    whole = isinstance(count, int | float) and not isinstance(count, bool) and count % 1 == 0
    if count is not None and not (whole and 1 <= count <= _HIGHEST_COUNT):
        return f"expected a whole number of devices from 1 to {_HIGHEST_COUNT:,}, found {quoted(count)}"
    host = one.get("host") or ""
    if not isinstance(host, str) or len(host) > LONGEST_TEXT:
        return "expected the id of a host"
    try:
        library.device(one["device"])
        if host not in {"", "none"}:
            library.server(host)
    except LcaError as error:
        return error.problems[0].message
    return ""


def data_of(options: list[Option], answers: Mapping[str, Any], library: Library) -> dict[str, Any]:
    """Return the scenario as it could stand in a file; where nothing is unusual, that of ``lca compare``."""
    first, years = options[0], int(answers["years"])
    fleet = {
        "device": first.device,
        "count": int(answers["count"] if first.count is None else first.count),
        "lifetime": f"{plain(answers['lifetime'] or years)} years",
        "host": first.host or None,
        "utilization": share(answers["utilization"], answers["spread"]),
        "serves": None if answers["precision"] == "fp16" else {"precision": answers["precision"]},
    }
    changes = [_change(option, first, answers) for option in options]
    data = comparing(
        dict(zip(_names(options), changes, strict=True)),
        fleet=fleet,
        site={"region": answers["region"], "pue": _number(answers["pue"])},
        functional_unit=_units(options, answers, library),
        first_year=int(answers["first_year"]),
        years=years,
    )
    return data | dict(_choices(answers))


def _choices(answers: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the parts of the scenario that differ from what it would be without them."""
    assumed: dict[str, Any] = {}
    for path, (name, usual) in _ASSUMED.items():
        if answers[name] != usual:
            outer, _, inner = path.partition(".")
            assumed[outer] = {inner: answers[name]} if inner else answers[name]
    if assumed:
        yield "assumptions", assumed
    samples, seed = int(answers["samples"]), int(answers["seed"])
    if (samples, seed) != (1 << 14, 0):
        yield "uncertainty", {"samples": samples, "seed": seed}


def _change(option: Option, first: Option, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an option changes of the first."""
    changes: dict[str, Any] = {"device": option.device}
    if option.host != first.host:
        changes["host"] = option.host or None
    if option.count != first.count:
        own = answers["count"] if option.count is None else option.count
        changes["count"] = int(own)
    return changes


def _names(options: list[Option]) -> list[str]:
    """Return a name for each option: its device, and what sets it apart from others of that device."""
    devices = [option.device for option in options]
    names = []
    for option in options:
        name = option.device
        if devices.count(option.device) > 1:
            name += f" in {option.host}" if option.host not in {"", "none"} else ""
            name += " without host" if option.host == "none" else ""
            name += f" times {int(option.count)}" if option.count is not None else ""
        names.append(name)
    return names


def _units(options: list[Option], answers: Mapping[str, Any], library: Library) -> list[str]:
    """Return what results are divided by: work a device could do, where all state their peak."""
    asked = answers["functional_unit"]
    if asked == "total":
        return []
    if asked == "EFLOP peak":
        return ["EFLOP peak", "device year"]
    if asked != "auto":
        return ["device year"]
    return usual_units([option.device for option in options], library, answers["precision"])


def _number(value: float | None) -> str | None:
    return None if value is None else plain(value)
