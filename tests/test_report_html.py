"""The page: one file without network, safe with any text, whose sliders give lca's own numbers."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lca
from lca.cli import main
from lca.report import html as page
from lca.report.paper import sections
from lca.report.paper.blocks import Report, TableBlock
from lca.report.paper.sliders import coefficients, result_at, sliders, stops
from lca.report.paper.study import Study
from lca.report.tables import Cell
from lca.scenario import Scenario

ROOT = Path(__file__).parent.parent
NASTY = "</script><script>alert('x')</script><img src=x onerror=alert(1)>\" onload=\"x"
ASSETS = ROOT / "lca" / "report" / "paper" / "assets"


class _Page(HTMLParser):
    """Collects the tags of a page with their attributes, and checks that they are closed."""

    empty = frozenset({"meta", "input", "br", "rect", "line", "path", "circle", "polyline"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "input", "br"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all tags of a name."""
        return [attrs for name, attrs in self.tags if name == tag]


def _report(scenario: Scenario, samples: int = 128) -> Report:
    found = lca.compare(scenario, samples=samples, methods=False)
    return sections.build(scenario, found.ledgers, found)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Return the procurement scenario."""
    return lca.load(ROOT / "scenarios" / "procurement.yaml")


@pytest.fixture(scope="module")
def made(scenario: Scenario) -> Report:
    """Return its report."""
    return _report(scenario)


@pytest.fixture(scope="module")
def text(made: Report) -> str:
    """Return its page."""
    return page.write(made)


def _data(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_the_page_asks_nothing_of_any_network(text: str) -> None:
    """Nothing is loaded: no address in src, in a style or a script; the page's policy forbids it."""
    parsed = _Page(text)
    assert not parsed.open
    for tag, attrs in parsed.tags:
        assert tag not in {"img", "iframe", "link", "object", "embed", "video", "audio", "base"}
        assert not {"src", "srcset", "action", "background", "poster"} & set(attrs)
        if "href" in attrs:
            assert tag == "a"
    for name in ("report.css", "report.js", "sliders.js"):
        asset = (ASSETS / name).read_text(encoding="utf-8")
        assert not re.search(
            r"https?:|fetch\(|XMLHttp|import\b|@import|url\(|WebSocket|eval\(", asset
        )
    policy = next(a for a in parsed.named("meta") if a.get("http-equiv"))
    assert "default-src 'none'" in str(policy["content"])


def test_the_page_is_small_enough_to_be_sent(text: str) -> None:
    """The procurement report is well under a megabyte."""
    assert len(text.encode()) < 1_000_000


def test_the_page_can_be_used_without_eyes(text: str) -> None:
    """It has one main, named regions, a caption for each table, labels for each slider."""
    parsed = _Page(text)
    assert len(parsed.named("main")) == len(parsed.named("h1")) == 1
    assert parsed.named("html")[0]["lang"] == "en"
    assert len(parsed.named("caption")) == len(parsed.named("table"))
    labels = {attrs["for"] for attrs in parsed.named("label")}
    assert {attrs["id"] for attrs in parsed.named("input")} == labels
    names = [attrs["id"] for _, attrs in parsed.tags if "id" in attrs]
    assert len(names) == len(set(names))
    targets = {
        str(attrs["href"])[1:] for attrs in parsed.named("a") if str(attrs["href"])[0] == "#"
    }
    assert targets <= set(names)


def test_colors_can_be_read() -> None:
    """Text stands out from its ground by 4.5 or more, by day and by night (WCAG 2.2)."""
    css = (ASSETS / "report.css").read_text(encoding="utf-8")
    for block in re.findall(r":root\{(.*?)\}", css, re.DOTALL)[:2]:
        colors = dict(re.findall(r"--([\w-]+):(#\w+)", block))
        for ink, ground in (("ink", "paper"), ("soft", "paper"), ("soft", "band"), ("link", "paper"), ("good-ink", "good")):  # fmt: skip
            assert _contrast(colors[ink], colors[ground]) >= 4.5


