"""Electricity, water and facility factors: what the tables hold and what the reader may do."""

from __future__ import annotations

import csv
import hashlib

import pytest
import yaml

from lca import factors
from lca.factors.files import ROOT, LicenceRefused, _parse, _permitted

TABLES = factors.tables()
COUNTRY_TABLES = {
    "grid/owid_ember_annual": "geography_code",
    "grid/egrid_2023": "geography_code",
    "grid/mix_annual": "geography_code",
    "td_losses": "geography_code",
    "water/country": "key",
    "cloud_regions": "country_iso3",
}


def raw(table: str) -> list[dict[str, str]]:
    """Return every row of a table as it stands in the file, without the reader."""
    with (ROOT / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def countries_with_factors() -> list[str]:
    """Return the alpha-3 code of every country that has a lifecycle factor."""
    found = raw("grid/owid_ember_annual")
    return sorted({row["geography_code"] for row in found if row["geography_type"] == "country"})


# tables and sidecars


@pytest.mark.parametrize("table", TABLES)
def test_the_hash_in_the_sidecar_is_that_of_the_table(table: str) -> None:
    """A table cannot change without its sidecar."""
    content = (ROOT / f"{table}.csv").read_bytes()
    assert factors.sidecar(table).sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_described(table: str) -> None:
    """The sidecar gives unit or meaning of exactly the columns the table has, in order."""
    header = list(raw(table)[0])
    assert list(factors.sidecar(table).columns) == header
    assert all(factors.sidecar(table).columns.values())


@pytest.mark.parametrize("table", TABLES)
def test_the_sidecar_is_plain_yaml(table: str) -> None:
    """A YAML reader and ours understand a sidecar alike."""
    path = ROOT / f"{table}.yaml"
    text = path.read_text(encoding="utf-8")
    assert _parse(text, path) == yaml.safe_load(text)


@pytest.mark.parametrize("table", TABLES)
def test_no_row_was_only_remembered(table: str) -> None:
    """No cell of any table says that a value was recalled."""
    cells = (cell for row in raw(table) for cell in row.values())
    assert [cell for cell in cells if "recalled" in cell.lower()] == []


@pytest.mark.parametrize("table", TABLES)
def test_every_licence_permits_packaging(table: str) -> None:
    """No table and no row is share-alike, non-commercial or copyleft data."""
    licences = {row["licence"] for row in raw(table) if "licence" in row}
    refused = [text for text in {*licences, factors.sidecar(table).licence} if not _permitted(text)]
    assert refused == []


@pytest.mark.parametrize(
    "licence", ["ODbL 1.0", "CC BY-SA 4.0", "CC BY-NC-SA 4.0 IGO", "AGPL-3.0", "non-commercial"]
)
def test_a_table_under_a_closed_licence_is_refused(
    licence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table whose sidecar names such a licence is never returned."""
    about = factors.sidecar("td_losses")
    closed = type(about)(
        **{name: getattr(about, name) for name in type(about).__slots__} | {"licence": licence}
    )
    monkeypatch.setattr("lca.factors.files.sidecar", lambda _: closed)
    with pytest.raises(LicenceRefused, match="does not permit packaging"):
        factors.rows.__wrapped__("td_losses")


def test_share_alike_and_closed_data_are_not_packaged() -> None:
    """Marginal factors (CC BY-SA), zone values (ODbL) and IEA paths are nowhere."""
    publishers = " ".join(factors.sidecar(table).origin for table in TABLES)
    assert all(word not in publishers for word in ("IFI", "Electricity Maps", "World Energy"))
    assert {row["method"] for row in raw("grid/owid_ember_annual")} == {"average"}


# places


@pytest.mark.parametrize("written", ["NO", "no", "NOR", "Norway", "norway"])
def test_no_is_norway(written: str) -> None:
    """The code that YAML 1.1 reads as false is a country, with Ember's 28 to 30 g/kWh."""
    assert factors.country(written) == factors.Region("NO", "NOR", "Norway")
    factor, said = factors.grid_factor(written)
    assert (factor.region, said) == ("NO", ())
    assert factor.value == pytest.approx(0.029, abs=0.002)


@pytest.mark.parametrize(
    ("written", "iso2", "iso3"),
    [
        ("GR", "GR", "GRC"),
        ("EL", "GR", "GRC"),
        ("GB", "GB", "GBR"),
        ("UK", "GB", "GBR"),
        ("XK", "XK", "XKX"),
        ("Czechia", "CZ", "CZE"),
        ("Türkiye", "TR", "TUR"),
        ("Cote d'Ivoire", "CI", "CIV"),
        ("South Korea", "KR", "KOR"),
    ],
)
def test_codes_and_names_that_go_wrong_elsewhere(written: str, iso2: str, iso3: str) -> None:
    """Aliases, user-assigned codes, accents and renamed countries reach the right country."""
    found = factors.country(written)
    assert (found.iso2, found.iso3) == (iso2, iso3)


@pytest.mark.parametrize("table", COUNTRY_TABLES)
def test_every_country_of_a_table_resolves(table: str) -> None:
    """Alpha-2, alpha-3 and name of each country in the tables reach the same country."""
    codes = {row[COUNTRY_TABLES[table]] for row in raw(table)}
    aggregates = {row["table_code"] for row in raw("regions") if row["kind"] != "country"}
    for code in codes - aggregates:
        found = factors.country(code)
        assert found.iso3 == code
        assert factors.country(found.iso2) == found
        assert factors.country(found.name) == found


def test_every_place_of_a_grid_table_resolves() -> None:
    """Each state, subregion, province, aggregate and cloud region of a grid table is reachable."""
    by_code = {row["table_code"]: row["code"] for row in raw("regions")}
    for table in (table for table in TABLES if table.startswith("grid/")):
        for code in {row["geography_code"] for row in raw(table)}:
            wanted = by_code.get(code, code)
            assert factors.resolve(wanted).region_code == wanted


@pytest.mark.parametrize("row", raw("cloud_regions"), ids=lambda row: row["region"])
def test_each_cloud_region_resolves(row: dict[str, str]) -> None:
    """A cloud region resolves with and without provider, ends at its country, and has a factor."""
    code = f"{row['provider']}:{row['region']}"
    found = factors.resolve(code)
    assert found.candidates[0] == code
    assert factors.country(found.candidates[-1]).iso3 == row["country_iso3"]
    assert factors.resolve(row["region"]).candidates == found.candidates
    factor, said = factors.grid_factor(code)
    assert factor.region == found.candidates[-1]
    assert said[0].endswith(f"using {factor.name} ({factor.region})")


def test_a_chain_runs_from_the_region_to_the_country() -> None:
    """Northern Virginia stands in SERC Virginia/Carolina, in Virginia, in the United States."""
    found = factors.resolve("aws:us-east-1")
    assert found.candidates == ("aws:us-east-1", "SRVC", "US-VA", "US")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("US-VA", "US-VA"),
        ("SRVC", "SRVC"),
        ("egrid:SRVC", "SRVC"),
        ("CN-GD", "CN-GD"),
        ("gcp:europe-west1", "gcp:europe-west1"),
        ("AZURE:WestEurope", "azure:westeurope"),
        ("world", "WORLD"),
        ("EU", "EU"),
        ("European Union", "EU"),
    ],
)
def test_what_can_be_written_for_a_place(written: str, code: str) -> None:
    """States, subregions, provinces, cloud regions and aggregates are understood in any case."""
    assert factors.resolve(written).region_code == code


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("Germny", "Germany (DE)"),
        ("aws:eu-centrl-1", "aws:eu-central-1"),
        ("Swedn", "Sweden (SE)"),
    ],
)
def test_an_unknown_region_names_the_nearest(written: str, hint: str) -> None:
    """The error carries the closest names, best first."""
    with pytest.raises(factors.UnknownRegion, match="did you mean") as caught:
        factors.resolve(written)
    assert caught.value.nearest[0] == hint
    assert isinstance(caught.value, LookupError)


