"""What a scenario may say of prices: money with its currency, and names of packaged prices."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, model_validator
from pydantic_core import CoreSchema, core_schema

from lca.errors import InputError, did_you_mean, quoted
from lca.factors.prices import ELECTRICITY_KINDS, carbon_names, rental_providers
from lca.library.fields import Amount, OneOf, Record, read_amount
from lca.values import Value

if TYPE_CHECKING:
    from lca.library import Library
    from lca.scenario.models import ScenarioModel

CURRENCIES = ("EUR", "USD", "GBP")
_SYMBOL = re.compile(r"\b[kMG]?(EUR|USD|GBP)\b")
_DIGIT = re.compile(r"\d")

Finding = tuple[tuple[str | int, ...], str]


def _symbols(raw: object) -> list[str]:
    """Return the currencies that a written value names, in order."""
    if isinstance(raw, Mapping):
        return [symbol for part in raw.values() for symbol in _symbols(part)]
    if isinstance(raw, list | tuple):
        return [symbol for part in raw for symbol in _symbols(part)]
    return _SYMBOL.findall(raw) if isinstance(raw, str) else []


@dataclass(frozen=True)
class Money:
    """Annotates an amount of money in the currency it is written in, per something or not.

    ``names`` may stand in its place: they call for a packaged price.
    """

    per: str = ""
    names: tuple[str, ...] = ()

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        """Read the amount with its currency, or one of the names."""
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, _schema: Any, _handler: Any) -> dict[str, Any]:
        """Describe what may be written, for editors."""
        example = f"0.14 {self._unit('EUR')}"
        told = f"money ({', '.join(CURRENCIES)}){f' per {self.per}' if self.per else ''}"
        named = f", or one of {', '.join(self.names)}" if self.names else ""
        return {
            "type": ["string", "object"],
            "description": f"{told}{named}: a value with its unit, or a distribution",
            "examples": [example, *self.names],
        }

    def _unit(self, currency: str) -> str:
        return f"{currency}/{self.per}" if self.per else currency

    def _read(self, raw: object) -> Value | str:
        if isinstance(raw, Value):
            return raw
        name = str(raw).strip().lower().replace("-", "_").replace(" ", "_")
        if name in self.names:
            return name
        if self.names and isinstance(raw, str) and not _DIGIT.search(raw):
            hint = did_you_mean(name, self.names)
            accepted = (
                f"a price such as 0.14 {self._unit('EUR')}, or one of: {', '.join(self.names)}"
            )
            msg = f"no price is called {quoted(raw)}{hint} (accepted: {accepted})"
            raise ValueError(msg)
        found = _symbols(raw) or [CURRENCIES[0]]
        return read_amount(raw, self._unit(found[0]), 0.0, math.inf)


class ExchangeRate:
    """Annotates an exchange rate such as ``0.92 EUR/USD``."""

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        """Read the rate with both currencies."""
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, _schema: Any, _handler: Any) -> dict[str, Any]:
        """Describe what may be written, for editors."""
        told = "an exchange rate: a value with both currencies, or a distribution"
        return {"type": ["string", "object"], "description": told, "examples": ["0.92 EUR/USD"]}

    @staticmethod
    def _read(raw: object) -> Value:
        if isinstance(raw, Value):
            return raw
        found = _symbols(raw)
        if len(found) < 2:
            msg = f"expected an exchange rate such as 0.92 EUR/USD, found {quoted(raw)}"
            raise ValueError(msg)
        return read_amount(raw, f"{found[0]}/{found[1]}", 0.0, math.inf)


Purchase = Annotated[Value, Money()]
Hourly = Annotated[Value, Money("h")]
HourlyOrName = Annotated[Value | str, Money("h", rental_providers())]
PerKilowattHour = Annotated[Value | str, Money("kWh", ELECTRICITY_KINDS)]
PerCarbon = Annotated[Value | str, Money("kgCO2e", carbon_names())]
Growth = Annotated[Value, Amount("", -0.5, 1.0)]


class Prices(Record):
    """What things cost; what has no price is reported as missing, never counted as free."""

    currency: Annotated[str, OneOf(CURRENCIES)] = "EUR"
    """Currency of all results."""
    electricity: PerKilowattHour = "industrial"
    """Price of electricity, or the kind of packaged price of each site's region."""
    electricity_by_site: dict[str, PerKilowattHour] = Field(default_factory=dict)
    """Price of electricity at single sites."""
    electricity_growth: Growth | None = None
    """Change of electricity prices from one year to the next, from the first of the period."""
    devices: dict[str, Purchase] = Field(default_factory=dict)
    """Purchase price of one device, by id."""
    hosts: dict[str, Purchase] = Field(default_factory=dict)
    """Purchase price of a whole host without its accelerators, by id."""
    instances: dict[str, Hourly] = Field(default_factory=dict)
    """Rent of a whole cloud instance, by id."""
    rentals: dict[str, HourlyOrName] = Field(default_factory=dict)
    """Rent of one accelerator in the cloud, by device id, or the cloud whose list price counts."""
    exchange: dict[str, Annotated[Value, ExchangeRate()]] = Field(default_factory=dict)
    """What a unit of another currency is worth, such as {USD: 0.92 EUR/USD}; never assumed."""
    carbon: PerCarbon | None = None
    """Price put on emissions, on a line of its own; none by default."""
    discount: Annotated[Value, Amount("", 0.0, 1.0)] | None = None
    """Rate of discount per year; gives the present value beside the undiscounted cost."""

    @model_validator(mode="after")
    def _rates_lead_home(self) -> Prices:
        for name, rate in self.exchange.items():
            if name not in CURRENCIES or rate.unit != f"{self.currency}/{name}":
                wanted = f"{{USD: 0.92 {self.currency}/USD}}"
                msg = f"exchange: {name} is given in {rate.unit}; write for example {wanted}"
                raise ValueError(msg)
        return self


