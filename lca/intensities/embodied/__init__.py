"""Embodied intensities of one device, symbolically, by several named models, one a file.

A member answers ``build(device, library, mass) -> Embodied`` or refuses with the reason; being in
the folder (``pieces`` apart) is the registration. `choose` picks the one asked for, and says what
it falls back on. Every model aims at one *module* (a device with its share of a baseboard), so that
options are compared within one boundary; a model that covers less says so.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache

from lca.intensities.embodied.pieces import Embodied, NotApplicableError, family_factor
from lca.intensities.embodied.vendor import has_vendor_figure
from lca.library import Library
from lca.library.models import Device
from lca.values import Value

Build = Callable[[Device, Library, Value | None], Embodied]


@cache
def builders() -> dict[str, Build]:
    """Return every model of the folder by name: a module with a function ``build``."""
    names = sorted(member.name for member in pkgutil.iter_modules(__path__))
    modules = {name: importlib.import_module(f"{__name__}.{name}") for name in names}
    return {name: module.build for name, module in modules.items() if hasattr(module, "build")}


def choose(device: Device, library: Library, model: str, mass: Value | None = None) -> Embodied:
    """Return a device's manufacture by a model, or by the vendor's figure where it does not apply.

    Parameters
    ----------
    model
        One of `builders`.
    mass
        Mass given in the scenario, if any.

    Raises
    ------
    NotApplicableError
        If neither the model nor a published figure serves.
    """
    try:
        return builders()[model](device, library, mass)
    except NotApplicableError as error:
        if model == "vendor":
            found = builders()["calibrated"](device, library, mass)
            return _with_fallback(
                found, f"{device.id}: no vendor figure ({error}); calibrated is used"
            )
        try:
            found = builders()["vendor"](device, library, mass)
        except NotApplicableError:
            raise error from None
        return _with_fallback(
            found, f"{device.id}: {model} does not apply ({error}); the vendor figure is used"
        )


def _with_fallback(found: Embodied, message: str) -> Embodied:
    return Embodied(found.model, found.parts, found.boundary, found.includes, found.note, message)


def applicable(device: Device, library: Library) -> dict[str, Embodied | str]:
    """Return, by model, the parts of a device or the reason why the model does not apply."""
    found: dict[str, Embodied | str] = {}
    for name, build in builders().items():
        try:
            found[name] = build(device, library, None)
        except NotApplicableError as error:
            found[name] = str(error)
    return found


__all__ = [
    "Embodied",
    "NotApplicableError",
    "applicable",
    "builders",
    "choose",
    "family_factor",
    "has_vendor_figure",
]
