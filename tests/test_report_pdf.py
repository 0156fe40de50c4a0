"""The PDF: archival, complete, and made of texts that are never taken for markup."""

from __future__ import annotations

import json
import re
import sys
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from studies import STUDY as SHARED

import lca
from lca.errors import DocumentError
from lca.report.paper import letters, pdf, sections, short
from lca.report.paper.blocks import Listing, Paragraph, Picture, Report, Section, TableBlock
from lca.report.tables import Cell, Table

typst = pytest.importorskip("typst")

WHEN = datetime(2027, 3, 1, tzinfo=UTC)
MARKUP = (
    '#panic("read") *b* _i_ $x^2$ `raw` @nobody <label> = h \\u{41} // c /* ]]] #read("/etc/hosts")'
)
CHINESE, ARABIC = "采购训练加速器:哪一款排放最少?", "شراء مسرّعات التدريب في ألمانيا"
SVG = '<svg viewBox="0 0 200 {}" xmlns="http://www.w3.org/2000/svg"><rect width="50" height="50" fill="var(--c1, #0072b2)"/></svg>'

STUDY = SHARED | {"functional_unit": ["EFLOP peak", "device year"]}


@cache
def report() -> Report:
    """Return the report of a comparison, with pictures."""
    scenario = lca.load(STUDY)
    found = lca.compare(scenario)
    settings = sections.Settings(trails=False, sliders=False)
    return sections.build(scenario, found.ledgers, found, settings)


def of(*blocks: Any, title: str = "Report") -> Report:
    """Return a report of one section of these blocks."""
    section = Section("verdict", title, blocks)
    return replace(report(), title=title, meta=(("question", title),), sections=(section,))


def headings(given: Report) -> list[str]:
    """Return the titles of sections as typst understands them."""
    data = json.dumps(pdf._document(given, short=False, note="", when=WHEN))
    found = typst.query(
        pdf._LAYOUT.read_bytes(),
        "heading.where(level: 1)",
        field="body",
        sys_inputs={"report": data, "result": "{}"},
    )
    return [body["text"] for body in json.loads(found)]


def streams(file: bytes) -> list[bytes]:
    """Return the contents of a PDF file's streams, unpacked."""
    found = []
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", file, re.DOTALL):
        try:
            found.append(zlib.decompress(packed))
        except zlib.error:
            found.append(packed)
    return found


def test_the_file_says_that_it_is_archival() -> None:
    """Its metadata name PDF/A part 3, conformance A (tagged)."""
    metadata = next(x for x in streams(pdf.render(report(), when=WHEN)) if b"pdfaid:part" in x)
    assert b"<pdfaid:part>3</pdfaid:part>" in metadata
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in metadata


def test_the_result_travels_inside() -> None:
    """The attached file is the result, number for number."""
    file = pdf.render(report(), when=WHEN)
    assert b"result.json" in file
    attached = next(x for x in streams(file) if x.startswith(b"{"))
    assert json.loads(attached) == json.loads(json.dumps(report().result))


def test_fonts_are_in_the_file() -> None:
    """Every font that the file names has its program inside."""
    file = pdf.render(report(), when=WHEN)
    whole = b"\n".join([file, *streams(file)])
    described = [x for x in re.findall(rb"<<([^<>]*)>>", whole) if b"/Type/FontDescriptor" in x.replace(b" ", b"")]  # fmt: skip
    assert any(b"Libertinus" in font for font in described)
    assert all(b"/FontFile" in font for font in described)


def test_the_same_report_and_date_give_the_same_bytes() -> None:
    """Nothing but the date is decided outside the report."""
    assert pdf.render(report(), when=WHEN) == pdf.render(report(), when=WHEN)


def test_the_date_can_be_fixed_for_a_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """``SOURCE_DATE_EPOCH`` decides the date where none is given."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(WHEN.timestamp())))
    assert pdf.render(report()) == pdf.render(report(), when=WHEN)


def test_markup_in_texts_is_printed_not_run() -> None:
    """Typst's signs in a title, a list, a table and a caption stay letters."""
    table = Table(MARKUP, (MARKUP,), ((MARKUP, (Cell(MARKUP, MARKUP),)),), note=MARKUP)
    picture = Picture("p", SVG.format(100), MARKUP, MARKUP, table)
    blocks = (Paragraph(MARKUP, "lead"), Listing((MARKUP,), MARKUP), TableBlock(table, (), MARKUP))
    given = of(*blocks, picture, title=MARKUP)
    assert [text.replace("\u200b", "") for text in headings(given)] == [MARKUP]
    assert b"pdfaid" in pdf.render(given, when=WHEN)


@pytest.mark.parametrize("title", [ARABIC, "Ελληνικά, Русский, Việt, İstanbul", "a" * 500, ""])
def test_titles_of_other_scripts_are_set(title: str) -> None:
    """Any title gives a file; long words break instead of leaving the page."""
    assert pdf.render(of(Paragraph(title), title=title), when=WHEN).startswith(b"%PDF-")


