"""Stored data: power and embodied emissions of the storage that stands for it."""

from __future__ import annotations

from lca.errors import InputError, UnknownNameError, did_you_mean, quoted
from lca.formulas import data_phases
from lca.library import Library, Quality, constants
from lca.library.models import Technology
from lca.terms import Factor, Node, apply
from lca.workloads import tabled

MEDIA = ("hdd", "nvme-ssd", "sata-ssd")
"""Storage media: ids of ``hardware_db/storage``."""


def capacity(data: Node, copies: Node | None = None, filled: Node | None = None) -> Node:
    """Return the capacity (GB) that stands for data: copies and free space included.

    Parameters
    ----------
    data
        Data kept, each byte counted once, in GB.
    copies
        Copies kept; the cited default if None.
    filled
        Share of bought capacity that holds data; the assumed default if None.

    Raises
    ------
    InputError
        If fewer copies than one are kept, or the filled share is not in 0 to 1.
    """
    _between("copies", copies, 1, float("inf"))
    _between("filled share", filled, 1e-3, 1)
    return apply(
        data_phases.provisioned_capacity,
        stored_data=data,
        copy_count=copies or tabled.factor("storage", "copy_count", ""),
        fill_share=filled or tabled.factor("storage", "fill_share", ""),
    )


def power(data: Node, medium: str, copies: Node | None = None, filled: Node | None = None) -> Node:
    """Return the power (kW) of the storage of data: drives and their share of servers.

    The facility's overhead (PUE) is outside. See `capacity` for the parameters and errors.
    """
    _check(medium)
    return apply(
        data_phases.storage_power,
        provisioned_capacity=capacity(data, copies, filled),
        power_per_capacity=tabled.factor("storage", f"power_per_capacity/{medium}", "kW/GB"),
        storage_overhead=tabled.factor("storage", "storage_overhead", ""),
    )


def embodied(
    data: Node,
    medium: str,
    period: Node,
    lifetime: Node | None = None,
    *,
    copies: Node | None = None,
    filled: Node | None = None,
    library: Library | None = None,
) -> Node:
    """Return the emissions (kgCO2e) of making the storage, borne by a period of keeping data.

    Parameters
    ----------
    data
        Data kept, in GB.
    medium
        One of `MEDIA`.
    period
        How long the data is kept, in years.
    lifetime
        Life of the drives in years; the cited life of cloud servers if None.
    copies, filled
        As for `capacity`.
    library
        Where the medium is looked up; the packaged database if None.
    """
    _check(medium)
    found = (library or Library()).technology(medium)
    _between("lifetime", lifetime, 1e-3, float("inf"))
    return apply(
        data_phases.stored_data_footprint,
        provisioned_capacity=capacity(data, copies, filled),
        carbon_per_capacity=_known(found, "carbon_per_capacity"),
        family_factor=_known(found, "family_spread", "family_factor"),
        period=period,
        lifetime=lifetime or constants("defaults").factor("cloud_lifetime", "year", "lifetime"),
    )


def _known(medium: Technology, name: str, called: str = "") -> Factor:
    """Return a value of a medium's file, with the identity that its other uses have."""
    value = getattr(medium, name)
    if value is None:
        msg = f"{medium.id}: its file has no {name}"
        raise InputError(msg)
    cited = value.cited(medium.source, Quality.DECLARED)
    factor: Factor = cited.factor(called or name, f"storage/{medium.id}/{name}")
    return factor


def _check(medium: str) -> None:
    if medium not in MEDIA:
        msg = f"no storage medium {quoted(medium)}{did_you_mean(medium, MEDIA)} (one of: {', '.join(MEDIA)})"
        raise UnknownNameError(msg)


def _between(what: str, node: Node | None, low: float, high: float) -> None:
    if isinstance(node, Factor) and not low <= node.distribution.central <= high:
        found = f"{node.distribution.central:g}"
        msg = f"{what}: found {found}, accepted: {low:g} to {high:g}"
        raise InputError(msg)
