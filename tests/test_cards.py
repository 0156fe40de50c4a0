"""Model cards: what is read, what does not hold together, and what is listed as not understood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from lca.cli import main
from lca.errors import DocumentError
from lca.validation.cards import check_card
from lca.validation.cards_numbers import mass_unit, number, staged_hours
from lca.validation.cards_reading import MAX_BYTES, read_card
from lca.validation.cases import PACKAGED

PIPES = """\
|  | Training Time (GPU hours) | Training Power Consumption (W) | Training Location-Based \
Greenhouse Gas Emissions (tons CO2eq) | Training Market-Based Greenhouse Gas Emissions \
(tons CO2eq) |
| :---- | :---: | :---: | :---: | :---: |
"""
LLAMA_3_1_ROWS = """\
| Llama 3.1 8B | 1.46M | 700 | 420 | 0 |
| Llama 3.1 70B | 7.0M | 700 | 2,040 | 0 |
| Llama 3.1 405B | 30.84M | 700 | 8,930 | 0 |
"""
FAMILY = """\
Training used a cumulative of **39.3**M GPU hours of computation on H100-80GB (TDP of 700W)
type hardware.

Estimated total location-based greenhouse gas emissions were **11,390** tons CO2eq; the total \
market-based greenhouse gas emissions for training were 0 tons CO2eq.

"""
LLAMA_3_3_ROW = "| Llama 3.3 70B | 7.0M | 700 | 12.9 | 0 |\n"
LLAMA_2 = """\
Estimated total emissions were 539 tCO2eq.

||Time (GPU hours)|Power Consumption (W)|Carbon Emitted(tCO<sub>2</sub>eq)|
|---|---|---|---|
|Llama 2 7B|184320|400|31.22|
|Llama 2 13B|368640|400|62.44|
|Llama 2 70B|1720320|400|291.42|
|Total|3311616||539.00|
"""
HTML = """\
<table>
  <tr>
   <td>
   </td>
   <td><strong>Training Time (GPU hours)</strong>
   </td>
   <td><strong>Training Power Consumption (W)</strong>
   </td>
   <td><strong>Training Location-Based Greenhouse Gas Emissions</strong>
<p>
<strong>(tons CO2eq)</strong>
   </td>
  </tr>
  <tr>
   <td>Llama 3.1 8B
   </td>
   <td>1.46M
   </td>
   <td>700
   </td>
   <td>420
   </td>
  </tr>
</table>
"""
FRONT = """\
---
license: mit
co2_eq_emissions:
  emissions: 50000
  source: CodeCarbon
  geographical_location: us-east-1
  hardware_used: 8 x A100-80GB
---
## Environmental Impact
- **Hours used:** 300
- **Carbon Emitted:** [More Information Needed]
"""


def card(folder: Path, text: str, name: str = "README.md") -> Path:
    """Write a card."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def checked(folder: Path, text: str, name: str = "README.md") -> dict[str, Any]:
    """Return what is said of a card."""
    return check_card(card(folder, text, name))


def flags(result: dict[str, Any]) -> list[tuple[str, int]]:
    """Return code and line of every flag."""
    return [(flag["code"], flag["line"]) for flag in result["flags"]]


# --- published cards ----------------------------------------------------------------------------


def test_the_card_of_llama_3_1_holds_together(tmp_path: Path) -> None:
    """Rows, total of the text and one implied factor agree: nothing is flagged or left unread."""
    result = checked(tmp_path, FAMILY + PIPES + LLAMA_3_1_ROWS)
    assert (flags(result), result["not_understood"]) == ([], [])
    assert result["implied"][0]["constant"] == pytest.approx(0.4135, rel=0.002)
    assert [row["stands_out"] for row in result["implied"][0]["rows"]] == [False] * 3


def test_the_card_of_llama_3_3_is_flagged(tmp_path: Path) -> None:
    """It tells its family's totals as its own, and 12.9 t that no grid could give."""
    result = checked(tmp_path, FAMILY + PIPES + LLAMA_3_3_ROW)
    assert flags(result) == [
        ("family-total-added", 1),
        ("family-total-added", 4),
        ("grid-implausible", 8),
    ]