def test_a_name_of_two_places_is_said() -> None:
    """Georgia is the country, and the state of that name is pointed out."""
    assert factors.resolve("Georgia").region_code == "GE"
    assert "US-GA" in factors.resolve("Georgia").fallbacks[0]
    assert "US-GA" in factors.grid_factor("Georgia")[1][0]


def test_a_state_is_no_country() -> None:
    """`country` refuses what is not a country."""
    with pytest.raises(factors.UnknownRegion, match="no country 'US-VA'"):
        factors.country("US-VA")


# grid factors


def test_two_right_answers_for_one_country_keep_their_type() -> None:
    """United States 2023: 392.9 g lifecycle (Ember) and 349.7 g direct (eGRID)."""
    lifecycle, _ = factors.grid_factor("US", year=2023)
    direct, _ = factors.grid_factor("US", year=2023, boundary="direct")
    assert lifecycle.value == pytest.approx(0.3929, abs=5e-5)
    assert direct.value == pytest.approx(0.3497, abs=5e-5)
    assert (lifecycle.boundary, lifecycle.source) == ("lifecycle", "owid-ember-carbon-intensity")
    assert (direct.boundary, direct.source) == ("direct", "epa-egrid-2023")


def test_a_gram_of_the_table_is_a_thousandth_of_the_record() -> None:
    """Values are kgCO2e per kWh, correctly rounded."""
    assert factors.grid_factor("DE", year=2025)[0].value == 0.32965


