"""Pictures with two axes: break-even maps, cost against carbon, and the hours of a year."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

import lca
from lca import optimize
from lca.report.answer_paper import page, paper
from lca.report.paper import break_even as maps
from lca.report.paper import by_hour, cost_carbon, sections
from lca.report.paper.blocks import Picture
from lca.report.pictures import break_even, contours, hours
from lca.report.pictures.break_even import Side
from lca.report.pictures.canvas import Canvas, Scale
from lca.report.pictures.cost_carbon import Point, draw, front
from lca.report.pictures.plane import Labels, Plane
from lca.sensitivity import tornado
from lca.sensitivity.axes import Axis
from lca.sensitivity.response import respond
from lca.sensitivity.surface import over_factors

ROOT = Path(__file__).parent.parent
SVG = "{http://www.w3.org/2000/svg}"
PRICES = {
    "electricity": "0.14 EUR/kWh",
    "devices": {"nvidia-h100-sxm5-80gb": "30000 EUR", "nvidia-a100-sxm4-80gb": "9000 EUR"},
}


def texts(picture: Picture) -> list[str]:
    """Return the texts of a picture."""
    return [part.text or "" for part in ET.fromstring(picture.svg).iter(f"{SVG}text")]


# lines and bands of equal value


def test_a_line_of_equal_value_lies_where_a_plane_has_it() -> None:
    """Of x + y the line of 1 runs from (1, 0) to (0, 1), in one piece."""
    x = y = np.linspace(0, 2, 5)
    values = x[None, :] + y[:, None]
    (line,) = contours.lines(x, y, values, 1.0)
    assert all(a + b == pytest.approx(1.0) for a, b in line)
    assert sorted((line[0], line[-1])) == [(0.0, 1.0), (1.0, 0.0)]


def test_a_hill_has_a_closed_line_around_it() -> None:
    """The line around a peak ends where it begins; a level above the peak has none."""
    x = y = np.linspace(-1, 1, 9)
    values = 1 - x[None, :] ** 2 - y[:, None] ** 2
    (line,) = contours.lines(x, y, values, 0.6)
    assert line[0] == line[-1]
    assert contours.lines(x, y, values, 2.0) == []


def test_a_saddle_is_two_lines_that_do_not_cross() -> None:
    """Where opposite corners are high, the middle says which of them belong together."""
    values = np.array([[1.0, -1.0], [-1.0, 1.2]])
    assert len(contours.lines((0, 1), (0, 1), values, 0.0)) == 2


def test_bands_cover_what_lies_between_two_values() -> None:
    """The area where x is between 0.25 and 0.75 is half of the square."""
    x = y = np.linspace(0, 1, 4)
    parts = contours.bands(x, y, np.tile(x, (4, 1)), 0.25, 0.75)
    assert sum(map(_area, parts)) == pytest.approx(0.5)


def _area(ring: list[tuple[float, float]]) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(a * d - c * b for (a, b), (c, d) in pairs)) / 2


def test_labels_keep_clear_of_each_other_and_of_the_frame() -> None:
    """Two labels at one point do not overlap; where no room is left, none is added."""
    plane = Plane(Canvas(200, 100, "t", "d", "n"), Scale(0, 1, 0, 200), Scale(0, 1, 100, 0))
    labels = Labels(plane)
    done = [labels.beside(100, 50, "a name") for _ in range(30)]
    assert done[0]
    assert not done[-1]
    for place, one in enumerate(labels.taken):
        for other in labels.taken[:place]:
            assert (
                one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]
            )


# break-even


@pytest.fixture(scope="module")
def procurement() -> lca.Comparison:
    """Return the comparison of the procurement scenario."""
    scenario = lca.load(ROOT / "scenarios" / "procurement.yaml")
    return lca.compare(scenario, samples=64, methods=False)


def test_the_map_is_drawn_over_grid_intensity_and_utilization(procurement: lca.Comparison) -> None:
    """Options at one site with one utilization are held apart over both, in units of a reader."""
    first, second = procurement.order[:2]
    response = respond(
        procurement.ledgers, difference=(first, second), per=procurement.functional_unit
    )
    made = maps.picture(response, tornado.tornado(response), 1)
    assert made is not None
    assert {"utilization [%]", "grid intensity of DE in 2025 [gCO2e/kWh]", "the scenario"} <= {
        *texts(made)
    }
    assert "equal" in texts(made)
    assert re.search(r"less .* by grid intensity", made.table.title)


def test_the_map_says_what_the_surface_says(procurement: lca.Comparison) -> None:
    """A cell of the table is the difference with both factors at their values, all else drawn."""
    first, second = procurement.order[:2]
    response = respond(
        procurement.ledgers, difference=(first, second), per=procurement.functional_unit
    )
    grid = next(leaf for leaf in response.leaves if leaf.name == "published_intensity")
    use = next(leaf for leaf in response.leaves if leaf.name == "utilization")
    x = Axis(grid.identity, ("0.1 kgCO2e/kWh", "0.5 kgCO2e/kWh"))
    y = Axis(use.identity, ("0.3", "0.9"))
    found = over_factors(response, x, y, samples=256, seed=3)
    sides = [Side("x", "g", (0.1, 0.5), 0.3, 0.3, 0.3), Side("y", "", (0.3, 0.9), 0.5, 0.4, 0.6)]
    made = break_even.draw(found, *sides)
    assert found.probability.shape == (2, 2)
    assert (made.table.rows[0][0], made.table.rows[-1][0]) == ("y 0.3", "y 0.9")
    low = next(value for value in made.table.rows[0][1])
    assert low.text.startswith("−") == bool(found.median[0, 0] < 0)


def test_options_that_share_neither_are_mapped_over_what_decides_them() -> None:
    """Cloud against owned has no common utilization: the two largest unknowns are the axes."""
    scenario = lca.load(ROOT / "scenarios" / "cloud_or_owned.yaml")
    found = lca.compare(scenario, samples=64, methods=False)
    made = sections.build(scenario, found.ledgers, found)
    (picture,) = [
        b
        for s in made.sections
        for b in s.blocks
        if isinstance(b, Picture) and b.name == "break-even"
    ]
    assert not any("utilization [%]" in text for text in texts(picture))


# cost against carbon


def _point(name: str, cost: float, carbon: float) -> Point:
    def about(value: float, unit: str) -> dict[str, object]:
        return {"median": value, "p5": 0.9 * value, "p95": 1.1 * value, "unit": unit}

    return Point(name, about(cost, "EUR"), about(carbon, "kgCO2e"))


def test_the_front_holds_what_nothing_is_lower_than_in_both() -> None:
    """Cheap and dirty, dear and clean are on it; dear and dirty is not; equal ones both are."""
    points = [
        _point("cheap", 1, 9),
        _point("clean", 9, 1),
        _point("bad", 9, 9),
        _point("cheap too", 1, 9),
    ]
    assert [one.name for one in front(points)] == ["cheap", "cheap too", "clean"]
    made = draw(points)
    assert made is not None
    places = {name: cells[2].text for name, cells in made.table.rows}
    assert places["bad"] == "another one is lower in both"
    assert made.svg.count("stroke-dasharray") == 1


def test_one_option_is_no_trade_off() -> None:
    """A single point is not drawn."""
    assert draw([_point("alone", 1, 1)]) is None


@pytest.fixture(scope="module")
def priced() -> list[Picture]:
    """Return the pictures of a report of three options, one of which has no price."""
    data = {
        "schema": 1, "period": "2027-2029", "sites": {"here": {"region": "DE", "pue": 1.2}},
        "functional_unit": ["EFLOP peak"], "prices": PRICES, "base_name": "h100",
        "fleet": {"a": {"device": "nvidia-h100-sxm5-80gb", "count": 8, "lifetime": "4 years",
                        "site": "here", "phase": "training", "utilization": "60%", "host": "none"}},
        "options": {"a100": {"fleet.a.device": "nvidia-a100-sxm4-80gb"},
                    "b200": {"fleet.a.device": "nvidia-b200-sxm-180gb"}},
    }  # fmt: skip
    scenario = lca.load(data)
    found = lca.compare(scenario, samples=64, methods=False)
    made = sections.build(scenario, found.ledgers, found)
    return [b for s in made.sections for b in s.blocks if isinstance(b, Picture)]


def test_cost_stands_against_carbon_where_there_are_prices(priced: list[Picture]) -> None:
    """Options with a price are drawn per unit of work; a partly priced one is named as such."""
    (made,) = [one for one in priced if one.name == "cost-carbon"]
    assert "EUR per EFLOP peak" in made.title
    assert "b200" in made.description
    assert "see Not counted" in made.description


def test_without_prices_nothing_is_drawn_of_cost(procurement: lca.Comparison) -> None:
    """The procurement scenario has no prices: no picture, not an empty one."""
    from lca.report.result import compare_result

    scenario = lca.load(ROOT / "scenarios" / "procurement.yaml")
    assert cost_carbon.of_result(compare_result(scenario, procurement)) is None


# hours


def _year(values: np.ndarray) -> hours.Year:
    times = np.datetime64("2026-01-01T00:00:00", "s") + np.arange(values.size) * np.timedelta64(
        3600, "s"
    )
    return hours.Year.of("here", times, values)


def test_the_mean_day_has_the_mean_and_percentiles_of_each_hour() -> None:
    """A value that is the hour of the day has no band; one that changes by day has one."""
    clock = np.arange(8760) % 24.0
    mean, low, high = hours.day(_year(clock))
    assert mean.tolist() == low.tolist() == high.tolist() == list(range(24))
    days = np.repeat(np.arange(365.0), 24)
    mean, low, high = hours.day(_year(days))
    assert (mean[0], low[0], high[0]) == pytest.approx((182, 36.4, 327.6))


def test_the_map_of_the_year_has_each_month_and_hour() -> None:
    """Months stand in rows: a value that is the month is the same in all of its hours."""
    year = _year(np.zeros(8760))
    found = hours.by_month(hours.Year("m", year.hour, year.month, year.month.astype(float)))
    assert found.shape == (12, 24)
    assert (found == np.arange(12)[:, None]).all()


def test_hours_are_drawn_only_where_a_scenario_names_some(procurement: lca.Comparison) -> None:
    """The queue names four years and says that totals count the annual factor; procurement none."""
    made = by_hour.of_scenario(lca.load(ROOT / "scenarios" / "shift_training_queue.yaml"))
    assert made is not None
    assert made.table.columns[:2] == ("Germany 2019", "California ISO 2022")
    assert len(made.table.columns) == 4
    assert "annual factor" in made.description
    assert by_hour.of_scenario(lca.load(ROOT / "scenarios" / "procurement.yaml")) is None


# answers


@pytest.mark.parametrize(
    ("name", "question", "pictures"),
    [
        ("shift_training_queue", "schedule", ["hours-grid", "hours-load"]),
        ("keep_or_replace_a100", "refresh", []),
        ("fleet_three_sites", "fleet", ["cost-carbon"]),
    ],
)
def test_an_answer_is_a_page_with_its_pictures(
    name: str, question: str, pictures: list[str]
) -> None:
    """Front and hours are drawn where the answer has them; the page asks nothing of a network."""
    scenario = lca.load(ROOT / "scenarios" / f"{name}.yaml")
    if question == "schedule":
        scenario = scenario.patch({"optimize.schedule.series": ["de_2019"]}, name)
    answer = getattr(optimize, question)(scenario, samples=64, seed=1)
    made, text = paper(answer), page(answer)
    assert [b.name for s in made.sections for b in s.blocks if isinstance(b, Picture)] == pictures
    assert answer.verdict[0].partition(":")[0] in text.replace("&#x27;", "'")
    assert not re.search(r'(src|href)="https?:', text.replace('<a href="http', ""))
    for picture in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        ET.fromstring(picture)
    if answer.hours:
        energy = sum(float(one.best.sum()) for one in answer.hours)
        assert energy == pytest.approx(sum(float(one.usual.sum()) for one in answer.hours))