def test_the_misprint_stands_out_beside_its_siblings(tmp_path: Path) -> None:
    """Among the rows of the family the 12.9 t stand out."""
    result = checked(tmp_path, PIPES + LLAMA_3_1_ROWS + LLAMA_3_3_ROW)
    assert ("factor-outlier", 6) in flags(result)


def test_the_card_of_llama_2_lacks_a_row(tmp_path: Path) -> None:
    """Its total holds hours and CO2e of a model that is not in the table."""
    result = checked(tmp_path, LLAMA_2)
    assert flags(result) == [("parts-against-total", 8)] * 2
    assert any("+153.92 is in no row" in flag["message"] for flag in result["flags"])


def test_a_table_in_html_is_read(tmp_path: Path) -> None:
    """Cells, units and lines of an HTML table are those of the same table in Markdown."""
    claim = checked(tmp_path, "Text.\n\n" + HTML)["claims"][0]
    assert (claim["id"], claim["line"]) == ("Llama 3.1 8B", 16)
    assert claim["inputs"]["device_hours"] == {"value": 1.46e6, "unit": "hour"}
    assert claim["printed"]["co2e_location_based"] == {"value": 420.0, "unit": "t"}


def test_stages_in_one_cell_are_added(tmp_path: Path) -> None:
    """A cell that lists the hours of its stages is their sum."""
    cell = "Stage 1 pretraining: 885K H100 hours Stage 2 annealing: 885K H100 hours SFT: 3072 H100 hours RLHF: 2048 H100 hours"
    result = checked(tmp_path, f"{PIPES}| Llama 3.2-vision 90B | {cell} | 700 | 513 | 0 |\n")
    assert result["claims"][0]["inputs"]["device_hours"]["value"] == 1_775_120
    assert result["implied"][0]["constant"] == pytest.approx(0.4128, rel=1e-3)


# --- front matter and lists ---------------------------------------------------------------------


def test_the_front_matter_is_in_grams(tmp_path: Path) -> None:
    """The Hub's emissions are grams of CO2; location and hardware are read beside them."""
    result = checked(tmp_path, FRONT)
    claim = result["claims"][0]
    assert claim["printed"]["co2e"] == {"value": 50000.0, "unit": "g"}
    assert claim["inputs"]["region"]["value"] == "us-east-1"
    assert claim["device_ids"] == ["nvidia-a100-pcie-80gb", "nvidia-a100-sxm4-80gb"]
    assert result["not_understood"] == []


def test_a_single_number_of_the_front_matter_is_read(tmp_path: Path) -> None:
    """``co2_eq_emissions`` may be the number itself."""
    facts = read_card(card(tmp_path, "---\nco2_eq_emissions: 149200\n---\nText\n")).facts
    assert [(fact.known.value, fact.known.unit, fact.line) for fact in facts] == [(149200, "g", 2)]


def test_the_rest_of_the_front_matter_may_be_anything(tmp_path: Path) -> None:
    """What is about other things is not read, so that its notation cannot matter."""
    text = "---\nwidget: !tag {a: *b\nco2_eq_emissions:\n  emissions: 12\n---\n"
    assert checked(tmp_path, text)["claims"][0]["printed"]["co2e"]["value"] == 12


def test_an_assumed_power_is_told_and_accuses_nobody(tmp_path: Path) -> None:
    """Without a power the rated one is assumed, said so, and no check rests on it."""
    result = checked(tmp_path, FRONT)
    assert any("rated power is assumed" in remark for remark in result["remarks"])
    assert result["implied"][0]["rows"][0]["assumed_inputs"] == ["device_power"]
    assert result["flags"] == []


def test_more_energy_than_the_device_can_draw_is_flagged(tmp_path: Path) -> None:
    """A CO2e and a grid factor that give more energy than hours and rated power allow."""
    text = "- **Hardware Type:** A100-80GB\n- **Hours used:** 100\n- **Carbon Emitted:** 500 kg\n"
    text += "\nThe grid has 0.4 kg CO2eq/kWh.\n"
    assert ("energy-above-bound", 1) in flags(checked(tmp_path, text))