def test_a_state_is_not_answered_with_another_boundary() -> None:
    """Virginia has a direct factor only; the error says so and names both ways out."""
    with pytest.raises(factors.FactorMismatch) as caught:
        factors.grid_factor("US-VA")
    assert str(caught.value) == (
        "US-VA has a direct factor only (EPA eGRID 2023); asked was lifecycle, production, "
        "average; use region: US, or ask for boundary: direct"
    )


@pytest.mark.parametrize(
    ("region", "asked", "hint"),
    [
        ("DE", {"boundary": "direct"}, "ask for boundary: lifecycle"),
        ("DE", {"accounting": "consumption"}, "ask for accounting: production"),
        ("DE", {"method": "marginal_operating"}, "ask for method: average"),
        ("CN-GD", {"boundary": "direct"}, "ask for accounting: consumption"),
        ("aws:eu-central-1", {"boundary": "direct"}, "ask for boundary: lifecycle"),
        ("gcp:europe-west1", {"boundary": "direct"}, "ask for accounting: unspecified"),
    ],
)
def test_types_of_factor_are_never_mixed(region: str, asked: dict[str, str], hint: str) -> None:
    """What exists only as another type raises and says how to ask for it."""
    with pytest.raises(factors.FactorMismatch, match=hint):
        factors.grid_factor(region, **asked)  # type: ignore[arg-type]


def test_a_cloud_region_says_whose_factor_it_uses() -> None:
    """Frankfurt falls back to Germany, in one sentence."""
    factor, said = factors.grid_factor("aws:eu-central-1")
    assert factor == factors.grid_factor("DE")[0]
    assert said == ("aws:eu-central-1 has no factor of its own; using Germany (DE)",)
    assert factors.resolve("aws:eu-central-1").fallbacks == said


def test_a_cloud_region_says_which_nearer_factor_was_passed_over() -> None:
    """Lifecycle in Virginia is the United States, and the direct factors nearby are named."""
    factor, said = factors.grid_factor("aws:us-east-1")
    assert factor.region == "US"
    assert said[1] == "SERC Virginia/Carolina (SRVC) has a direct factor only (EPA eGRID 2023)"
    assert factors.grid_factor("aws:us-east-1", boundary="direct")[0].region == "SRVC"


def test_the_world_never_stands_in() -> None:
    """A country without a factor raises; the world average is not a fallback."""
    with pytest.raises(LookupError, match="no grid factor of Liechtenstein"):
        factors.grid_factor("LI")


@pytest.mark.parametrize(
    ("year", "used", "said"),
    [
        (None, 2025, ()),
        (2024, 2024, ()),
        (2012, 2010, ("Germany (DE) has no factor of 2012; using 2010",)),
        (2040, 2025, ("Germany (DE) has no factor of 2040; using 2025",)),
    ],
)
def test_the_year_used_is_said_when_it_differs(
    year: int | None, used: int, said: tuple[str, ...]
) -> None:
    """The latest year that is not after the year asked for is taken, never a later one."""
    factor, messages = factors.grid_factor("DE", year=year)
    assert (factor.year, messages) == (used, said)


def test_a_year_before_the_first_is_refused() -> None:
    """Nothing is known before 2000, and no later year stands in."""
    with pytest.raises(LookupError, match="no factor before 2000"):
        factors.grid_factor("DE", year=1990)


def test_a_series_is_in_order_and_of_one_type() -> None:
    """All years of a place, oldest first, ending with the factor that is the default."""
    series = factors.grid_series("FR")
    years = [one.year for one in series]
    assert years == sorted(set(years))
    assert {one.boundary for one in series} == {"lifecycle"}
    assert series[-1] == factors.grid_factor("FR")[0]


def test_every_lifecycle_factor_is_plausible() -> None:
    """No country's electricity is cleaner than wind or much dirtier than any coal plant."""
    for code in countries_with_factors():
        for factor in factors.grid_series(code):
            assert 0.011 <= factor.value <= 1.4, factor


def test_a_zero_lifecycle_factor_is_passed_over() -> None:
    """Emissions rounded to nothing are no factor; the older one that stands in is said."""
    factor, said = factors.grid_factor("CF")
    assert (factor.year, factor.value) == (2010, 0.125)
    assert said == ("the latest factor of Central African Republic (CF) is as old as 2010",)
    assert factors.grid_series("BI")[0].year == 2010


