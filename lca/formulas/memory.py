"""Memory dies and stacks, from the bottom up."""

from __future__ import annotations

from lca.vocabulary import (
    Gigabyte,
    GigabytePerSquareCentimeter,
    KilogramCO2e,
    KilogramCO2ePerSquareCentimeter,
    Number,
    Ratio,
    SquareCentimeter,
)


def memory_die_area(
    memory_capacity: Gigabyte,
    bit_density: GigabytePerSquareCentimeter,
    memory_package_count: Ratio,
) -> SquareCentimeter:
    """Find the die area that a package's share of the memory takes.

    Equation: ``memory_die_area = memory_capacity / (bit_density * memory_package_count)``

    Parameters
    ----------
    memory_capacity : GB
        Memory of a device.
    bit_density : GB/cm2
        Capacity per die area of a memory technology.
    memory_package_count : ratio
        Packages that hold a device's memory.

    Returns
    -------
    cm2
        Die area of the memory in one package, stacked dies added up.

    Notes
    -----
    Valid for memory spread evenly over its packages; base dies of stacks are outside.

    References
    ----------
    .. [1] Boavizta, BoaviztAPI 2.5.0, component models and factors.yml, 2026.

    Examples
    --------
    >>> round(memory_die_area(80.0, 6.45, 6.0), 4)
    2.0672
    """
    return memory_capacity / (bit_density * memory_package_count)


def stack_yield(layer_yield: Ratio, layer_count: Ratio) -> Ratio:
    """Multiply the yield of every stacking step of a memory stack.

    Equation: ``stack_yield = layer_yield^layer_count``

    Parameters
    ----------
    layer_yield : ratio
        Share of stacking steps that succeed.
    layer_count : ratio
        Stacked dies of a memory package.

    Returns
    -------
    ratio
        Share of memory stacks without a failed stacking step.

    Notes
    -----
    Valid for independent steps and dies known to be good before stacking.

    References
    ----------
    .. [1] Zhao Y. et al., 3D-Carbon: An Analytical Carbon Modeling Tool for 3D and 2.5D
       Integrated Circuits, DAC 2024: bonding yields.

    Examples
    --------
    >>> round(stack_yield(0.99, 8.0), 4)
    0.9227
    """
    stacked: Number = layer_yield**layer_count
    return stacked


def stacked_memory_footprint(
    memory_wafer_carbon_per_area: KilogramCO2ePerSquareCentimeter,
    memory_capacity: Gigabyte,
    bit_density: GigabytePerSquareCentimeter,
    die_yield: Ratio,
    stack_yield: Ratio,
) -> KilogramCO2e:
    """Find the emissions of stacked memory from its die area and two yields.

    Equation::

        memory_footprint = (
            memory_wafer_carbon_per_area * memory_capacity / (bit_density * die_yield * stack_yield)
        )

    Parameters
    ----------
    memory_wafer_carbon_per_area : kgCO2e/cm2
        Emissions per processed memory wafer area, before yield.
    memory_capacity : GB
        Memory of a device.
    bit_density : GB/cm2
        Capacity per die area of a memory technology.
    die_yield : ratio
        Share of dies without defect.
    stack_yield : ratio
        Share of memory stacks without a failed stacking step.

    Returns
    -------
    kgCO2e
        Emissions of the memory of a device.

    Notes
    -----
    Valid for stacks of dies of one kind; the base die, its logic process and the package are
    outside, so the result is a lower bound.

    References
    ----------
    .. [1] Gupta U. et al., ACT, ISCA 2022: memory by capacity over yield; here with area and
       stacking written out.

    Examples
    --------
    >>> round(stacked_memory_footprint(2.2, 80.0, 6.45, 0.9, 0.92), 3)
    32.955
    """
    good_die_area = memory_capacity / (bit_density * die_yield * stack_yield)
    return memory_wafer_carbon_per_area * good_die_area