def findings(model: ScenarioModel, library: Library) -> Iterator[Finding]:
    """Yield what is wrong with prices in view of the whole scenario: names, and currencies."""
    prices = model.prices
    if prices is None:
        return
    yield from _names(prices, model, library)
    for path, value in _amounts(prices, model):
        currency = value.unit.partition("/")[0]
        if prices.currency is not None and currency not in {
            prices.currency,
            *(prices.exchange or ()),
        }:
            rate = f"exchange: {{{currency}: ... {prices.currency}/{currency}}}"
            told = f"a price in {currency}, while results are in {prices.currency}"
            yield path, f"{told}: give prices.{rate} (no exchange rate is ever assumed)"


def _names(prices: Prices, model: ScenarioModel, library: Library) -> Iterator[Finding]:
    """Yield each name that nothing has."""
    kinds = {
        "devices": library.device,
        "rentals": library.device,
        "hosts": library.server,
        "instances": library.instance,
    }
    for section, ask in kinds.items():
        for name in getattr(prices, section) or {}:
            try:
                ask(name)
            except InputError as error:
                yield ("prices", section, name), error.problems[0].message
    sites = list(model.sites or {})
    for name in prices.electricity_by_site or {}:
        if name not in sites:
            hint = did_you_mean(name, sites)
            known = f" (one of: {', '.join(sites)})" if sites else ""
            yield ("prices", "electricity_by_site", name), f"no site {quoted(name)}{hint}{known}"


def _amounts(prices: Prices, model: ScenarioModel) -> Iterator[tuple[tuple[str | int, ...], Value]]:
    """Yield every amount of money with its place."""
    for name in ("electricity", "carbon"):
        if isinstance(found := getattr(prices, name), Value):
            yield ("prices", name), found
    for section in ("electricity_by_site", "devices", "hosts", "instances", "rentals"):
        for name, value in (getattr(prices, section) or {}).items():
            if isinstance(value, Value):
                yield ("prices", section, name), value
    for name, fleet in (model.fleet or {}).items():
        if fleet.price is not None:
            yield ("fleet", name, "price"), fleet.price


__all__ = ["CURRENCIES", "Money", "Prices", "Purchase", "findings"]
