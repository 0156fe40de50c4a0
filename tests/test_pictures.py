"""Pictures: SVG that is well formed, says what it shows, and shows the result's own numbers."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import lca
from lca.report.paper import sections
from lca.report.paper.blocks import Picture
from lca.report.pictures import contributions, tornado
from lca.report.pictures.canvas import Canvas, Scale, cut, ticks, width_of
from lca.report.pictures.tornado import Swing

ROOT = Path(__file__).parent.parent
SVG = "{http://www.w3.org/2000/svg}"
NASTY = "<script>alert('x')</script> & \"quotes\""
NAMES = (
    "ranges", "stages", "contributions", "cumulative", "probabilities", "tornado", "break-even"
)  # fmt: skip


@pytest.fixture(scope="module")
def drawn() -> dict[str, Picture]:
    """Return the pictures of three options, one with a name that is markup."""
    data = dict(lca.load(ROOT / "scenarios" / "procurement.yaml").data)
    options = dict(list(data["options"].items())[:1])
    scenario = lca.load(
        {**data, "options": {**options, NASTY: {"fleet.cluster.lifetime": "4 years"}}}
    )
    found = lca.compare(scenario, samples=128, methods=False)
    made = sections.build(scenario, found.ledgers, found)
    return {b.name: b for s in made.sections for b in s.blocks if isinstance(b, Picture)}


@pytest.mark.parametrize("name", NAMES)
def test_each_picture_is_well_formed_and_described(name: str, drawn: dict[str, Picture]) -> None:
    """A reader without eyes gets title and description; the numbers stand in a table beside it."""
    root = ET.fromstring(drawn[name].svg)
    assert root.attrib["role"] == "img"
    ids = root.attrib["aria-labelledby"].split()
    assert [root[0].attrib["id"], root[1].attrib["id"]] == ids
    assert (root[0].text, root[1].text) == (drawn[name].title, drawn[name].description)
    assert drawn[name].table.rows


@pytest.mark.parametrize("name", NAMES)
def test_no_picture_has_script_font_or_address(name: str, drawn: dict[str, Picture]) -> None:
    """Nothing in a picture runs or is loaded, even where a name is markup."""
    tags = {part.tag.removeprefix(SVG) for part in ET.fromstring(drawn[name].svg).iter()}
    assert tags <= {"svg", "title", "desc", "rect", "line", "polyline", "path", "circle", "text"}
    assert "url(" not in drawn[name].svg
    assert "href" not in drawn[name].svg


@pytest.mark.parametrize("name", NAMES)
def test_no_shape_is_outside_or_not_a_number(name: str, drawn: dict[str, Picture]) -> None:
    """Every rectangle lies within the picture."""
    root = ET.fromstring(drawn[name].svg)
    width, height = map(float, root.attrib["viewBox"].split()[2:])
    for rect in root.iter(f"{SVG}rect"):
        x, y, wide, tall = (float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= width + 0.5
        assert 0 <= y <= y + tall <= height + 0.5


def test_a_strip_is_as_long_as_its_interval(drawn: dict[str, Picture]) -> None:
    """The first strip's length over the axis is its interval over the range of the axis."""
    texts = [t.text or "" for t in ET.fromstring(drawn["ranges"].svg).iter(f"{SVG}text")]
    marks = [float(t) for t in texts if re.fullmatch(r"[\d.]+", t)]
    strip = next(ET.fromstring(drawn["ranges"].svg).iter(f"{SVG}rect"))
    low, high = map(float, drawn["ranges"].table.rows[0][1][0].between.split("–"))
    lines = [float(x.attrib["x1"]) for x in ET.fromstring(drawn["ranges"].svg).iter(f"{SVG}line")]
    scale = (lines[-1] - lines[0]) / (marks[-1] - marks[0])
    assert float(strip.attrib["width"]) == pytest.approx((high - low) * scale, rel=0.05)


