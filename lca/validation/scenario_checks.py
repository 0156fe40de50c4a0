"""Checks of a scenario and its result: those of published figures, and those only inputs allow.

A scenario has what a paper lacks: the device's own record, the host beside it, the site's region,
and the text as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from lca import factors
from lca.scenario.models import Work
from lca.validation.checks import CODES, check
from lca.validation.quantities import Flag
from lca.validation.scenario_claims import Use, central, claims_of_scenario
from lca.workloads.measured_rows import language_rows

if TYPE_CHECKING:
    from lca.scenario import Scenario

__all__ = ["SCENARIO_CODES", "check_scenario"]

SCENARIO_CODES = {
    **CODES,
    "host-with-devices": "a host's power seems to hold that of its accelerators",
    "work-above-capacity": "more work than the devices can do in their hours",
    "per-token-implausible": "energy per token far outside everything that was measured",
    "grid-against-region": "a grid factor far from that of the region",
}
"""Every code that a scenario can get, with what it means."""

_SHARES = ("utilization", "powered", "occupancy", "share", "fraction")
_SMALL_PERCENT = re.compile(r"\s*0?\.\d+\s*(?:%|percent)\s*")
_JOULE = 3.6e6
"""Joules in a kilowatt-hour."""

_RATED = 1.1
_LARGE_DEVICE = 0.3
_SLACK = 1.05
_FAR = 5.0
"""Ratio of a given grid factor to its region's that asks for a second look, assumed: published
factors of one region differ by up to about three (years, boundaries, methods)."""

_WIDE = 30.0
"""Room around the packaged measurements of energy per token, assumed: host, idle time, larger and
smaller models than those measured."""


def check_scenario(scenario: Scenario) -> list[dict[str, str]]:
    """Return what does not hold together in a scenario and its options, nothing where all does.

    Parameters
    ----------
    scenario
        Loaded; it is evaluated centrally, option by option.

    Returns
    -------
    list of dict
        ``code``, ``message``, ``where`` (dotted path) and ``option`` of each, told once.
    """
    found: dict[tuple[str, str, str], str] = {}
    for option in scenario.options():
        for where, flag in _flags(option):
            found.setdefault((where, flag.code, flag.message), option.name)
    return [
        {"code": code, "message": message, "where": where, "option": option}
        for (where, code, message), option in found.items()
    ]


def _flags(option: Scenario) -> Iterator[tuple[str, Flag]]:
    uses, claims = claims_of_scenario(option)
    yield from _percent(option.data, "")
    for site in option.model.sites:
        yield from ((f"sites.{site}", flag) for flag in _grid(option, site))
    for use in uses:
        yield from ((use.where, flag) for one in _CHECKS for flag in one(use))
    for claim in claims:
        yield from ((claim.where, flag) for flag in check(claim))


def _percent(data: object, path: str) -> Iterator[tuple[str, Flag]]:
    """Find shares such as ``0.55 %``, which are most often fractions with a sign too many."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _percent(value, f"{path}.{key}".lstrip("."))
    last = path.rpartition(".")[2]
    if isinstance(data, str) and _SMALL_PERCENT.fullmatch(data) and last.endswith(_SHARES):
        message = f'{path} is "{data}", less than one in a hundred: this looks like a fraction of 1'
        yield path, Flag("percent-as-fraction", message)


def _grid(option: Scenario, name: str) -> Iterator[Flag]:
    """Find a grid factor of the user's own that is far from that of the site's region."""
    site = option.model.sites[name]
    if site.grid is None:
        return
    try:
        known, _ = factors.grid_factor(site.region)
    except LookupError:
        return
    given = site.grid.value.central
    ratio = given / known.value if known.value else 0.0
    if given and not 1 / _FAR <= ratio <= _FAR:
        message = f"the grid factor given is {given:.4g} kg/kWh; that of {site.region} is {known.value:.4g} kg/kWh ({known.year}), {ratio:.3g} times"
        yield Flag("grid-against-region", message)


def power_above_device(use: Use) -> Iterator[Flag]:
    """Find a power of one device above what it is rated for: a node's, or W taken for kW."""
    given, device = use.subject.use.power.busy, use.device
    if given is None or device is None or device.power.tdp is None:
        return
    rated = device.power.tdp.central
    if given.central > rated * _RATED:
        yield Flag(
            "power-above-device",
            f"power.busy is {_watts(given.central)}; one {device.id} is rated {_watts(rated)}"
            f" ({given.central / rated:.3g} times): a node's power belongs to its devices",
        )