def test_letters_without_a_font_are_said_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a Chinese font the file is written, does not claim PDF/A, and a note says why."""
    monkeypatch.setattr(pdf, "_SYSTEM_FONTS", False)
    file = pdf.render(of(Paragraph(CHINESE), title=CHINESE), when=WHEN)
    assert b"pdfaid:part" not in b"".join(streams(file))
    notes = pdf._document(of(Paragraph("x")), short=False, note=pdf._NO_FONT, when=WHEN)
    assert notes["sections"][0]["blocks"][0]["text"].startswith("Some characters of this report")


def test_a_title_from_the_right_is_set_from_the_right() -> None:
    """The direction is that of the first letter."""
    assert letters.is_right_to_left(ARABIC)
    assert letters.is_right_to_left("3: עברית")
    assert not letters.is_right_to_left(CHINESE)
    assert not letters.is_right_to_left("H100 مسرّع")
    assert not letters.is_right_to_left("")


def test_a_text_cannot_turn_our_words_around() -> None:
    """Control characters and directional overrides of a user's text are not passed on."""
    assert letters.one_line("a\u202eb\x00c\n d\u2066") == "abc d"
    assert letters.one_line("می\u200cخواهم") == "می\u200cخواهم"
    assert letters.one_line("x\udc80y") == "x\ufffdy"


def test_variables_of_a_picture_become_plain_colors() -> None:
    """Typst knows no CSS variables: each takes its fallback."""
    picture = Picture("p", SVG.format(100), "t", "d", Table("", (), ()))
    (block,) = pdf._document(of(picture), short=False, note="", when=WHEN)["sections"][0]["blocks"]
    assert 'fill="#0072b2"' in block["svg"]
    assert block["description"] == "d"


def test_a_picture_too_tall_for_a_page_is_named_instead() -> None:
    """A drawing of hundreds of rows is not shrunk until nobody can read it."""
    picture = Picture("p", SVG.format(4000), "Ranges", "d", Table("", (), ()))
    (block,) = pdf._document(of(picture), short=False, note="", when=WHEN)["sections"][0]["blocks"]
    assert block["text"].startswith("“Ranges” is too tall for a page")


def test_a_very_wide_table_is_turned() -> None:
    """Five hundred columns become rows, with their marks."""
    table = Table("t", tuple(map(str, range(500))), (("row", tuple(Cell(str(i)) for i in range(500))),), lowest_column=7)  # fmt: skip
    found = pdf._table(table, "name")
    assert (len(found["columns"]), len(found["rows"])) == (1, 500)
    assert found["marked-rows"] == [7]
    assert found["rows"][7]["cells"][0]["text"] == "7"
    assert pdf.render(of(TableBlock(table)), when=WHEN).startswith(b"%PDF-")


def test_headings_of_long_tables_repeat() -> None:
    """A table of several pages is set as one whose head is repeated."""
    assert "repeat: true" in pdf._LAYOUT.read_text("utf-8")
    table = Table("t", ("v",), tuple((f"row {i}", (Cell(str(i)),)) for i in range(200)))
    assert len(pdf.pictures(of(TableBlock(table)), resolution=20)) > 2


def test_without_typst_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to install; it is an input error, not a bug."""
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(DocumentError, match=r"pip install 'lca\[pdf\]'") as refused:
        pdf.render(report())
    assert refused.value.exit_code == 3


# The fact sheet


def test_a_fact_sheet_has_two_pages_at_most() -> None:
    """The sheet of a comparison with gaps fits two pages."""
    assert len(pdf.pictures(short.select(report()), short=True, resolution=20)) <= 2


def test_a_fact_sheet_keeps_verdict_limits_and_sources() -> None:
    """What is shortened still says what holds, what does not, and on whose word."""
    sheet = short.select(report())
    kept = [section.id for section in sheet.sections]
    assert kept[0] == "verdict"
    assert {"limits", "again", "sources"} <= set(kept)
    lead = sheet.section("verdict").blocks[0]
    assert lead == report().section("verdict").blocks[0]
    asked = {s["attribution"] for s in report().result["sources"]} - {""}
    texts = " ".join(x.text for x in sheet.section("sources").blocks if isinstance(x, Paragraph))
    assert all(line in texts for line in asked)


def test_what_a_fact_sheet_cuts_is_counted() -> None:
    """Rows left out are counted under the table; the lowest and the totals stay."""
    rows = tuple((f"o{i}", (Cell(str(i)),)) for i in range(40))
    table = Table("t", ("v",), rows, lowest_row=30, emphasis=(39,))
    (block,) = short.select(of(TableBlock(table))).sections[0].blocks
    assert isinstance(block, TableBlock)
    names = [name for name, _ in block.table.rows]
    assert names == [*(f"o{i}" for i in range(8)), "o30", "o39"]
    assert (block.table.lowest_row, block.table.emphasis) == (8, (9,))
    assert block.table.note == "30 more rows in the full report."
    many = Listing(tuple(f"line {i}" for i in range(9)))
    (cut,) = short.select(of(many)).sections[0].blocks
    assert isinstance(cut, Listing)
    assert cut.items[-1] == "and 6 more in the full report"
