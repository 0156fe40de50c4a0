"""Why embodied models disagree: steps that add up exactly, sources on both sides, tools met.

Figures of tools: ACT 2.0 (facebookresearch/ACT, commit abc9fbb of July 2025) and BoaviztAPI 2.5.0,
both run for these tests; EcoLogits 0.11.3 stands among the published cases.
"""

from __future__ import annotations

import csv
import itertools
import json
import math
import re
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.cli import main
from lca.disagreement.causes import log_mean
from lca.disagreement.components import components, steps_between
from lca.disagreement.explaining import explain
from lca.errors import InputError, UnknownNameError
from lca.estimates import round_figures
from lca.formulas import boavizta, silicon
from lca.intensities.embodied import Embodied, applicable
from lca.intensities.hosts import applicable_hosts
from lca.library import DEVICE_KINDS, Library, constants
from lca.library.models import Device, Server
from lca.report.explain_difference import verdict, waterfall
from lca.report.pictures.waterfall import Bar, draw
from lca.terms import Draws, total

CENTRAL = Draws(0, 0)
H100, A100, A100_CARD = "nvidia-h100-sxm5-80gb", "nvidia-a100-sxm4-40gb", "nvidia-a100-pcie-40gb"
SVG = "{http://www.w3.org/2000/svg}"


@cache
def shelf() -> Library:
    """Return the packaged library."""
    return Library()


@cache
def models(device: str) -> dict[str, Embodied]:
    """Return the models that apply to a device."""
    hosts = shelf().ids("server")
    known = applicable_hosts(shelf().server(device), shelf()) if device in hosts else applicable(shelf().device(device), shelf())  # fmt: skip
    return {name: made for name, made in known.items() if isinstance(made, Embodied)}


def record(device: str) -> Device | Server:
    """Return the record of an accelerator or a host."""
    hosts = shelf().ids("server")
    return shelf().server(device) if device in hosts else shelf().device(device)


