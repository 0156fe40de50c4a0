"""Prices as intensities: what a kilowatt-hour, a device, an hour of rent, a kilogram CO2e costs.

All are in the scenario's currency. What has no price, or a price in a currency without an exchange
rate, is refused with the reason: it is missing, never free.
"""

from __future__ import annotations

from collections.abc import Mapping

from lca import units
from lca.errors import did_you_mean
from lca.factors.prices import Price, carbon_price, electricity_price, rental_price
from lca.formulas.discounting import grown_index
from lca.intensities.context import Context
from lca.intensities.sites import SitePower
from lca.scenario.price_models import Prices
from lca.sources import Quality
from lca.terms import Factor, Node, apply, product
from lca.values import Value

_PER_KILOGRAM = "kgCO2e"


class NoPriceError(LookupError):
    """Something has no price in the scenario's currency; the message says why."""


def electricity_prices(context: Context, prices: Prices, site: SitePower) -> tuple[Node, ...]:
    """Return the price of electricity at a site in each year (currency/kWh).

    Raises
    ------
    NoPriceError
        If no price of the region is packaged, or its currency has no exchange rate.
    """
    return context.once(
        ("electricity_prices", site.name), lambda: _electricity(context, prices, site)
    )


def _electricity(context: Context, prices: Prices, site: SitePower) -> tuple[Node, ...]:
    given = prices.electricity_by_site.get(site.name, prices.electricity)
    own = site.name in prices.electricity_by_site
    if isinstance(given, Value):
        where = f"prices.electricity_by_site.{site.name}" if own else "prices.electricity"
        price = given.factor("electricity_price", where)
    else:
        price = _packaged_electricity(context, site, given)
    base = in_currency(price, prices)
    if prices.electricity_growth is None:
        return (base,) * len(context.years)
    growth = prices.electricity_growth.factor("annual_growth", "prices.electricity_growth")
    return tuple(_grown(base, growth, place) for place in range(len(context.years)))


def _packaged_electricity(context: Context, site: SitePower, kind: str) -> Factor:
    """Return the packaged price of a region: that of an average customer, so it is assumed."""
    try:
        found = electricity_price(site.region, kind)
    except LookupError as error:
        msg = f"{error.args[0]}; give prices.electricity"
        raise NoPriceError(msg) from None
    context.warn(
        f"site {site.name}: electricity is priced as {found.about}, taken for the first year"
    )
    identity = f"prices/electricity/{kind}/{site.region}"
    return _packaged("electricity_price", found, identity, "kWh", "average of many customers")


def _packaged(name: str, found: Price, identity: str, per: str, note: str) -> Factor:
    """Return a packaged price as an assumed factor, in its own currency."""
    currency = found.unit.partition("/")[0]
    unit = f"{currency}/{per}"
    return Factor(
        name,
        found.value * units.factor(found.unit, unit),
        unit,
        identity=identity,
        source=found.source,
        quality=Quality.ASSUMED,
        note=f"{found.about}; {note}",
    )


def _grown(base: Node, growth: Factor, place: int) -> Node:
    if place == 0:
        return base
    elapsed = Factor("elapsed_periods", float(place), "", role="decision")
    index = apply(grown_index, annual_growth=growth, elapsed_periods=elapsed)
    return product("electricity_price", base.unit, first_price=base, grown_index=index)


def device_price(prices: Prices, device: str, own: Value | None, where: str) -> Node:
    """Return the purchase price of one device: the fleet's own, or that of the list.

    Raises
    ------
    NoPriceError
        If there is none.
    """
    if own is not None:
        return in_currency(own.factor("device_price", f"{where}.price"), prices)
    return _listed(prices, "devices", device, "device_price")


def host_price(prices: Prices, host: str) -> Node:
    """Return the purchase price of a whole host; raises `NoPriceError` if there is none."""
    return _listed(prices, "hosts", host, "host_price")


def _listed(prices: Prices, section: str, name: str, what: str) -> Node:
    listed: Mapping[str, Value] = getattr(prices, section)
    if name not in listed:
        msg = f"no price is given; add prices.{section}.{name}{did_you_mean(name, listed)}"
        raise NoPriceError(msg)
    return in_currency(listed[name].factor(what, f"prices.{section}.{name}"), prices)


def rent(prices: Prices, instance: str | None, accelerators: int, device: str | None) -> Node:
    """Return the rent of one accelerator-hour (currency/h): of its instance, or of the device.

    Raises
    ------
    NoPriceError
        If neither has a price.
    """
    if instance and instance in prices.instances:
        whole = _listed(prices, "instances", instance, "instance_price")
        share = Factor("instance_share", 1 / accelerators, "", role="decision")
        return product("rent", whole.unit, instance_price=whole, instance_share=share)
    given = prices.rentals.get(device or "")
    if device is None or given is None:
        named = f"prices.instances.{instance}" if instance else f"prices.rentals.{device}"
        msg = f"no rent is given; add {named}"
        raise NoPriceError(msg)
    if isinstance(given, Value):
        return in_currency(given.factor("rent", f"prices.rentals.{device}"), prices)
    try:
        found = rental_price(given, device)
    except LookupError as error:
        raise NoPriceError(str(error.args[0])) from None
    price = _packaged("rent", found, f"prices/rentals/{given}/{device}", "h", "no discount")
    return in_currency(price, prices)


def carbon_prices(context: Context, prices: Prices) -> tuple[Node, ...]:
    """Return the price of emissions in each year (currency/kgCO2e).

    Raises
    ------
    NoPriceError
        If the packaged path does not reach a year, or its currency has no exchange rate.
    """
    given = prices.carbon
    if isinstance(given, Value):
        return (in_currency(given.factor("carbon_price", "prices.carbon"), prices),) * len(
            context.years
        )
    return tuple(_carbon_in(prices, str(given), year) for year in context.years)


def _carbon_in(prices: Prices, name: str, year: int) -> Node:
    try:
        found = carbon_price(name, year)
    except LookupError as error:
        raise NoPriceError(str(error.args[0])) from None
    identity = f"prices/carbon/{name}/{year}"
    note = "an estimate of damage, not what is paid"
    return in_currency(_packaged("carbon_price", found, identity, _PER_KILOGRAM, note), prices)


def in_currency(price: Factor, prices: Prices) -> Node:
    """Return a price in the scenario's currency.

    Raises
    ------
    NoPriceError
        If it is in another one and no exchange rate is given.
    """
    currency, slash, per = price.unit.partition("/")
    if currency == prices.currency:
        return price
    rate = prices.exchange.get(currency)
    if rate is None:
        msg = f"its price is in {currency}; give prices.exchange.{currency} to have it in {prices.currency}"
        raise NoPriceError(msg)
    exchange = rate.factor("exchange_rate", f"prices.exchange.{currency}")
    return product(
        price.name, f"{prices.currency}{slash}{per}", listed_price=price, exchange_rate=exchange
    )


__all__ = [
    "NoPriceError",
    "carbon_prices",
    "device_price",
    "electricity_prices",
    "host_price",
    "in_currency",
    "rent",
]
