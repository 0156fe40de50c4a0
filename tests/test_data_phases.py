"""Data moved, stored and prepared: worked numbers, laws, and input that is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import lca.factors
from lca.errors import InputError, UnknownNameError
from lca.library import Library
from lca.terms import Draws, Factor, Node, factors
from lca.uncertain import lognormal
from lca.workloads import compute, network, storage, tabled
from lca.workloads.prediction import Prediction

YEARS = (2012, 2015, 2020, 2026, 2035)
FOLDER = Path(lca.factors.__file__).parent / "workloads"


def given(name: str, value: float, unit: str = "") -> Factor:
    """Return an exact input."""
    return Factor(name, value, unit)


def central(node: Node) -> float:
    """Evaluate a node at the central values of its inputs."""
    return float(Draws(0, 0).array(node)[0])


def gigabytes(value: float) -> Factor:
    """Return data that is moved."""
    return given("transferred_data", value, "GB")


def stored(value: float) -> Factor:
    """Return data that is kept."""
    return given("stored_data", value, "GB")


def rows(table: str) -> list[dict[str, str]]:
    """Read a table as it stands."""
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- networks ---------------------------------------------------------------------------------


def test_core_and_access_in_2015_are_what_aslan_published() -> None:
    """0.004 kWh/GB of the core and 0.056 of the access make 0.06."""
    parts = [central(network.intensity(kind, 2015)[0]) for kind in ("fixed_core", "fixed_access")]
    assert parts[0] == pytest.approx(0.004)
    assert sum(parts) == pytest.approx(0.06)


def test_fixed_networks_halve_every_two_years_to_2020() -> None:
    """0.06 kWh/GB in 2015 is 0.03 in 2017 and 0.0106 in 2020."""
    for year, expected in ((2013, 0.112), (2017, 0.028), (2019, 0.014), (2020, 0.056 / 2**2.5)):
        assert central(network.intensity("fixed_access", year)[0]) == pytest.approx(expected)


def test_the_interval_of_fixed_networks_is_the_spread_of_what_is_published() -> None:
    """Low and high are the extremes of published values over the line of halving."""
    over_line = [
        float(row["value"]) / (0.06 / 2 ** ((int(row["year"]) - 2015) / 2))
        for row in rows("network")
        if row["scope"].startswith("fixed") and row["year"] and row["id"] != "aslan_core_2015"
    ]
    low, high = network.intensity("fixed_access", 2015)[0], 0.056
    found = factors(low)[0].distribution.interval()
    assert found[0] / high == pytest.approx(min(over_line), rel=1e-3)
    assert found[1] / high == pytest.approx(max(over_line), rel=1e-3)


@pytest.mark.parametrize("kind", ["fixed_core", "fixed_access"])
def test_beyond_2020_nothing_falls_and_the_interval_widens(kind: str) -> None:
    """The center is held, the low end goes on falling, and a remark says so."""
    known, later = (Prediction(network.intensity(kind, year)[0], "kWh/GB") for year in (2020, 2026))
    assert later.central == pytest.approx(known.central)
    assert later.p5 < 0.6 * known.p5
    assert later.p95 == pytest.approx(known.p95, rel=0.01)
    assert any(
        "nothing is published beyond 2020" in said for said in network.intensity(kind, 2026)[1]
    )


@pytest.mark.parametrize("kind", ["mobile", "router", "inter_data_center"])
def test_a_network_without_a_trend_is_wider_away_from_its_year(kind: str) -> None:
    """Before its year the high end rises, after it the low end falls; each is said."""
    early, late = (Prediction(network.intensity(kind, y)[0], "kWh/GB") for y in (2015, 2021))
    assert early.central == pytest.approx(late.central)
    assert early.p95 > 2 * late.p95
    assert any("no trend is published" in said for said in network.intensity(kind, 2015)[1])


@pytest.mark.parametrize("kind", network.KINDS)
@pytest.mark.parametrize("year", YEARS)
def test_what_more_data_adds_is_never_more_than_the_average(kind: str, year: int) -> None:
    """In every draw the marginal electricity is at most the attributional one."""
    draws = Draws(512, 3)
    average = draws.array(network.energy(gigabytes(5.0), kind, year).node)
    added = draws.array(network.energy(gigabytes(5.0), kind, year, "marginal").node)
    assert (added <= average * (1 + 1e-9)).all()


def test_a_slope_of_watts_per_bit_rate_is_energy_per_data() -> None:
    """0.03 W/Mbps is 0.03 J per megabit: 240 J, or 6.7e-5 kWh, per gigabyte."""
    found = central(network.intensity("fixed_core", 2020, "marginal")[0])
    assert found == pytest.approx(0.03 * 8000 / 3.6e6)


def test_the_network_is_negligible_for_text() -> None:
    """Two kilobytes of an answer take less than a ten thousandth of a watt-hour in 2020."""
    parts = [
        network.energy(gigabytes(2e-6), kind, 2020).node for kind in ("fixed_core", "fixed_access")
    ]
    assert sum(central(part) for part in parts) * 1000 == pytest.approx(2.1e-5, rel=0.05)


@pytest.mark.parametrize("kind", network.KINDS)
def test_every_network_factor_is_cited_and_criticized(kind: str, library: Library) -> None:
    """Each leaf has a source of the bibliography, a quality and a note; each mode a remark."""
    for mode in network.MODES:
        found = network.energy(gigabytes(1.0), kind, 2024, mode)
        leaves = [leaf for leaf in factors(found.intensity) if not leaf.distribution.is_exact]
        assert leaves
        assert all(leaf.source in library.sources and leaf.note for leaf in leaves)
        assert found.remarks


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fixed_kore", 2020), 'did you mean "fixed_core"'),
        (("mobile", 2020, "marginl"), 'did you mean "marginal"'),
        (("mobile", 1990), "published from 2000"),
        (("mobile", 2060), "to 2040"),
    ],
)
def test_an_unknown_network_mode_or_year_is_refused(
    arguments: tuple[str, int], message: str
) -> None:
    """The message names the nearest, or the years that are known."""
    with pytest.raises((UnknownNameError, InputError), match=message):
        network.energy(gigabytes(1.0), *arguments)


# --- storage ----------------------------------------------------------------------------------


def test_a_petabyte_on_disk_by_hand() -> None:
    """1 PB, three copies, 75 % full is 4 PB; at 0.65 W/TB and 2.595 with servers, 6.75 kW."""
    copies, filled = given("copy_count", 3.0), given("fill_share", 0.75)
    assert central(storage.capacity(stored(1e6), copies, filled)) == pytest.approx(4e6)
    found = central(storage.power(stored(1e6), "hdd", copies, filled))
    assert found == pytest.approx(4000 * 0.65e-3 * (1.53 + 3.66) / 2)


def test_embodied_of_a_stored_gigabyte_by_hand() -> None:
    """1 TB on flash, one full copy, one of five years: 0.0425 kg/GB x 1000 / 5 = 8.5 kg."""
    one = given("copy_count", 1.0), given("fill_share", 1.0)
    found = storage.embodied(
        stored(1000.0),
        "nvme-ssd",
        given("period", 1.0, "year"),
        given("lifetime", 5.0, "year"),
        copies=one[0],
        filled=one[1],
    )
    assert central(found) == pytest.approx(8.5)


def test_a_terabyte_of_flash_for_a_year_by_hand() -> None:
    """1.2 W/TB over a year is 10.5 kWh, before copies, servers and free space."""
    drive = tabled.factor("storage", "power_per_capacity/sata-ssd", "kW/GB")
    assert central(drive) * 1000 * 8766 == pytest.approx(10.5, rel=0.01)


@pytest.mark.parametrize("medium", storage.MEDIA)
def test_storage_scales_with_data_and_never_shrinks_with_copies(medium: str) -> None:
    """Twice the data is twice the power and emissions; more copies are never less."""
    year = given("period", 1.0, "year")
    for once, twice in (
        (storage.power(stored(10.0), medium), storage.power(stored(20.0), medium)),
        (
            storage.embodied(stored(10.0), medium, year),
            storage.embodied(stored(20.0), medium, year),
        ),
    ):
        first, second = Draws(64, 1).array(once), Draws(64, 1).array(twice)
        assert second == pytest.approx(2 * first)
    few, many = (
        central(storage.power(stored(10.0), medium, given("copy_count", n))) for n in (1.0, 3.0)
    )
    assert many == pytest.approx(3 * few)


@pytest.mark.parametrize(
    ("copies", "filled", "message"),
    [(0.5, 0.7, "copies: found 0.5"), (2.0, 1.2, "filled share: found 1.2")],
)
def test_impossible_storage_is_refused(copies: float, filled: float, message: str) -> None:
    """Less than one copy, or more data than capacity."""
    with pytest.raises(InputError, match=message):
        storage.power(stored(1.0), "hdd", given("copy_count", copies), given("fill_share", filled))


def test_an_unknown_medium_is_refused_with_the_nearest() -> None:
    """A slip in the name of a medium is found."""
    with pytest.raises(UnknownNameError, match='did you mean "nvme-ssd"'):
        storage.power(stored(1.0), "nvme")


def test_the_interval_of_disk_power_is_of_published_drives() -> None:
    """Low is 6.5 W over the 24 TB of a rack's drives, high the 6 TB drive of Backblaze."""
    known = {row["id"]: float(row["value"]) for row in rows("storage_published")}
    drive = tabled.factor("storage", "power_per_capacity/hdd", "kW/GB").distribution.parameters
    watts = 10 * known["hdd_ccf"]
    expected = (watts / 24, known["hdd_ccf"], known["hdd_backblaze_6tb"])
    assert [1e6 * end for end in drive] == pytest.approx(expected, rel=0.005)
    servers = tabled.factor("storage", "storage_overhead", "").distribution.parameters
    rack = known["rack_tailpipe"]
    assert servers == pytest.approx((rack / known["hdd_ccf"], rack / (watts / 24)), rel=0.005)