def test_a_zero_of_the_gross_account_is_flagged(tmp_path: Path) -> None:
    """Zero tons without a basis, after hours of computing, are a market-based zero."""
    row = "|M|Time (GPU hours)|Power (W)|Carbon Emitted (tCO2eq)|\n|-|-|-|-|\n|A|1000|400|0|\n"
    assert ("market-zero-as-gross", 3) in flags(checked(tmp_path, row))


def test_what_is_missing_is_no_zero(tmp_path: Path) -> None:
    """A field left as "More Information Needed" is not read at all."""
    result = checked(tmp_path, "- **Carbon Emitted:** [More Information Needed]\n")
    assert (result["claims"], result["flags"]) == ([], [])


# --- what is not understood ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "We burned about 5 MWh, give or take.",
        "Roughly 3 to 4 t CO2 were released.",
        "TDP: somewhere near 400",
    ],
)
def test_a_sentence_of_no_known_pattern_is_listed(tmp_path: Path, line: str) -> None:
    """A number beside a word of footprints is listed with its line, never guessed."""
    result = checked(tmp_path, f"# Card\n\n{line}\n")
    assert result["not_understood"] == [{"line": 3, "text": line}]
    assert result["claims"] == []


def test_a_cell_that_is_no_number_is_listed(tmp_path: Path) -> None:
    """``Negligible`` is no zero: the row has no emissions, and the cell is listed."""
    result = checked(tmp_path, f"{PIPES}| SpinQuant | 1.7 | 700 | Negligible | 0 |\n")
    assert "co2e_location_based" not in result["claims"][0]["printed"]
    assert [entry["line"] for entry in result["not_understood"]] == [3]


def test_tables_about_other_things_are_left_alone(tmp_path: Path) -> None:
    """A benchmark table is neither read nor listed."""
    result = checked(tmp_path, "|Model|MMLU|\n|---|---|\n|A|66.7|\n")
    assert (result["claims"], result["not_understood"]) == ([], [])


def test_code_is_not_read(tmp_path: Path) -> None:
    """What stands in a block of code is an example, no claim."""
    result = checked(tmp_path, "```\nused 5 GPU hours, 3 kWh\n```\n")
    assert (result["claims"], result["not_understood"]) == ([], [])


@pytest.mark.parametrize(
    ("written", "value"),
    [("1.46M", 1.46e6), ("2,040", 2040), ("86k", 86e3), ("~ 3 million", 3e6), ("700 W", 700)],
)
def test_numbers_are_read_as_cards_write_them(written: str, value: float) -> None:
    """Thousands, letters and words of scale are read; the unit of the column may follow."""
    assert number(written) == value


@pytest.mark.parametrize("written", ["", "n/a", "1,46", "1-2", "about", "1e400", "١٢", "3 x 4"])
def test_what_is_no_number_is_none(written: str) -> None:
    """An odd notation is refused instead of half read."""
    assert number(written) is None
    assert staged_hours(written) is None


def test_tons_are_metric() -> None:
    """Tons, tonnes and metric tons are one unit; pounds are not kilograms."""
    assert {mass_unit(text) for text in ("t", "tons", "tonne", "metric tons")} == {"t"}
    written = ("lbs", "pounds", "kg", "g")
    assert [mass_unit(text) for text in written] == ["lb", "lb", "kg", "g"]


# --- YAML of claims -----------------------------------------------------------------------------


def test_claims_in_yaml_are_checked(tmp_path: Path) -> None:
    """A PUE applied twice is found at the line of its claim; an unknown name is listed."""
    text = """\
claims:
  - id: run
    inputs:
      device_hours: 1000 h
      device_power: 400 W
      pue: 1.1
      grid_intensity: 0.385 kgCO2e/kWh
      colour: blue
    printed: {co2e: 186.34 kgCO2e}
"""
    result = checked(tmp_path, text, "claims.yaml")
    assert flags(result) == [("pue-twice", 2)]
    assert [entry["line"] for entry in result["not_understood"]] == [8]


def test_published_cases_are_claims_too() -> None:
    """A file of cases is read as claims; only sources that contradict themselves are flagged."""
    file = sorted(PACKAGED.glob("*.yaml"))[0]
    cases = yaml.safe_load(file.read_text(encoding="utf-8"))["cases"]
    wrong = {one["id"] for one in cases if one["status"] == "inconsistent_as_published"}
    result = check_card(file)
    assert len(result["claims"]) == len(cases)
    assert {flag["claim"] for flag in result["flags"]} == wrong