def host_with_devices(use: Use) -> Iterator[Flag]:
    """Find a host's power that holds its accelerators, which are counted by themselves."""
    given, device = use.subject.use.host_power, use.device
    if given is None or device is None or device.power.tdp is None:
        return
    rated, share = device.power.tdp.central, use.subject.host_share.distribution.central
    if rated >= _LARGE_DEVICE and given.central * share > rated:
        yield Flag(
            "host-with-devices",
            f"host_power is {_watts(given.central)}, {_watts(given.central * share)} for each device"
            f" of {_watts(rated)}: it is the host without its accelerators, which have their own",
        )


def work_above_capacity(use: Use) -> Iterator[Flag]:
    """Find tokens or requests that the throughput does not give in the device-hours."""
    work = use.subject.use
    if not isinstance(work, Work):
        return
    often = _often(use)
    rates = {"tokens": work.serves.throughput, "requests": work.serves.requests}
    for name, rate in rates.items():
        done = getattr(work, name)
        if rate is None or done is None or not use.device_hours:
            continue
        most = rate.central * use.device_hours * _busy(use)
        ratio = done.central * often / most
        if ratio > _SLACK:
            yield Flag(
                "work-above-capacity",
                f"{name} of {done.central * often:,.4g} in {use.device_hours:,.4g} device-hours;"
                f" at the throughput given they are {most:,.4g} at most ({ratio:.3g} times): device-"
                "hours count each device, not each node",
            )


def _often(use: Use) -> float:
    """Return how often the work is done, so that hours and what they deliver agree."""
    given = [sum(one.amounts) for one in use.subject.given if one.component == "equipment"]
    work = use.subject.use
    once = getattr(work, "device_hours", None) or getattr(work, "instance_hours", None)
    if given:
        return given[0]
    is_instance = getattr(work, "instance", None) is not None
    return 1.0 if once is None or is_instance else use.device_hours / float(once.central)


def _busy(use: Use) -> float:
    return use.subject.utilization.distribution.central


def flop_above_peak(use: Use) -> Iterator[Flag]:
    """Find model FLOPs above the peak rate of the devices in their hours."""
    work, device = use.subject.use, use.device
    if not isinstance(work, Work) or work.flop is None or device is None or not use.device_hours:
        return
    peak = device.peak.rates().get(str(work.serves.precision))
    if peak is None:
        return
    ratio = work.flop.central * _often(use) / (peak.central * use.device_hours)
    if ratio > 1:
        yield Flag(
            "work-above-capacity",
            f"flop of {work.flop.central:.3g} in {use.device_hours:,.4g} device-hours is {ratio:.3g}"
            f" times the {work.serves.precision} peak of {device.id}: device-hours count each device",
        )


def per_token(use: Use) -> Iterator[Flag]:
    """Find energy per token far outside all packaged measurements: a power of ten, or a unit."""
    energy, tokens = use.energies["it_energy"] or use.energies["facility_energy"], _tokens(use)
    if not energy or not tokens:
        return
    low, high = _measured()
    each = energy * _JOULE / tokens
    if not low / _WIDE <= each <= high * _WIDE:
        yield Flag(
            "per-token-implausible",
            f"{energy:,.4g} kWh for {tokens:,.4g} tokens is {each:.3g} J per token; measured are"
            f" {low:.2g} to {high:.3g} J: energy or tokens are off by a power of ten",
        )


def _tokens(use: Use) -> float:
    """Return the tokens that a use delivers, 0 where it does not say."""
    subject = use.subject
    stated = getattr(subject.use, "tokens", None)
    if isinstance(subject.use, Work) and stated is not None:
        return float(stated.central) * _often(use)
    if "tokens" in subject.delivers:
        rates = subject.delivers["tokens"]
        each = rates * len(subject.hours) if len(rates) == 1 else rates
        return sum(central(rate) * h for rate, h in zip(each, subject.hours, strict=True))
    rate = subject.use.serves.throughput
    return 0.0 if rate is None else rate.central * use.device_hours * _busy(use)


@cache
def _measured() -> tuple[float, float]:
    """Return the least and the most energy per output token of the packaged measurements (J)."""
    found = language_rows().energy_per_token * _JOULE
    return float(found.min()), float(found.max())


def _watts(kilowatts: float) -> str:
    return f"{kilowatts * 1000:,.4g} W"


_CHECKS: tuple[Callable[[Use], Iterator[Flag]], ...] = (
    power_above_device,
    host_with_devices,
    work_above_capacity,
    flop_above_peak,
    per_token,
)
