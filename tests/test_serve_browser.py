"""The what-if page and the report in a real browser: what is moved, read and taken away is right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import Browser, browser
from serving import DEVICES, Place, served

import lca
from lca.cli import main
from lca.commands.compare import scenario_of
from lca.estimates import round_figures
from lca.library import Library
from lca.serve.composed import Composed
from lca.serve.opened import Opened

ROOT = Path(__file__).parent.parent
FEW = 256
RELEASE, CONTROL, DOWN, LEFT, RIGHT, ENTER, TAB, ESCAPE = (
    chr(0xE000 + n) for n in (0x00, 0x09, 0x15, 0x12, 0x14, 0x07, 0x04, 0x0C)
)
"""Keys by their code in the WebDriver standard."""


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Return the one browser of these tests."""
    with browser(tmp_path_factory.mktemp("browser")) as found:
        yield found


@pytest.fixture(scope="module")
def page(library: Library) -> Iterator[Place]:
    """Return the served page that compares devices."""
    with served(Composed(library), library) as place:
        place.get("/api/catalog")  # units are read once, before two threads could need them
        yield place


@pytest.fixture(scope="module")
def desks(library: Library) -> lca.Scenario:
    """Return a scenario of two sites and three options, with few draws."""
    found = lca.load(ROOT / "scenarios" / "workstation.yaml", library=library)
    return found.patch({"uncertainty.samples": FEW}, found.name)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a report file, as it is opened from a mail."""
    file = tmp_path_factory.mktemp("report") / "report.html"
    scenario = str(ROOT / "scenarios" / "workstation.yaml")
    assert main(["report", scenario, "--samples", str(FEW), "-q", "-o", str(file)]) == 0
    return file.as_uri()


def _expected(library: Library, *devices: str, **flags: Any) -> lca.Comparison:
    """Return what ``lca compare`` finds for the same choice."""
    usual: dict[str, Any] = {
        "region": "WORLD", "years": 5, "first_year": 2026, "utilization": None, "count": 1,
        "lifetime": None, "pue": None, "per": (), "indicators": "gwp100",
    }  # fmt: skip
    data = scenario_of(devices or DEVICES, usual | flags, library)
    return lca.compare(lca.load(data, library=library), samples=FEW, methods=False)


def _shown(window: Browser, *states: str) -> dict[str, float]:
    """Return the medians that the page holds, by option, once a question is answered."""
    read = "const d = document.getElementById('results').dataset; return [d.state, d.options]"
    wanted = states or ("first", "whole")
    window.until(lambda: window.run(read)[0] in wanted)
    found = json.loads(window.run(read)[1])
    return {one["name"]: (one["per"] or one["total"])["median"] for one in found}


def _medians(found: lca.Comparison) -> dict[str, float]:
    return {name: value.median for name, value in found.values.items()}


def _start(window: Browser, place: Place, more: str = "", **how: Any) -> dict[str, float]:
    window.open(f"{place.address}#samples={FEW}{more}", **how)
    return _shown(window, "whole")


def _type(window: Browser, selector: str, text: str, *keys: str) -> None:
    """Replace what stands in a box, as hands do: in one go, without a moment at which it is empty."""
    window.find(selector).send_keys(CONTROL, "a", RELEASE, text, *keys)


def _choose(window: Browser, selector: str, text: str) -> None:
    """Type into a box that completes, and take the first choice with the keyboard."""
    _type(window, selector, text, DOWN, ENTER)


class TestWhatIfPage:
    """Options are picked and inputs moved; the numbers follow and are lca's own."""

    def test_it_opens_with_a_comparison(
        self, window: Browser, page: Place, library: Library
    ) -> None:
        """Verdict, table, strips and matrix are there, with the numbers of ``lca compare``."""
        expected = _expected(library)
        assert _start(window, page) == _medians(expected)
        assert str(expected).removesuffix(".") in window.text("#verdict .lead")
        assert window.text("#status") == window.text("#verdict .lead")
        cell = window.text("#verdict tbody tr:first-child td.number .trail")
        assert cell == round_figures(1000 * expected.values[DEVICES[0]].median)
        assert window.run("return document.querySelectorAll('figure.picture svg').length") >= 4
        assert window.complaints() == []

    def test_a_slider_moved_by_keys_gives_the_new_number(
        self, window: Browser, page: Place, library: Library
    ) -> None:
        """Two keys on the length of service make it seven years, in the address as well."""
        _start(window, page)
        window.find("[data-field=years] input").send_keys(RIGHT, RIGHT)
        assert window.text("[data-field=years] output") == "7 years"
        assert _shown(window) == _medians(_expected(library, years=7))
        assert "years=7" in window.driver.current_url
        assert window.complaints() == []

    def test_region_utilization_and_options_are_chosen(
        self, window: Browser, page: Place, library: Library
    ) -> None:
        """A region by a few letters, a utilization with its interval, a third device and its removal."""
        _start(window, page, "&utilization=50&spread=10")
        _choose(window, "[data-field=region] input", "fran")
        _choose(window, "#search", "mi325x")
        flags = {"region": "FR", "utilization": "50% ± 10%"}
        third = "amd-instinct-mi325x"
        assert _shown(window) == _medians(_expected(library, *DEVICES, third, **flags))
        window.find("#picked li:first-child .remove").click()
        assert _shown(window) == _medians(_expected(library, DEVICES[1], third, **flags))
        assert window.text("[data-field=region] .hint").startswith("France")
        assert window.complaints() == []

    def test_the_address_brings_the_view_back(self, window: Browser, page: Place) -> None:
        """Whoever opens the address sees the same options, inputs and numbers."""
        first = _start(
            window, page, "&option=nvidia-a100-sxm4-80gb~none~4&option=nvidia-l40s&pue=1.4"
        )
        address = window.driver.current_url
        window.open(address)
        assert _shown(window) == first
        assert window.text("#picked li:first-child summary") == "no host · 4 devices"
        assert window.text("[data-field=pue] output") == "1.4"

    def test_a_mistake_is_told_beside_its_field(self, window: Browser, page: Place) -> None:
        """An unknown region is named with the nearest; the result before it stays, grayed."""
        before = _start(window, page)
        box = "[data-field=region] input"
        _type(window, box, "Frnce", TAB)
        window.until(lambda: window.find("[data-field=region] .error").is_displayed())
        assert 'did you mean "France (FR)"' in window.text("[data-field=region] .error")
        assert window.find(box).get_attribute("aria-invalid") == "true"
        assert window.find("#sections").get_attribute("class") == "stale"
        assert all("422" in one for one in window.complaints())
        _type(window, box, "WORLD", TAB)
        window.until(lambda: not window.find("[data-field=region] .error").is_displayed())
        assert _shown(window) == before
        assert window.complaints() == []

    def test_scenario_and_report_are_taken_away(
        self, window: Browser, page: Place, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The YAML gives the page's numbers in ``lca compare``; the report has the same verdict."""
        shown = _start(window, page, "&region=IN&count=8")
        window.find("[data-suffix='.yaml']").click()
        name = f"Comparison-of-{'-'.join(DEVICES)}"[:60]
        file = window.downloaded(f"{name}.yaml")
        assert main(["compare", str(file), "--json", "-q"]) == 0
        said = json.loads(capsys.readouterr().out)["comparison"]
        assert {n: one["median"] for n, one in said["values"].items()} == shown
        window.find("[data-suffix='.html']").click()
        text = window.downloaded(f"{name}.html").read_text(encoding="utf-8")
        assert said["verdict"] in text
        assert window.complaints() == []

    def test_a_number_opens_its_trail(self, window: Browser, page: Place) -> None:
        """A click on a number shows its formula and inputs, of the result that is shown now."""
        _start(window, page)
        window.find("#verdict .trail").click()
        assert window.find("#trail").is_displayed()
        assert "gCO2e" in window.text("#trail .body")
        window.press(ESCAPE)
        assert not window.find("#trail").is_displayed()
        assert window.complaints() == []

    def test_everything_is_reached_by_keys(self, window: Browser, page: Place) -> None:
        """The tab key leads from the skip link through every field to the result."""
        _start(window, page)
        names = []
        for _ in range(40):
            window.press(TAB)
            names.append(
                window.run(
                    "const e = document.activeElement; return e.closest('[data-field]')?.dataset.field"
                    " || e.id || e.className || e.tagName"
                )
            )
        assert names[0] == "skip"
        fields = window.run(
            "return [...document.querySelectorAll('fieldset [data-field]')]"
            ".filter((e) => !e.querySelector('input,select').disabled).map((e) => e.dataset.field)"
        )
        assert [name for name in names if name in fields] == fields
        assert names.index("search") < names.index("region") < names.index("sort")

    def test_it_fits_a_phone_and_a_dark_screen(self, window: Browser, page: Place) -> None:
        """At 360 pixels nothing sticks out; on a dark screen the paper is dark and the ink light."""
        _start(window, page, width=360, dark=True)
        sizes = (
            "const e = document.documentElement; return [innerWidth, e.scrollWidth - e.clientWidth]"
        )
        assert window.run(sizes) == [360, 0]
        paper, ink = window.run(
            "const s = getComputedStyle(document.body); return [s.backgroundColor, s.color]"
        )
        assert (paper, ink) == ("rgb(20, 24, 29)", "rgb(230, 233, 237)")

    def test_a_scenario_is_opened_and_changed(
        self, window: Browser, desks: lca.Scenario, library: Library
    ) -> None:
        """Over a file the lifetime is moved, and the numbers are those of the changed scenario."""
        with served(Opened(desks), library) as place:
            window.open(place.address)
            before = _shown(window)
            assert before == _medians(lca.compare(desks, methods=False))
            slider = window.find("[data-field='fleet.desks.lifetime'] input")
            slider.send_keys(LEFT, LEFT)
            changed = desks.replace("fleet.desks.lifetime", "5 years")
            assert _shown(window) == _medians(lca.compare(changed, methods=False))
            window.find("[data-field='fleet.desks.lifetime'] .unset").click()
            assert _shown(window) == before
        assert window.complaints() == []

    def test_nothing_is_asked_of_any_network(self, window: Browser) -> None:
        """All that the pages above loaded came from this machine."""
        assert window.strangers() == []


class TestReport:
    """The report file, opened from a disk."""

    def test_its_sliders_give_lca_s_numbers(
        self, window: Browser, report: str, desks: lca.Scenario
    ) -> None:
        """A lifetime of four years gives every option's total as lca computes it."""
        window.open(report)
        slider = window.find("input[name=lifetime]")
        slider.send_keys(LEFT, LEFT)
        assert window.text("label[for=slide-lifetime] output") == "4 years"
        shown = window.run(
            "return [...document.querySelectorAll('.what-if .whole')].map((e) => Number(e.dataset.value))"
        )
        changed = desks.replace("fleet.desks.lifetime", "4 years")
        expected = [lca.evaluate(o, samples=0).total().central for o in changed.options()]
        assert shown == pytest.approx(expected, rel=1e-9)
        assert window.complaints() == []

    def test_a_number_opens_its_trail(self, window: Browser, report: str) -> None:
        """A click on a number opens where it comes from, and escape closes it."""
        window.open(report)
        window.find("#verdict .trail").click()
        assert window.find("#trail").is_displayed()
        assert window.find("#trail .tree li").is_displayed()
        window.press(ESCAPE)
        assert not window.find("#trail").is_displayed()
        assert window.complaints() == []

    def test_a_heading_sorts_its_table(self, window: Browser, report: str) -> None:
        """Clicks on a heading order the rows by that column, up and down."""
        window.open(report)
        heading = "#verdict thead th:nth-child(2)"
        column = "return [...document.querySelectorAll('#verdict tbody td:nth-child(2) .trail')].map((e) => parseFloat(e.textContent))"
        window.find(f"{heading} .sort").click()
        rising = window.run(column)
        assert rising == sorted(rising)
        window.find(f"{heading} .sort").click()
        assert window.run(column) == rising[::-1]
        assert window.find(heading).get_attribute("aria-sort") == "descending"

    def test_it_follows_a_dark_screen(self, window: Browser, report: str) -> None:
        """On a dark screen paper, and pictures with it, are dark."""
        window.open(report, dark=True)
        paper = window.run("return getComputedStyle(document.body).backgroundColor")
        ink = window.run("return getComputedStyle(document.querySelector('svg .f-ink')).fill")
        assert (paper, ink) == ("rgb(20, 24, 29)", "rgb(230, 233, 237)")
        assert window.complaints() == []

    def test_it_asks_nothing_of_any_network(self, window: Browser, report: str) -> None:
        """A report from a mail loads nothing but itself."""
        window.open(report)
        assert window.strangers() == []