def _contrast(first: str, second: str) -> float:
    dark, light = sorted(map(_luminance, (first, second)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(2 * x for x in color[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_texts_of_users_never_become_markup(scenario: Scenario) -> None:
    """A script in title, question, name of an option or a note is shown, not run."""
    clean = _Page(page.write(_report(lca.load({**scenario.data, "options": {"b": {"fleet.cluster.lifetime": "4 years"}}}))))  # fmt: skip
    nasty = lca.load(
        {
            **scenario.data,
            "title": NASTY,
            "question": NASTY,
            "base_name": f"a {NASTY}",
            "options": {NASTY: {"fleet.cluster.lifetime": "4 years"}},
        }
    )
    text = page.write(_report(nasty))
    parsed = _Page(text)
    for tag in ("script", "img", "section", "h1"):
        assert len(parsed.named(tag)) == len(clean.named(tag))
    assert not any(key.startswith("on") for _, attrs in parsed.tags for key in attrs)
    assert html.escape(NASTY) in text
    assert any(key.startswith(f"{NASTY}|") for key in _data(text)["trails"]["numbers"])


@pytest.mark.parametrize("title", ["数据中心加速器采购报告", "تقرير شراء المسرعات"])
def test_titles_of_any_script_are_kept(title: str, scenario: Scenario) -> None:
    """A title in Chinese or Arabic stands as written, in the direction of its letters."""
    text = page.write(_report(lca.load({**scenario.data, "title": title})))
    assert f'<h1 dir="auto">{title}</h1>' in text
    assert f"<title>{title}</title>" in text


def test_a_title_cannot_turn_the_words_around_it(scenario: Scenario) -> None:
    """Overrides of direction in title and question are left out of head, heading and page title."""
    steered = {"title": "safe \u202eevil\u2066", "question": "who\u202d?"}
    text = page.write(_report(lca.load({**scenario.data, **steered})))
    assert '<h1 dir="auto">safe evil</h1>' in text
    assert "<title>safe evil</title>" in text
    assert '<p class="question" dir="auto">who?</p>' in text


def _opening(made: Report) -> dict[str, tuple[Cell, str]]:
    """Return the cells that open a trail, by its key, each with the title of its table."""
    blocks = [b for s in made.sections for b in s.blocks if isinstance(b, TableBlock)]
    return {
        key: (cell, block.table.title)
        for block in blocks
        for (_, cells), keys in zip(block.table.rows, block.trails, strict=False)
        for cell, key in zip(cells, keys, strict=True)
        if key
    }


@pytest.fixture(scope="module", params=["procurement", "training_program"])
def traced(request: pytest.FixtureRequest, made: Report) -> Report:
    """Return a report with years and units, and one with phases."""
    if request.param == "procurement":
        return made
    return _report(lca.load(ROOT / "scenarios" / f"{request.param}.yaml"))


def test_every_number_of_a_table_of_results_opens_its_trail(traced: Report) -> None:
    """Headlines, stages, totals, phases, work, pairs, years and inventory lines: each number has one."""
    number = re.compile(r"[<>−]*[\d.,]+(e[−\d]+)?%?\*?")
    counts = "Standards: requirements"
    for section in traced.sections:
        if section.id in {"goal", "quality", "inputs", "limits", "again", "glossary"}:
            continue
        for block in section.blocks:
            if isinstance(block, TableBlock) and block.table.title != counts:
                trails = block.trails or [("",) * len(block.table.columns)] * len(block.table.rows)
                for (name, cells), keys in zip(block.table.rows, trails, strict=True):
                    for cell, key in zip(cells, keys, strict=True):
                        assert key or not number.fullmatch(cell.text), (
                            block.table.title,
                            name,
                            cell,
                        )


def test_the_lines_of_a_trail_add_up_to_its_number(traced: Report) -> None:
    """Largest lines and the rest make the central estimate; what is made of others names their trails."""
    numbers = traced.trails["numbers"]
    sums = [one for one in numbers.values() if "lines" in one]
    assert sums
    for one in sums:
        told = sum(amount for _, _, amount in one["lines"]) + (one["more"] or [0, 0])[1]
        assert told == pytest.approx(one["central"], rel=1e-7)
    for one in numbers.values():
        assert {*one.get("parts", ())} <= numbers.keys()


def test_a_trail_says_the_number_that_is_printed(traced: Report) -> None:
    """Rounded as in the table, the median of a trail is the cell that opens it, in the cell's unit."""
    numbers, checked = traced.trails["numbers"], 0
    for key, (cell, _) in _opening(traced).items():
        one = numbers[key]
        if "%" in cell.text:
            assert cell.text in one.get("say", one["title"])
            continue
        printed = float(cell.text.strip("*").replace(",", "").replace("−", "-"))
        shown = one["median"]
        power = round(np.log10(abs(printed / shown)) / 3) * 3 if shown and printed else 0
        assert shown * 10.0**power == pytest.approx(printed, rel=0.06), (key, cell)
        checked += 1
    assert checked > 40


def test_the_leaves_of_a_trail_name_value_and_word(text: str) -> None:
    """Every leaf has a name and a quality, every formula is named, every source is cited."""
    trails = _data(text)["trails"]
    buttons = {str(a["data-trail"]) for a in _Page(text).named("button") if "data-trail" in a}
    assert buttons <= set(trails["numbers"])
    leaves = [node for node in trails["nodes"] if "i" not in node]
    assert all(node["n"] and node["q"] for node in leaves)
    assert all(node["f"] for node in trails["nodes"] if "i" in node)
    assert {node["s"] for node in leaves if "s" in node} == set(trails["sources"])


CHANGES: tuple[Mapping[str, float], ...] = (
    {},
    {"count": 17},
    {"lifetime": 0},
    {"pue": 1.43},
    {"utilization": 0.31},
    {"grid": 0.045},
    {"count": 200, "lifetime": 6, "pue": 1.07, "utilization": 0.93, "grid": 0.71},
)


def _written(values: Mapping[str, float], data: Mapping[str, Any]) -> dict[str, object]:
    """Return slider values as changes of the scenario."""
    stops = next(one["stops"] for one in data["inputs"] if one["name"] == "lifetime")
    where: dict[str, Any] = {
        "count": lambda x: ("fleet.cluster.count", x),
        "lifetime": lambda x: ("fleet.cluster.lifetime", f"{stops[x]!r} years"),
        "pue": lambda x: ("sites.colocation.pue", x),
        "utilization": lambda x: ("fleet.cluster.utilization", x),
        "grid": lambda x: ("sites.colocation.grid", {"value": f"{x!r} kgCO2e/kWh"}),
    }
    return dict(where[name](value) for name, value in values.items())


def _expected(
    scenario: Scenario, values: Mapping[str, float], made: Report
) -> list[tuple[float, float]]:
    changed = scenario.patch(_written(values, made.sliders), "changed")
    model = made.result["options"][0]["embodied_model"]
    found = [lca.evaluate(one, samples=0, embodied_model=model) for one in changed.options()]
    return [(ledger.total().central, ledger.per().central) for ledger in found]


@pytest.mark.parametrize("values", CHANGES)
def test_sliders_give_the_numbers_of_a_changed_scenario(
    values: Mapping[str, float], scenario: Scenario, made: Report
) -> None:
    """The shipped coefficients give what evaluating the changed scenario gives, to 1e-9."""
    assert made.sliders["left_out"] == []
    for place, expected in enumerate(_expected(scenario, values, made)):
        assert result_at(made.sliders, place, values) == pytest.approx(expected, rel=1e-9)


@pytest.mark.skipif(shutil.which("node") is None, reason="no JavaScript engine is installed")
def test_the_script_of_the_page_gives_the_numbers_of_python(
    scenario: Scenario, made: Report, text: str
) -> None:
    """The page's own script, run on the page's own data, agrees to 1e-9."""
    script = (ASSETS / "sliders.js").read_text(encoding="utf-8")
    asked = json.dumps({"sliders": _data(text)["sliders"], "changes": CHANGES})
    ask = "const {sliders, changes} = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
    answer = "console.log(JSON.stringify(changes.map((v) => sliders.options.map((_, i) => resultAt(sliders, i, v)))));"
    done = subprocess.run(
        ["node", "-e", f"{script}{ask}{answer}"], input=asked, capture_output=True, text=True, check=True
    )  # fmt: skip
    for values, found in zip(CHANGES, json.loads(done.stdout), strict=True):
        for pair, expected in zip(found, _expected(scenario, values, made), strict=True):
            assert pair == pytest.approx(expected, rel=1e-9)


def test_coefficients_are_those_of_a_sum_of_products() -> None:
    """From the corners of 2 + 3a + 5b + 7ab come its coefficients, the last input first."""
    assert coefficients([2.0, 7.0, 5.0, 17.0]).tolist() == [2.0, 5.0, 3.0, 7.0]


def test_a_lifetime_of_half_or_quarter_years_slides_in_such_steps() -> None:
    """Whole years where the scenario's own is whole; else its own steps around it."""
    assert stops(4.0) == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert {3.5, 4.0, 4.5, 5.0} <= {*stops(4.5)}
    assert {3.0, 3.25, 3.5} <= {*stops(3.25)}
    assert 4.333 in stops(4.333)
    assert min(stops(1.5)) == 1.5


def test_an_input_in_which_the_result_is_not_linear_has_no_slider() -> None:
    """What does not have the form is left out by name; the rest still agrees."""
    kept = lca.load(ROOT / "scenarios" / "keep_or_replace_a100.yaml")
    ledgers = [lca.evaluate(one, samples=0) for one in kept.options()]
    found = sliders(kept, ledgers, "location")
    assert any("grid intensity" in why for why in found["left_out"])
    for place, ledger in enumerate(ledgers):
        assert result_at(found, place, {})[0] == pytest.approx(ledger.total().central, rel=1e-9)


def test_a_scenario_without_fleet_has_no_sliders() -> None:
    """Work alone has nothing to slide, and the page says nothing of it."""
    bloom = lca.load(ROOT / "scenarios" / "training_bloom.yaml")
    ledgers = [lca.evaluate(one, samples=0) for one in bloom.options()]
    assert sliders(bloom, ledgers, "location") == {}


def test_500_options_make_a_page_that_can_be_sent(scenario: Scenario) -> None:
    """Very many options: pictures and trails show the lowest, tables all; the page says so."""
    options = {f"o{i}": {"sites.colocation.pue": 1.1 + i / 1000} for i in range(499)}
    many = lca.load({**scenario.data, "options": options})
    ledgers = tuple(lca.evaluate(one, samples=0) for one in many.options())
    made = Study(many, ledgers, None, sections.Settings()).page
    text = page.write(made)
    assert len(text.encode()) < 1_000_000
    assert "500 options are more than 24" in text
    assert len(made.trails["told"]) == 8
    assert "this holds for 8 of 500 options" in text
    assert "o498" in text


def test_the_command_writes_what_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One evaluation writes every file; their names are told."""
    source = str(ROOT / "scenarios" / "procurement.yaml")
    files = [str(tmp_path / name) for name in ("a b.html", "c.json", "d.md", "e.csv")]
    words = [word for file in files for word in ("-o", file)]
    assert main(["report", source, "--samples", "64", *words]) == 0
    assert capsys.readouterr().err.count("wrote ") == 4
    text = Path(files[0]).read_text(encoding="utf-8")
    assert "lca report procurement.yaml --samples 64" in text
    assert str(tmp_path) not in text


def test_the_command_is_the_same_twice(tmp_path: Path) -> None:
    """Same scenario, same seed, same version: same bytes, wherever they are written."""
    source = str(ROOT / "scenarios" / "workstation.yaml")
    for name in ("a.html", "b.html"):
        assert main(["report", source, "--samples", "64", "-q", "-o", str(tmp_path / name)]) == 0
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["-o", "x.htm"], 3, 'did you mean ".html"'),
        ([], 2, "name a file, such as -o report.html"),
        (["--samples", "0", "-o", "/nowhere/at/all/x.html"], 3, "cannot be written"),
    ],
)
def test_the_command_refuses_with_a_message(
    words: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong ending, no file and a folder that is not there are told without a traceback."""
    assert main(["report", str(ROOT / "scenarios" / "procurement.yaml"), *words]) == code
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