def test_a_residual_mix_is_of_the_place_itself() -> None:
    """Italy has 441 g/kWh; Germany has none, and Europe's does not stand in."""
    assert factors.residual_mix("IT").value == 0.441
    assert factors.residual_mix("IT").accounting == "market_residual"
    with pytest.raises(LookupError, match="no residual mix of Germany"):
        factors.residual_mix("DE")


# generation


@pytest.mark.parametrize("region", ["NO", "DE", "EU", "WORLD", "TH", "aws:us-east-1"])
def test_shares_of_a_mix_sum_to_one(region: str) -> None:
    """Shares are of the generation whose source is known."""
    mix = factors.generation_mix(region)
    assert sum(mix.shares.values()) == pytest.approx(1)
    assert mix.unaccounted < 0.1
    assert set(mix.shares).isdisjoint(mix.missing)


def test_norway_is_hydro() -> None:
    """Nine tenths of Norway's generation of 2025 are hydropower."""
    assert factors.generation_mix("NO").shares["hydro"] == pytest.approx(144.77 / 160.81, rel=1e-6)


def test_a_missing_source_is_missing() -> None:
    """Thailand's unknown nuclear is left out, not zero; El Salvador's mix is too incomplete."""
    mix = factors.generation_mix("TH")
    assert "nuclear" in mix.missing
    assert "nuclear" not in mix.shares
    with pytest.raises(LookupError, match="too little of its generation"):
        factors.generation_mix("SV")


def test_the_mix_of_the_union_is_summed_from_its_members() -> None:
    """The European Union has 27 members, and the sum is said to be one."""
    assert factors.generation_mix("EU").fallbacks == (
        "the mix of European Union (27) (EU) is summed from its 27 members",
    )


def test_every_source_of_the_mix_has_a_factor() -> None:
    """Each column of the mix has a low, central and high value in both boundaries."""
    for name in [*factors.generation_mix("DE").shares, "other"]:
        for boundary in ("lifecycle", "direct"):
            found = factors.generation_source(name, boundary)
            assert found.low <= found.central <= found.high
            assert found.central <= factors.generation_source(name).central


def test_the_range_of_hydropower_is_not_that_of_single_plants() -> None:
    """AR5 gives 1 to 2200 g over plants; the mix uses UNECE's 6 to 147 with AR5's median."""
    hydro = factors.generation_source("hydro", "lifecycle")
    assert (hydro.low, hydro.central, hydro.high) == (0.006, 0.024, 0.147)


def test_a_range_without_a_source_is_assumed() -> None:
    """A range that nobody published says that it is assumed, and why."""
    for row in raw("mix_sources"):
        assert (row["quality"] == "assumed") == (row["range_source"] == "")
        assert row["note"]


def test_cited_ranges_of_the_mix_stand_in_the_table_of_technologies() -> None:
    """A range that names a source is that of the source's row."""
    table = {(r["technology"], r["boundary"], r["source"]): r for r in raw("generation_sources")}
    for row in raw("mix_sources"):
        central = table[row["technology"], row["boundary"], row["central_source"]]
        assert float(row["central_gCO2e_per_kWh"]) == float(central["central_gCO2e_per_kWh"])
        if row["range_source"] and row["boundary"] == "lifecycle":
            bounds = table[row["technology"], row["boundary"], row["range_source"]]
            assert float(row["low_gCO2e_per_kWh"]) == float(bounds["min_gCO2e_per_kWh"])
            assert float(row["high_gCO2e_per_kWh"]) == float(bounds["max_gCO2e_per_kWh"])


def test_an_unknown_source_is_refused() -> None:
    """The error lists the sources there are."""
    with pytest.raises(LookupError, match="sources are coal, gas, oil"):
        factors.generation_source("peat", "lifecycle")


# paths


def test_a_path_runs_to_2050() -> None:
    """AEO2025 falls from 332.9 g/kWh in 2025 to 80.2 in 2050, oldest first."""
    path = factors.trajectory("AEO2025_REF", "US")
    assert path.points[0] == (2025, 0.3329)
    assert path.points[-1] == (2050, 0.0802)
    assert path.fallbacks == ()


def test_a_path_for_a_cloud_region_is_that_of_its_state() -> None:
    """Cambium covers states; Northern Virginia takes Virginia's and says so."""
    path = factors.trajectory("cambium2024_midcase", "aws:us-east-1")
    assert path.region == "US-VA"
    assert "using Virginia (US-VA)" in path.fallbacks[0]