# --- processors -------------------------------------------------------------------------------


def test_power_of_a_core_by_hand() -> None:
    """An EPYC 7302 has 155 W for 16 cores: 9.69 W at full rating, 7.27 W at 75 %."""
    full = compute.core_power("amd-epyc-7302", given("busy_fraction", 1.0))
    assert central(full) == pytest.approx(0.155 / 16)
    assert central(compute.core_power("amd-epyc-7302")) == pytest.approx(0.75 * 0.155 / 16)


def test_preprocessing_is_core_hours_times_power() -> None:
    """Two thousand core-hours of an EPYC 7302 take 14.5 kWh."""
    hours = given("core_time", 2000.0, "h")
    assert central(compute.energy(hours, compute.core_power("amd-epyc-7302"))) == pytest.approx(
        14.53, abs=0.01
    )


def test_an_unknown_processor_is_refused() -> None:
    """The nearest processor is named."""
    with pytest.raises(UnknownNameError, match='did you mean "amd-epyc-7302"'):
        compute.core_power("amd-epyc-7302x")


# --- data -------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["storage", "overheads"])
def test_every_value_of_a_table_reads_as_a_cited_factor(table: str, library: Library) -> None:
    """Each row has a distribution in its unit, a source and a note; ends are in order."""
    for row in rows(table):
        unit = {"W/TB": "kW/GB", "W": "kW"}.get(row["unit"], row["unit"])
        leaf = tabled.factor(table, row["id"], unit)
        low, high = leaf.distribution.interval()
        assert 0 < low <= leaf.distribution.central <= high
        assert leaf.source in library.sources
        assert leaf.note


def test_an_unknown_value_names_the_nearest() -> None:
    """A slip in the name of a tabled value is found."""
    with pytest.raises(InputError, match="fill_share"):
        tabled.factor("storage", "fill_shar", "")


def test_uncertain_data_widens_the_result() -> None:
    """A factor of two in the data is at least a factor of two in the electricity."""
    known = Prediction(network.energy(gigabytes(1.0), "fixed_core", 2020).node, "kWh")
    doubtful = Factor("transferred_data", lognormal(1.0, 2.0), "GB")
    wide = Prediction(network.energy(doubtful, "fixed_core", 2020).node, "kWh")
    assert wide.p95 / wide.p5 > known.p95 / known.p5
