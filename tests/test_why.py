"""Explanations as a tree: parts add up, shares are of the total, and the page needs no script."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import lca
from lca.cli import main
from lca.report.explanation import explanation
from lca.report.why_page import page
from lca.scenario import Scenario

ROOT = Path(__file__).parent.parent
SOURCE = str(ROOT / "scenarios" / "procurement.yaml")
LEVELS = ["total", "stage", "asset", "component", "process"]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Return the procurement scenario."""
    return lca.load(SOURCE)


@pytest.fixture(scope="module")
def found(scenario: Scenario) -> dict[str, Any]:
    """Return the explanation of its first option, with eight lines."""
    ledger = lca.evaluate(scenario, samples=64)
    return explanation(
        ledger, scenario.library, indicator="gwp100", basis="location", most=8, labels={}
    )


def nodes(tree: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a node and all below it."""
    return [tree, *(node for child in tree["children"] for node in nodes(child))]


def test_the_parts_of_each_node_add_up_to_it(found: dict[str, Any]) -> None:
    """Children and what is left out make the number of every node above a line."""
    for node in nodes(found["tree"]):
        if node["kind"] in LEVELS and node["children"]:
            told = sum(child["mean"] for child in node["children"])
            told += node["left_out"]["mean"] if node["left_out"] else 0.0
            assert told == pytest.approx(node["mean"])


def test_the_tree_goes_from_total_to_sources(found: dict[str, Any]) -> None:
    """Every level is there in order, then lines, formulas, and inputs with their source or quality."""
    node, kinds = found["tree"], []
    while node["children"]:
        kinds.append(node["kind"])
        node = node["children"][0]
    assert kinds[:6] == [*LEVELS, "line"]
    leaves = [one for one in nodes(found["tree"]) if one["kind"] == "input"]
    assert leaves
    assert all(one["quality"] for one in leaves)
    cited = {one["key"] for one in found["sources"]}
    assert {one["source"] for one in leaves if one["source"]} == cited


def test_shares_are_of_the_total(found: dict[str, Any]) -> None:
    """Stages hold all of it; a line times its intensity is its amount."""
    stages = found["tree"]["children"]
    assert sum(stage["share"] for stage in stages) == pytest.approx(1.0)
    assert found["tree"]["share"] == 1.0
    for node in nodes(found["tree"]):
        if node["kind"] == "line":
            product = node["activity"] * node["children"][0]["central"]
            assert product == pytest.approx(node["central"], rel=0.05)


def test_labels_cut_the_tree(scenario: Scenario) -> None:
    """Of manufacture alone the total is that of manufacture."""
    ledger = lca.evaluate(scenario, samples=16)
    made = explanation(
        ledger, scenario.library, indicator="gwp100", basis="location", most=2, labels={"stage": "manufacture"}
    )  # fmt: skip
    assert [child["name"] for child in made["tree"]["children"]] == ["manufacture"]
    assert made["tree"]["mean"] == pytest.approx(made["total"]["mean"])


def test_the_terminal_shows_a_tree_with_shares(capsys: pytest.CaptureFixture[str]) -> None:
    """Branches are drawn, each with its unit, its interval and its share; depth cuts it."""
    assert main(["why", SOURCE, "--samples", "64", "--depth", "2", "-q"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("nvidia-h100: ")
    stages = [line for line in lines if line.startswith(("├──", "└──"))]
    assert [line.split(":")[0][4:] for line in stages] == [
        "operation",
        "manufacture",
        "transport",
        "end of life",
    ]
    assert all("CO2e ·" in line and line.endswith("%") for line in stages)
    assert not any("accelerator" in line for line in lines)


class _Tree(HTMLParser):
    """Counts tags and checks that they are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.count: dict[str, int] = {}
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count[tag] = self.count.get(tag, 0) + 1
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_folds_without_script(found: dict[str, Any]) -> None:
    """Every node that has parts is a fold; there is no script, and names are no markup."""
    nasty = "<script>alert(1)</script>\u202e"
    named = {**found, "option": nasty, "tree": {**found["tree"], "name": nasty}}
    made = page(named)
    parsed = _Tree(made)
    assert not parsed.open
    assert "script" not in parsed.count
    assert parsed.count["details"] == sum(bool(one["children"]) for one in nodes(found["tree"]))
    assert "\u202e" not in made
    assert "nvidia-dgx-h100-user-guide" in made


def test_the_command_writes_a_page_and_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ending says how; another one is refused before anything is computed."""
    for name in ("a.html", "a.json"):
        assert main(["why", SOURCE, "--samples", "16", "-q", "-o", str(tmp_path / name)]) == 0
    assert "<details" in (tmp_path / "a.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["tree"]["kind"] == "total"
    capsys.readouterr()
    assert main(["why", SOURCE, "-o", "x.pdf"]) == 2
    assert "write a .html or a .json file" in capsys.readouterr().err
