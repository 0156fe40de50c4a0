"""Work on data: moving it through networks, keeping it on drives, preparing it on processors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lca.intensities.context import Context
from lca.scenario.models import Work
from lca.scenario.service_models import Cores, Store, Transfer
from lca.subjects.subject import Equipment, Given, Goods
from lca.terms import Factor
from lca.vocabulary import HOURS_PER_YEAR
from lca.workloads import compute, network, storage

Amounts = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DataWork:
    """What work on data adds to its subject; see `lca.subjects.subject.Subject`."""

    given: tuple[Given, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    goods: tuple[Goods, ...] = ()
    hardware_missing: str = ""


def data_work(context: Context, name: str, work: Work, when: Amounts) -> DataWork:
    """Return what a piece of work on data draws and needs, or nothing if it is none.

    Parameters
    ----------
    name
        Dotted path of the work.
    when
        How often it is done, per year.
    """
    if work.transfer is not None:
        return _moved(context, name, work.transfer, when)
    if work.store is not None:
        return _kept(context, name, work, work.store)
    if work.cores is not None:
        return _prepared(context, name, work.cores, when)
    return DataWork()


def _moved(context: Context, name: str, transfer: Transfer, when: Amounts) -> DataWork:
    """Return the electricity of networks, year by year as they grow more efficient."""
    data = transfer.data.factor("transferred_data", f"{name}.transfer.data")
    given = []
    for place, year in enumerate(context.years):
        if when[place]:
            found = network.energy(
                data, str(transfer.network), transfer.year or year, str(transfer.method)
            )
            for remark in found.remarks:
                context.warn(f"{name}: {remark}")
            amounts = tuple(often if i == place else 0.0 for i, often in enumerate(when))
            given.append(Given("network", "transfer", found.node, amounts, is_it=False))
    reason = "making network equipment is not counted: no factor is packaged"
    return DataWork(given=tuple(given), hardware_missing=reason)


def _kept(context: Context, name: str, work: Work, store: Store) -> DataWork:
    """Return the power and the making of drives for the time that data is kept."""
    medium = str(store.medium).replace("_", "-")
    data = store.data.factor("stored_data", f"{name}.store.data")
    copies = (
        store.replicas.factor("copy_count", f"{name}.store.replicas") if store.replicas else None
    )
    filled = store.fill.factor("fill_share", f"{name}.store.fill") if store.fill else None
    life = store.lifetime.factor("lifetime", f"{name}.store.lifetime") if store.lifetime else None
    years = tuple(_years_kept(context, work, store))
    power = storage.power(data, medium, copies, filled)
    one = Factor("period", 1.0, "year", role="decision")
    made = storage.embodied(
        data, medium, one, life, copies=copies, filled=filled, library=context.library
    )
    first = tuple(sum(years) if i == _first(years) else 0.0 for i in range(len(years)))
    hours = tuple(part * HOURS_PER_YEAR for part in years)
    return DataWork(
        equipment=(Equipment("storage", "kept", power, hours),),
        goods=(Goods("storage", medium, made, first, years),),
    )


def _years_kept(context: Context, work: Work, store: Store) -> Iterator[float]:
    """Yield the part of each year in which data is kept."""
    start = float(work.year if work.year is not None else context.years[0])
    end = start + store.duration.central if store.duration else float(context.years[-1] + 1)
    for year in context.years:
        yield max(0.0, min(end, year + 1) - max(start, year))


def _first(years: Amounts) -> int:
    return next((i for i, part in enumerate(years) if part), 0)


def _prepared(context: Context, name: str, cores: Cores, when: Amounts) -> DataWork:
    """Return the electricity of processor cores; the making of their server is a part of its own."""
    time = cores.core_hours.factor("core_time", f"{name}.cores.core_hours")
    power = compute.core_power(cores.cpu, library=context.library)
    energy = Given("host", "cores", compute.energy(time, power), when)
    reason = "name the server of its cores (cores.server) to count a share of making it"
    return DataWork(given=(energy,), hardware_missing=reason)


def core_share(context: Context, cores: Cores) -> Factor:
    """Return one core's share of its server.

    Raises
    ------
    LookupError
        If the server names no processors, so that no share can be formed.
    """
    server = context.library.server(str(cores.server))
    count = sum(
        entry.count * (context.library.cpu(entry.device).cores or 0) for entry in server.cpus
    )
    if not count:
        msg = f"{server.id} names no processors with known cores: one core's share cannot be formed"
        raise LookupError(msg)
    return Factor(
        "host_share",
        1 / count,
        "",
        source=server.source,
        note=f"one of {count} cores of {server.id}",
    )