@pytest.mark.parametrize("name", factors.trajectory_names())
def test_no_path_is_borrowed_from_another_country(name: str) -> None:
    """Only paths of the United States may be packaged; none of them serves Germany."""
    with pytest.raises(LookupError, match=r"says nothing of Germany \(DE\)"):
        factors.trajectory(name, "DE")


def test_an_unknown_path_names_the_known_ones() -> None:
    """IEA paths are not packaged; the error lists what is."""
    with pytest.raises(LookupError, match="among aeo2025_ref"):
        factors.trajectory("STEPS", "US")


# facilities, water, losses


def test_a_region_of_a_provider_has_its_latest_figures() -> None:
    """Frankfurt 2024: PUE 1.35 and WUE 0.01 L/kWh."""
    found = factors.facility("aws:eu-central-1")
    assert found.pue is not None
    assert found.wue is not None
    assert (found.pue.value, found.pue.year) == (1.35, 2024)
    assert (found.wue.value, found.wue.unit) == (0.01, "L/kWh")
    assert found.fallbacks == ()


def test_a_region_without_figures_takes_the_fleet_and_says_so() -> None:
    """Design values of regions not yet running are passed over for the fleet."""
    found = factors.facility("azure:polandcentral")
    assert found.pue is not None
    assert (found.pue.value, found.pue.scope) == (1.17, "fleet")
    assert found.fallbacks[0] == (
        "azure:polandcentral has no PUE of its own; using the azure fleet"
    )


def test_every_correction_meets_a_row() -> None:
    """Each row passed over exists in the table as delivered."""
    for row in raw("corrections"):
        names = factors.sidecar(row["table"]).key.split()
        keys = ["/".join(one[name] for name in names) for one in raw(row["table"])]
        assert keys.count(row["row"]) == 1
        assert row["reason"]


@pytest.mark.parametrize("table", TABLES)
def test_the_key_tells_the_rows_apart(table: str) -> None:
    """No two rows of a table have the same key, where the sidecar declares one."""
    names = factors.sidecar(table).key.split() or list(raw(table)[0])
    keys = [tuple(row[name] for name in names) for row in raw(table)]
    assert len(set(keys)) == len(keys)


def test_every_pue_is_at_least_one() -> None:
    """A data center never draws less than its IT equipment, nor twice as much."""
    for row in raw("facilities"):
        if row["metric"] == "PUE":
            assert 1 <= float(row["value"]) < 2


def test_a_country_is_no_data_center() -> None:
    """The error lists what can be asked for."""
    with pytest.raises(LookupError, match=r"Germany \(DE\) is no data center.*industry_average"):
        factors.facility("DE")


def test_the_survey_average_is_a_facility() -> None:
    """Uptime's average of 2025 is 1.54, and nothing is said of water."""
    found = factors.facility("industry_average")
    assert found.pue is not None
    assert found.pue.value == 1.54
    assert found.wue is None


def test_losses_lie_between_nothing_and_six_tenths() -> None:
    """No grid loses less than nothing or more than 60 %."""
    for row in raw("td_losses"):
        code = row["geography_code"]
        found = factors.transmission_loss(code)
        assert found is not None
        assert 0 <= found.value <= 0.6
        assert found.fallbacks == ()


def test_a_cloud_region_takes_the_loss_of_its_state() -> None:
    """Northern Virginia loses what Virginia does: 4.22 %."""
    found = factors.transmission_loss("aws:us-east-1")
    assert found is not None
    assert found.region == "US-VA"
    assert found.value == pytest.approx(0.0422)


def test_an_unknown_loss_is_none() -> None:
    """Japan is in no table of losses: none, not zero."""
    assert factors.transmission_loss("JP") is None


def test_water_is_of_the_country_and_never_of_the_world() -> None:
    """Brazil takes 18.6 L/kWh, the world 3.9; a country without a value has none."""
    brazil, world = factors.water_intensity("BR"), factors.water_intensity("WORLD")
    assert brazil is not None
    assert world is not None
    assert (brazil.value, world.value) == (18.6033, 3.908)
    assert factors.water_intensity("LI") is None


# sources


@pytest.mark.parametrize("table", TABLES)
def test_every_row_names_a_source(table: str) -> None:
    """A number has a source key in its row or in its sidecar."""
    about = factors.sidecar(table)
    columns = {"source", "central_source"} & set(about.columns)
    if about.publisher == "lca authors" and not columns:
        return
    assert about.source or all(row[name] for row in raw(table) for name in columns)


def test_attribution_of_the_main_table_names_ember() -> None:
    """The line a report prints names Ember, the licence and Our World in Data."""
    line = factors.attribution("grid/owid_ember_annual")
    assert all(word in line for word in ("Ember", "CC BY 4.0", "Our World in Data"))
