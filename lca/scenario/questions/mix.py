"""What a scenario may ask of ``lca optimize mix``: requests by class, accelerators, and latency."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from lca.errors import InputError, did_you_mean, quoted
from lca.library.fields import Amount, Count, Lifetime, OneOf, Power, Record, Share, Switch
from lca.values import Value

if TYPE_CHECKING:
    from lca.library import Library
    from lca.scenario.models import ScenarioModel

Path = tuple[str | int, ...]
_PRECISIONS = ("fp32", "bf16", "fp16", "fp8", "int8", "int4", "nf4", "mxfp4", "fp4")


class RequestClass(Record):
    """Requests of alike length."""

    rate: Annotated[Value, Amount("request/h")]
    """Requests in the mean of the period."""
    prompt_tokens: Annotated[Value, Amount("token/request", 1.0)]
    """Tokens of a prompt, such as ``500 token/request``."""
    output_tokens: Annotated[Value, Amount("token/request", 1.0)]
    """Tokens of an answer."""


class Accelerator(Record):
    """A type of accelerator that may answer."""

    device: str
    """Id of the device (lca list gpu)."""
    lifetime: Lifetime
    """Time from purchase to end of life."""
    host: str | None = None
    """Host that carries the devices; the device's own by default, ``none`` for no host."""
    host_power: Power | None = None
    """Mean power of a whole host without its accelerators."""
    devices_per_replica: Count | None = None
    """Devices that hold one copy of the model; as few as its memory needs by default."""
    standing: Count | None = None
    """Devices that stand there already: no more can be had, and what made them is sunk."""
    most: Count | None = None
    """Most devices that can be had."""


class Mix(Record):
    """Which accelerators to have, and which requests each of them answers."""

    model: str
    """Name of the model that answers, as under ``models``."""
    site: str
    """Name of the site, as under ``sites``."""
    classes: dict[str, RequestClass]
    """Requests by class."""
    types: dict[str, Accelerator]
    """Accelerators by name."""
    latency: Annotated[Value, Amount("h", 0.0)]
    """Longest time per output token that is accepted, such as ``50 ms``."""
    first_token: Annotated[Value, Amount("h", 0.0)] | None = None
    """Longest time to read a prompt that is accepted; any by default."""
    precision: Annotated[str, OneOf(_PRECISIONS)] = "bf16"
    """Precision of the weights."""
    apart: Switch = True
    """Whether prompts of a class may be read on other accelerators than write its answers."""
    peak: Annotated[Value, Amount("", 1.0)] | None = None
    """Rate of the busiest hour over the mean; 1 by default, an even day."""
    maximum_utilization: Share | None = None
    """Share of capacity that the busiest hour may use; all of it by default."""


def findings(record: Mix, model: ScenarioModel, library: Library) -> Iterator[tuple[Path, str]]:
    """Yield what names nothing."""
    for name, known, what in (
        ("model", dict(model.models or {}), "model"),
        ("site", dict(model.sites or {}), "site"),
    ):
        given = getattr(record, name)
        if given is not None and given not in known:
            accepted = f" (one of: {', '.join(known)})" if known else ""
            hint = did_you_mean(given, known) or accepted
            yield (name,), f"no {what} {quoted(given)}{hint}"
    for name in ("classes", "types"):
        if getattr(record, name) == {}:
            yield (name,), "expected at least one entry"
    for name, one in (record.types or {}).items():
        yield from _type(("types", name), one, library)


def _type(path: Path, one: Accelerator, library: Library) -> Iterator[tuple[Path, str]]:
    asked = ((("device",), one.device, library.device), (("host",), one.host, library.server))
    for key, name, ask in asked:
        if name is None or name == "none":
            continue
        try:
            ask(name)
        except InputError as error:
            yield (*path, *key), error.problems[0].message
    if one.devices_per_replica == 0:
        yield (*path, "devices_per_replica"), "expected a whole number of 1 or more, found 0"
