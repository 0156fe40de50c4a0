"""What the stages account for: a fleet or a piece of work, with its device, host and site.

Both are brought to one form, so that each stage is written once: an activity in device-hours
and devices, per year, and the records behind them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lca.intensities.sites import SitePower
from lca.library.models import Device, Server
from lca.scenario.models import Fleet, Work
from lca.subjects.cohorts import Activity
from lca.terms import Factor, Node


@dataclass(frozen=True, slots=True)
class State:
    """What a device does in a part of its hours.

    Attributes
    ----------
    process
        What it is called in results, such as ``prefill``.
    share
        Share of the hours switched on.
    power
        Power of the accelerator (kW); the usual idle or busy power where None.
    is_idle
        Whether the host idles, too.
    host_share
        Share of the hours that the host works for it, where that is not the same.
    year
        Position of the only year it holds for; every year where None.
    """

    process: str
    share: Node
    power: Node | None = None
    is_idle: bool = False
    host_share: Node | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """Energy that is known as such: measured elsewhere, published, or of a network or store.

    Attributes
    ----------
    energy
        Per unit of ``amounts`` (kWh); ``is_it`` tells IT energy from facility energy.
    amounts
        Activity, per year.
    """

    component: str
    process: str
    energy: Node
    amounts: tuple[float, ...]
    is_it: bool = True


@dataclass(frozen=True, slots=True)
class Equipment:
    """What draws power beside devices and hosts, such as drives: power (kW) and hours per year."""

    component: str
    process: str
    power: Node
    hours: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Goods:
    """Things beside devices and hosts that are made for a purpose, such as drives.

    Attributes
    ----------
    footprint
        Of manufacture, per unit of activity (kgCO2e).
    bought, spread
        Activity per year in the two views: when bought, and over their life.
    """

    component: str
    process: str
    footprint: Node
    bought: tuple[float, ...]
    spread: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """A fleet or work entry with everything it refers to.

    Attributes
    ----------
    asset
        Its name in the scenario; ``where`` is its dotted path.
    use
        The entry as written.
    hours
        Device-hours switched on, per year.
    utilization
        Share of those hours with work.
    host_share
        Share of the host that one device uses.
    purchases
        For a fleet: activities that carry manufacture and transport; None for work.
    service
        For a fleet: activities of all devices that serve; None for work.
    hours_spread
        For work whose hours are uncertain: their values over their central value.
    states
        What a device does in its hours, where that is more than busy or idle.
    given
        Energies that are known as such.
    equipment
        What draws power beside devices and hosts.
    goods
        Things beside devices and hosts that are made for it.
    hardware_missing
        Why no hardware is known, where there is more to say than that it is not named.
    delivers
        What a device-hour provides where a model says so: kind of unit to one rate, or one a year.
    """

    asset: str
    where: str
    use: Fleet | Work
    device: Device | None
    host: Server | None
    host_share: Factor
    site: SitePower
    hours: tuple[float, ...]
    utilization: Factor
    purchases: Activity | None = None
    service: Activity | None = None
    hours_spread: Node | None = None
    states: tuple[State, ...] = ()
    given: tuple[Given, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    goods: tuple[Goods, ...] = ()
    hardware_missing: str = ""
    delivers: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)
