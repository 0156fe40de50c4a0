"""End of life of one device or host, symbolically: burden and credit, never netted."""

from __future__ import annotations

from lca import allocations
from lca.formulas.end_of_life import e_waste
from lca.library import constants
from lca.library.models import INDICATOR_UNITS
from lca.scenario.assumption_models import EndOfLife
from lca.terms import Factor, Node, Term, apply, product
from lca.values import Value


def end_of_life(mass: Factor, choices: EndOfLife) -> dict[str, Node]:
    """Return the burden and the credit of scrapping one device (kgCO2e).

    Returns
    -------
    dict
        ``treatment`` and, where the rule gives one, ``credit`` (a negative number). Devices that are
        reused bear neither here.
    """
    rule = allocations.choose(str(choices.rule))
    inputs = _inputs(mass, choices)
    scrapped = Term("scrapped_share", _remainder, {"reused_share": reused_share(choices)}, "")
    burden = Term("end_of_life_footprint", rule.end_of_life_footprint, inputs, "kgCO2e")
    credit = Term("recovery_credit", rule.recovery_credit, inputs, "kgCO2e")
    found: dict[str, Node] = {
        "treatment": product(
            "end_of_life_footprint", "kgCO2e", scrapped_share=scrapped, burden=burden
        )
    }
    if choices.rule != "cut_off":
        found["credit"] = product(
            "recovery_credit", "kgCO2e", scrapped_share=scrapped, credit=credit
        )
    return found


def treatment(mass: Factor, choices: EndOfLife, indicator: str) -> Node:
    """Return what treating one scrapped device takes, for an indicator without allocation factors."""
    unit = INDICATOR_UNITS[indicator]
    path = f"treatment_intensity.{indicator}"
    scrapped = Term("scrapped_share", _remainder, {"reused_share": reused_share(choices)}, "")
    return product(
        "treatment",
        unit,
        scrapped_share=scrapped,
        collected_share=_share(
            "collected_share", choices.collected, "collected", "collected_share.default"
        ),
        device_mass=mass,
        treatment_intensity=constants("end_of_life").factor(
            path, f"{unit}/kg", "treatment_intensity"
        ),
    )


def scrap_mass(mass: Factor, choices: EndOfLife) -> Node:
    """Return the e-waste of one device (kg): its mass, unless it gets a second life."""
    return apply(e_waste, device_mass=mass, reused_share=reused_share(choices))


def reused_share(choices: EndOfLife) -> Factor:
    """Return the share of devices with a second life."""
    return _share("reused_share", choices.reuse, "reuse")


def _remainder(reused_share: float) -> float:
    """Return the share of devices that is scrapped: those without a second life."""
    return 1 - reused_share


def _share(name: str, given: Value | None, key: str, path: str = "") -> Factor:
    if given is not None:
        return given.factor(name, f"assumptions.end_of_life.{key}")
    return constants("end_of_life").factor(path or name, "", name)


def _inputs(mass: Factor, choices: EndOfLife) -> dict[str, Node]:
    file = constants("end_of_life")
    intensities = {
        name: file.factor(f"{name}.gwp100", "kgCO2e/kg", name)
        for name in ("treatment_intensity", "recycling_intensity", "disposal_intensity")
    }
    virgin = file.raw("virgin_intensity.gwp100")
    return {
        "collected_share": _share(
            "collected_share", choices.collected, "collected", "collected_share.default"
        ),
        "recovered_share": _share("recovered_share", choices.recovered, "recovered"),
        **intensities,
        "virgin_intensity": file.factor("virgin_intensity.gwp100", "kgCO2e/kg", "virgin_intensity")
        if virgin
        else intensities["treatment_intensity"],
        "quality_ratio": _share("quality_ratio", choices.quality_ratio, "quality_ratio"),
        "allocation_factor": _share(
            "allocation_factor", choices.allocation_factor, "allocation_factor"
        ),
        "recycled_content": _share(
            "recycled_content", choices.recycled_content, "recycled_content"
        ),
        "device_mass": mass,
    }