def test_members_with_grids_of_their_own_need_not_agree(tmp_path: Path) -> None:
    """Sites that state their grid factors are held against those, not against each other."""
    text = "claims:\n" + "".join(
        f"  - id: {name}\n    inputs: {{energy: 1000 kWh, grid_intensity: {grid} kg/kWh}}\n"
        f"    printed: {{co2e: {1000 * grid} kg}}\n"
        for name, grid in (("a", 0.4), ("b", 0.4), ("c", 0.4), ("d", 0.05))
    )
    assert flags(checked(tmp_path, text, "claims.yaml")) == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("claim: 1\n", 1, "no claims"),
        ("claims:\n  - 3\n", 2, "a claim is a mapping"),
        ("claims:\n  - inputs: {pue: 1.1}\n", 2, "a mapping of quantities is missing"),
        ("claims:\n  - inputs: {device_hours: 3 kg}\n    printed: {}\n", 2, '"kg" is not a unit'),
        ("claims:\n  - inputs: {}\n    printed: {}\n    printd: 1\n", 4, 'mean "printed"'),
        ("claims:\n  - inputs: {pue: }\n    printed: {}\n", 2, "number with its unit is missing"),
    ],
)
def test_a_mistake_in_yaml_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    """A mistake has file, line, what was found and what is accepted."""
    with pytest.raises(DocumentError, match=message) as told:
        checked(tmp_path, text, "claims.yaml")
    assert line in {problem.line for problem in told.value.problems}


# --- hostile files, and the command -------------------------------------------------------------


def test_a_card_is_of_bounded_size(tmp_path: Path) -> None:
    """A file beyond the limit is refused before it is read."""
    with pytest.raises(DocumentError, match="too large"):
        checked(tmp_path, "x" * (MAX_BYTES + 1))


def test_a_table_is_of_bounded_length(tmp_path: Path) -> None:
    """More rows than any card has are refused at the first row too many."""
    with pytest.raises(DocumentError, match="too many rows") as told:
        checked(tmp_path, PIPES + "|a|1|1|1|1|\n" * 1001)
    assert told.value.problems[0].line == 1003


def test_a_card_that_is_not_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are told with their line."""
    path = tmp_path / "README.md"
    path.write_bytes(b"line\n\xff\xfe\n")
    with pytest.raises(DocumentError, match="not UTF-8") as told:
        check_card(path)
    assert told.value.problems[0].line == 2


def test_a_card_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The nearest file is named."""
    card(tmp_path, "x")
    with pytest.raises(DocumentError, match=r"did you mean \"README.md\""):
        check_card(tmp_path / "READNE.md")


def test_nothing_of_a_card_reaches_the_terminal_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Escapes and markup of a card are shown, not obeyed."""
    text = PIPES + "| [red]A\x1b[31m\u202e | 1M | 700 | 420 | 0 |\n\n5 kWh \x1b]0;x\x07\n"
    assert main(["check-card", str(card(tmp_path, text))]) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "[red]A" in shown


def test_the_page_fits_eighty_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Flags with file and line, implied factors and what was not read fit a terminal."""
    path = card(tmp_path, FAMILY + PIPES + LLAMA_3_1_ROWS + LLAMA_3_3_ROW + "\nand 5 kWh\n")
    assert main(["check-card", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "factor-outlier" in shown
    assert "not understood (1)" in shown
    assert max(len(line) for line in shown.splitlines() if str(tmp_path) not in line) <= 80


def test_the_command_prints_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON has claims, flags, implied factors and what was not understood."""
    assert main(["check-card", str(card(tmp_path, LLAMA_2)), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"claims", "flags", "implied", "remarks", "not_understood"} <= set(found)
    assert len(found["claims"]) == 3


@pytest.mark.parametrize("words", [["infer", "--free", "pue"]])
def test_an_option_without_effect_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """A folder of devices that would not be used is refused instead of ignored."""
    assert main([*words, str(card(tmp_path, LLAMA_2)), "--db", str(tmp_path)]) == 2
    assert "--db has no effect" in capsys.readouterr().err