@cache
def found(device: str = H100, chosen: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return an explanation on few draws."""
    return explain(device, shelf(), Draws(256, 0), chosen)


def central(made: Embodied) -> float:
    """Return a model's central total."""
    return float(CENTRAL.array(total("whole", made.parts))[0])


def devices() -> list[str]:
    """Name every device and host to which two or more models apply."""
    names = [name for kind in (*DEVICE_KINDS, "server") for name in shelf().ids(kind)]
    return [name for name in names if len(models(name)) > 1]


def test_most_devices_have_models_to_compare() -> None:
    """The law below is not empty: two or more models apply to over 90 devices and 30 hosts."""
    assert len(devices()) > 120


@pytest.mark.parametrize("device", devices())
def test_steps_add_up_to_the_difference_of_every_pair_both_ways(device: str) -> None:
    """No rest, whichever of the models comes first; and the way back is the way there, negated."""
    made = models(device)
    trees = {name: components(one, record(device)) for name, one in made.items()}
    for one, other in itertools.combinations(made, 2):
        ends = (made[one].boundary, made[other].boundary)
        there = steps_between(trees[one], trees[other], ends)
        back = steps_between(trees[other], trees[one], ends[::-1])
        change = central(made[other]) - central(made[one])
        room = 1e-9 * max(central(made[one]), central(made[other]))
        assert math.fsum(step.amount for step in there) == pytest.approx(change, abs=room)
        forth = {step.path: step.amount for step in there}
        assert {step.path: -step.amount for step in back} == pytest.approx(forth, abs=room)


@pytest.mark.parametrize("device", devices())
def test_components_are_the_whole_model(device: str) -> None:
    """Reading a model as causes loses and adds nothing; every product is that of its parts."""
    for made in models(device).values():
        tree = components(made, record(device))
        assert sum(one.value for one in tree.values()) == pytest.approx(central(made), rel=1e-12)
        for one in tree.values():
            parts = [part.value for part in one.parts.values()]
            if parts:
                whole = math.prod(parts) if one.is_product else math.fsum(parts)
                assert one.value == pytest.approx(whole, rel=1e-12)


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_the_logarithmic_mean_lies_between_and_is_symmetric(one: float, other: float) -> None:
    """It is a mean, so no factor gets a share of the wrong sign."""
    mean = log_mean(one, other)
    assert min(one, other) * (1 - 1e-9) <= mean <= max(one, other) * (1 + 1e-9)
    assert mean == pytest.approx(log_mean(other, one), rel=1e-6)


def step(explained: dict[str, Any], path: str) -> dict[str, Any]:
    """Return a step of the only pair."""
    [pair] = explained["pairs"]
    [one] = [one for one in pair["steps"] if one["path"] == path]
    return one


def test_what_a_package_ends_before_is_a_step_of_boundary() -> None:
    """ACT ends at the package: heat sink (27.48 kg) and board (24 kg) are boundary, not factor."""
    explained = found(H100, ("act", "calibrated"))
    for path, amount in (("thermal", 27.48), ("board", 24.0)):
        one = step(explained, path)
        assert (one["why"], one["from"]) == ("boundary", None)
        assert one["amount"] == pytest.approx(amount)
    packaging = step(explained, "packaging")
    assert (packaging["why"], packaging["to"]) == ("lacking", None)
    assert packaging["amount"] == pytest.approx(-0.9)


def test_the_planar_memory_is_found_behind_the_highest_total() -> None:
    """Wafer to Boavizta: 18.4 for 1.9 kg per cm2 of memory wafer is the largest step of all."""
    [pair] = found(H100, ("wafer", "boavizta"))["pairs"]
    largest = max(pair["steps"], key=lambda one: abs(one["amount"]))
    assert largest["path"] == "memory/carbon_per_capacity/carbon_per_wafer_area"
    assert largest["from"]["value"] == pytest.approx(1.9)
    assert largest["to"]["value"] == pytest.approx(18.379)
    assert largest["to"]["inputs"][0]["source"] == "boavizta-api-2.5.0"


def test_each_side_of_a_step_has_its_numbers_with_units_and_sources() -> None:
    """ACT's carbon per good area rests on fab electricity, gases, materials and its yield."""
    side = step(found(H100, ("act", "calibrated")), "logic/carbon_per_good_area")["from"]
    assert side["unit"] == "kgCO2e/cm2"
    inputs = {one["name"]: one for one in side["inputs"]}
    assert inputs["energy_per_area"]["value"] == 2.75
    assert inputs["fab_grid_intensity"]["value"] == pytest.approx(0.583)
    assert inputs["die_yield"]["value"] == 0.875
    assert {one["source"] for one in inputs.values()} == {"act-2"}
    assert side["value"] == pytest.approx((2.75 * 0.583 + 0.3275 + 0.5) / 0.875)


def test_a_figure_published_whole_is_one_step_that_says_so() -> None:
    """181 kg of an A100 PCIe are not broken down, and hold delivery and end of life."""
    explained = found(A100_CARD, ("calibrated", "vendor"))
    [pair] = explained["pairs"]
    [one] = pair["steps"]
    assert (one["path"], one["why"]) == ("device", "undivided")
    assert one["to"]["value"] == pytest.approx(181.0)
    assert set(one["from"]["parts"]) == {"logic", "memory", "thermal", "board"}
    assert pair["stages"] == ["end_of_life", "transport"]


def test_the_share_of_a_baseboard_stays_apart_where_the_other_model_ends_before_it() -> None:
    """127.6 kg are a bare A100; what raises them to the module is a step of its own."""
    [pair] = found(A100, ("act", "vendor"))["pairs"]
    steps = {one["path"]: one for one in pair["steps"]}
    assert set(steps) == {"device", "baseboard"}
    assert steps["baseboard"]["why"] == "boundary"
    assert steps["device"]["to"]["value"] == pytest.approx(127.6)


def test_models_stand_in_the_order_of_their_totals_or_as_asked() -> None:
    """By default each is explained against the next higher; --models keeps its own order."""
    totals = [one["total"]["central"] for one in found()["models"]]
    assert totals == sorted(totals)
    assert len(found()["pairs"]) == len(totals) - 1
    chosen = ("wafer", "act", "vendor")
    assert tuple(one["model"] for one in found(H100, chosen)["models"]) == chosen


def test_uncertainty_tells_which_differences_mean_something() -> None:
    """Calibrated and vendor agree within their intervals for an H100; ACT and Boavizta do not."""
    assert found(H100, ("calibrated", "vendor"))["pairs"][0]["within_uncertainty"] is True
    pair = found(H100, ("act", "boavizta"))["pairs"][0]
    assert (pair["within_uncertainty"], pair["intervals_overlap"]) == (False, False)
    has = {one["model"]: one["has_interval"] for one in found()["models"]}
    assert has["calibrated"]
    assert not has["boavizta"]


def test_nothing_is_said_of_intervals_where_nothing_was_drawn() -> None:
    """--samples 0 explains the central estimates and does not call a model exact."""
    said = list(verdict(explain(H100, shelf(), CENTRAL, ("act", "vendor"))))
    assert said[1].endswith("Nothing was drawn, so intervals are not compared.")


def test_the_manual_shows_the_totals_of_today() -> None:
    """The table of the page on this command holds what the command gives."""
    page = (Path(__file__).parents[1] / "docs" / "explain-difference.md").read_text(
        encoding="utf-8"
    )
    shown = dict(re.findall(r"^\| (\w+) \| ([\d.]+) \|", page, flags=re.MULTILINE))
    computed = {m["model"]: round_figures(m["total"]["central"], 3) for m in found()["models"]}
    assert shown == computed


def test_tools_are_named_with_their_model() -> None:
    """A reader of BoaviztAPI or ACT finds the model; EcoLogits is said to use none of them."""
    tools = {m["model"]: [t["tool"] for t in m["tools"]] for m in found()["models"]}
    assert tools["boavizta"] == ["BoaviztAPI"]
    assert tools["act"] == ["ACT"]
    assert "EcoLogits" in [tool["tool"] for tool in found()["other_tools"]]
    assert {one["value"] for one in found()["estimates"]} >= {273.0, 575.1}
    cited = {one["key"] for one in found()["sources"]}
    assert {"ecologits", "act-2", "boavizta-api-2.5.0", "imec-netzero-v4"} <= cited
    assert not any("not in the bibliography" in one["citation"] for one in found()["sources"])


def test_what_a_tool_prints_is_the_model_and_the_stages_that_it_adds() -> None:
    """BoaviztAPI prints 575.1 for an H100: 572.0 made, 0.51 delivered, 2.55 treated; others add none."""
    printed = {one["model"]: one["as_printed"] for one in found()["models"]}
    assert [name for name, one in printed.items() if one] == ["boavizta"]
    assert printed["boavizta"]["total"] == pytest.approx(575.1, abs=0.05)
    assert printed["boavizta"]["published"] == 575.1
    assert printed["boavizta"]["adds"]["end_of_life"] == pytest.approx(2.545, abs=0.001)


def test_a_host_is_explained_by_capacity_and_by_whole() -> None:
    """Memory and drives of a PowerEdge R740 differ by carbon per GB; Dell's sheet is one figure."""
    explained = found("dell-poweredge-r740", ("calibrated", "boavizta", "vendor"))
    first, second = explained["pairs"]
    paths = {one["path"] for one in first["steps"] if one["why"] == "factor"}
    assert {"memory/carbon_per_capacity", "storage/carbon_per_capacity", "chassis"} <= paths
    assert [one["why"] for one in second["steps"]] == ["undivided"]


ACT_NODES = {
    "n28": 1.3282285714285715,
    "n20": 1.5424,
    "n14": 1.556685714285714,
    "n10": 1.7770571428571431,
    "n8": 1.8070399999999998,
    "n7": 2.3182285714285715,
    "n5": 2.778,
    "n3": 3.1625714285714284,
}


@pytest.mark.parametrize("node", ACT_NODES)
def test_act_gives_its_own_carbon_per_area(node: str) -> None:
    """ACT 2.0, default gases, Taiwan's grid, yield 0.875: kg per cm2 as its own code returns."""
    process, act = shelf().process(node), constants("act")
    assert process.energy_per_area is not None
    assert process.gas_per_area is not None
    assert process.material_per_area is not None
    per_area = silicon.wafer_carbon_per_area(
        process.energy_per_area.central,
        act.value("fab_grid_intensity", "kgCO2e/kWh").central,
        process.gas_per_area.central,
        process.material_per_area.central,
    )
    made = silicon.act_logic_footprint(per_area, 1.0, 1.0, act.value("die_yield", "").central)
    assert made == pytest.approx(ACT_NODES[node], rel=1e-12)


@pytest.mark.parametrize(("device", "kilograms"), [(H100, 23.51292), (A100_CARD, 20.048568)])
def test_act_gives_its_own_dies_and_packages(device: str, kilograms: float) -> None:
    """ACT 2.0 for the die of an H100 (814 mm2, 5 nm) and of an A100 (826 mm2, 7 nm), six packages."""
    parts = models(device)["act"].parts
    made = [float(CENTRAL.array(parts[name])[0]) for name in ("logic", "packaging")]
    assert sum(made) == pytest.approx(kilograms, rel=1e-9)


def _factor(path: str, unit: str) -> float:
    return constants("boavizta").value(path, unit).central


def test_boavizta_gives_its_own_components() -> None:
    """BoaviztAPI 2.5.0: processors 23.17 and 14.93, memory 44.55, drives 23.73 and 50.34, supply 72.66."""
    base, area = _factor("cpu.base_footprint.gwp100", "kgCO2e"), "kgCO2e/cm2"
    die = _factor("cpu.logic_carbon_per_area.gwp100", area)
    assert boavizta.cpu_footprint(base, die, 7.12, 1.0) == pytest.approx(23.17, abs=0.005)
    assert boavizta.cpu_footprint(base, die, 2.94, 1.0) == pytest.approx(14.93, abs=0.005)
    ram = [_factor("ram.base_footprint.gwp100", "kgCO2e"), _factor("ram.memory_carbon_per_area.gwp100", area)]  # fmt: skip
    assert boavizta.ram_footprint(*ram, 32.0, 1.79) == pytest.approx(44.55, abs=0.005)
    ssd = [_factor("ssd.base_footprint.gwp100", "kgCO2e"), _factor("ssd.memory_carbon_per_area.gwp100", area)]  # fmt: skip
    assert boavizta.drive_footprint(*ssd, 400.0, 50.6) == pytest.approx(23.73, abs=0.005)
    assert boavizta.drive_footprint(*ssd, 1000.0, 50.0) == pytest.approx(50.34, abs=0.005)
    supply = _factor("power_supply.power_supply_carbon_per_mass.gwp100", "kgCO2e/kg")
    assert boavizta.power_supply_footprint(supply, 2.99) == pytest.approx(72.66, abs=0.005)
    assert _factor("hdd.base_footprint.gwp100", "kgCO2e") == 31.11
    assert _factor("rack_case.base_footprint.gwp100", "kgCO2e") == 150.0


def test_the_picture_ends_each_way_at_the_next_total() -> None:
    """Steps of the waterfall, small ones together, lead from each total exactly to the next."""
    picture = waterfall(found())
    assert picture is not None
    root = ET.fromstring(picture.svg)
    assert root.attrib["role"] == "img"
    assert (root[0].text, root[1].text) == (picture.title, picture.description)
    rows = [(name, *(float(c.text.replace("−", "-").replace(",", "")) for c in cells)) for name, cells in picture.table.rows]  # fmt: skip
    for before, here in itertools.pairwise(rows):
        if here[0].split(" ")[0] in {one["model"] for one in found()["models"]}:
            assert before[2] == pytest.approx(here[2], rel=0.01)
    assert len(picture.table.emphasis) == len(found()["models"])


def test_every_shape_of_the_picture_lies_within_it() -> None:
    """Nothing is cut off, also where steps lead below zero."""
    bars = [Bar("a", 10.0, True, 8.0, 30.0), Bar("x" * 90, -40.0), Bar("up", 50.0), Bar("b", 20.0, True)]  # fmt: skip
    picture = draw("<b>&", "kgCO2e", bars)
    assert picture is not None
    root = ET.fromstring(picture.svg)
    width, height = (float(root.attrib[side]) for side in ("width", "height"))
    for shape in root.iter(f"{SVG}rect"):
        x, y, wide, tall = (float(shape.attrib[key]) for key in ("x", "y", "width", "height"))
        assert np.all(np.array([x, y, width - x - wide, height - y - tall]) >= 0)
    assert draw("nothing", "kgCO2e", []) is None


def test_the_command_prints_what_explains_the_most(capsys: pytest.CaptureFixture[str]) -> None:
    """Verdict, models side by side, a table of steps with the difference as its last row."""
    assert main(["explain-difference", H100, "--from", "act", "--to", "boavizta", "--samples", "64"]) == 0  # fmt: skip
    shown = " ".join(capsys.readouterr().out.split())
    assert "2 models give 29.5 kgCO2e (act) to 572 kgCO2e (boavizta)" in shown
    assert "The difference is larger than the intervals of both explain." in shown
    assert "all: the difference +543" in shown
    assert "1 compute of 8.14 cm2, tsmc-4n taken as n5" in shown


def test_every_format_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files hold the same steps; JSON printed and JSON written are the same bytes."""
    files = {suffix: tmp_path / f"why.{suffix}" for suffix in ("html", "md", "json", "csv", "svg")}
    words = [word for file in files.values() for word in ("-o", str(file))]
    assert main(["explain-difference", H100, "--samples", "64", "--json", "-q", *words]) == 0
    printed = capsys.readouterr().out
    assert files["json"].read_text(encoding="utf-8") == printed
    data = json.loads(printed)
    with files["csv"].open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == sum(len(pair["steps"]) for pair in data["pairs"])
    whole = math.fsum(float(row["amount_kgCO2e"]) for row in rows)
    totals = [one["total"]["central"] for one in data["models"]]
    assert whole == pytest.approx(totals[-1] - totals[0])
    page = files["html"].read_text(encoding="utf-8")
    assert 'id="picture-waterfall"' in page
    assert "Gupta" in page
    assert "| memory: carbon per GB | +62.9 |" in files["md"].read_text(encoding="utf-8")
    assert ET.parse(files["svg"]).getroot().tag == f"{SVG}svg"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nvidia-h100-smx5-80gb"], 3, 'did you mean "nvidia-h100-sxm5-80gb"'),
        ([H100, "--models", "act,boavista"], 3, 'did you mean "boavizta"'),
        ([H100, "--models", "act"], 2, "--models needs two names"),
        ([H100, "--models", "act,act"], 3, "given twice"),
        ([H100, "--from", "act"], 2, "--from and --to go together"),
        ([H100, "--models", "act,wafer", "--from", "act", "--to", "wafer"], 2, "not both"),
        (["nvidia-a10", "--models", "wafer,act"], 3, "wafer does not apply"),
        (["nvidia-h20"], 3, "0 embodied models apply, two are needed"),
        ([H100, "-o", "why.pdf"], 3, "one of: .html, .md, .json, .csv, .svg"),
    ],
)
def test_mistakes_are_told(
    words: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unknown names get the nearest, models that do not apply their reason."""
    assert main(["explain-difference", *words]) == code
    assert said in capsys.readouterr().err


def test_refusals_are_of_the_kind_that_callers_expect() -> None:
    """A name nobody knows, and a device with too few models, are told apart."""
    with pytest.raises(UnknownNameError):
        explain("nothing", shelf(), CENTRAL)
    with pytest.raises(InputError, match="two are needed"):
        explain("nvidia-h20", shelf(), CENTRAL)