def test_bands_are_as_thick_as_their_share_and_credits_are_told() -> None:
    """A component of three quarters fills three quarters; a credit stands in the table alone."""
    made = contributions.draw(
        "a", "kgCO2e", {("gpu", "operation"): 3.0, ("host", "operation"): 1.0, ("gpu", "recovery_credit"): -0.5}
    )  # fmt: skip
    assert made is not None
    boxes = [float(r.attrib["height"]) for r in ET.fromstring(made.svg).iter(f"{SVG}rect")]
    assert boxes[0] / boxes[1] == pytest.approx(3.0)
    assert any("−0.5" in cell.text for _, cells in made.table.rows for cell in cells)


def test_nothing_to_draw_is_no_picture() -> None:
    """Without positive amounts, or without unknowns, there is none."""
    assert contributions.draw("a", "kgCO2e", {("gpu", "operation"): 0.0}) is None
    assert tornado.draw("a", "kgCO2e", 1.0, []) is None


def test_a_tornado_marks_zero_where_the_ranking_turns() -> None:
    """The dashed line of zero is drawn only where it lies within the bars."""
    turning = tornado.draw("a less b", "kgCO2e", 1.0, [Swing("x", -1.0, 2.0)])
    steady = tornado.draw("a less b", "kgCO2e", 3.0, [Swing("x", 2.0, 4.0)])
    assert turning is not None
    assert steady is not None
    assert "stroke-dasharray" in turning.svg
    assert "stroke-dasharray" not in steady.svg


def test_ticks_are_round_and_span_the_range() -> None:
    """Steps are 1, 2, 2.5 or 5 times a power of ten; both ends lie within."""
    assert ticks(0, 97) == [0, 20, 40, 60, 80, 100]
    assert ticks(-1.2, 2.3) == [-2, -1, 0, 1, 2, 3]
    assert ticks(0, 0)[-1] > 0
    assert Scale(0, 10, 100, 200)(5) == 150


def test_texts_of_a_canvas_are_escaped() -> None:
    """A name that is markup stays text."""
    canvas = Canvas(10, 10, NASTY, NASTY, "n")
    canvas.text(0, 0, NASTY)
    assert [part.tag for part in ET.fromstring(canvas.svg())] == [
        f"{SVG}title",
        f"{SVG}desc",
        f"{SVG}text",
    ]


def test_wide_letters_take_twice_the_room_and_marks_none() -> None:
    """A Chinese letter fills a square, a full-width one too; an accent set on a letter adds nothing."""
    assert width_of("采购", 10) == 20
    assert width_of("Ａ", 10) == 10
    assert width_of("e\u0301", 10) == width_of("e", 10)


def test_a_cut_label_fits_whatever_its_script() -> None:
    """What is cut is no wider than the room; what fits stays as it is."""
    for name in ("数据中心加速器采购报告" * 4, "a" * 90, "تقرير شراء المسرعات " * 4):
        assert width_of(cut(name, 20), 13) <= width_of("a" * 20, 13) + 1e-6
        assert "…" in cut(name, 20)
    assert cut("nvidia-h100", 20) == "nvidia-h100"


def test_labels_from_the_right_are_isolated_and_cannot_turn_others() -> None:
    """An Arabic label is set from the right; an override in a name does not reach the picture."""
    canvas = Canvas(10, 10, "t", "d", "n")
    canvas.text(0, 0, "مسرعات MI300X")
    canvas.text(0, 0, "safe \u202eevil")
    first, second = [part.text for part in ET.fromstring(canvas.svg()).iter(f"{SVG}text")]
    assert first == "\u2067مسرعات MI300X\u2069"
    assert second == "safe evil"


def test_a_strip_without_draws_claims_no_dark_part() -> None:
    """A single account has strips of its interval alone, and its caption says only that."""
    data = {**lca.load(ROOT / "scenarios" / "workstation.yaml").data, "options": {}}
    scenario = lca.load(data)
    ledger = lca.evaluate(scenario, samples=64)
    made = sections.build(scenario, [ledger], None)
    blocks = (b for s in made.sections for b in s.blocks if isinstance(b, Picture))
    strips = next(b for b in blocks if b.name == "ranges")
    assert "dark part" not in strips.description
    assert "it holds nine of ten draws" in strips.description
