"""The page on what is said of AI is executed: every row is answered, every figure comes out again."""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import io
import re
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import lca
from lca import cli
from lca.measure import workloads
from lca.scenario import service_models
from lca.scenario.models import Service

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "claims.md"
NOTATION = ROOT / "docs" / "data-contract.md"
ROWS = 52
VERDICTS = (
    "Holds",
    "Holds within limits",
    "False as said",
    "No evidence",
    "Out of scope",
)
TOLERANCE = 0.15
NUMBER = re.compile(r"(?<![\w.])[−-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?")
BLOCK = re.compile(r"```(python|text|console|yaml)\n(.*?)```", re.DOTALL)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
NEEDS_SKLEARN = ('"pruning"', "'pruning'")


@dataclass(frozen=True)
class Claim:
    """One row of the page.

    Attributes
    ----------
    number, said, verdict
        Place, claim and verdict.
    body
        Everything below its heading.
    """

    number: int
    said: str
    verdict: str
    body: str

    @property
    def code(self) -> str:
        """The snippet, or nothing."""
        return next((text for kind, text in BLOCK.findall(self.body) if kind == "python"), "")

    @property
    def shown(self) -> str:
        """What the snippet is said to print."""
        return next((text for kind, text in BLOCK.findall(self.body) if kind == "text"), "")

    @property
    def consoles(self) -> list[str]:
        """The blocks of commands."""
        return [text for kind, text in BLOCK.findall(self.body) if kind == "console"]

    @property
    def tests(self) -> list[tuple[str, str]]:
        """The tests it names: file and function."""
        return NAMED.findall(self.body)

    @property
    def evidence(self) -> str:
        """What the summary says it is shown by."""
        parts = ["snippet"] * bool(self.code) + ["command"] * bool(self.consoles)
        return ", ".join(parts + ["test"] * bool(self.tests)) or "–"


def claims() -> list[Claim]:
    """Return the rows of the page, in its order."""
    text = PAGE.read_text(encoding="utf-8").split("\n## What could not")[0]
    parts = re.split(r"^### (\d+)\. (.+)$", text, flags=re.MULTILINE)[1:]
    return [
        Claim(int(number), said, _verdict(body), body)
        for number, said, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    ]


def _verdict(body: str) -> str:
    found = re.match(r"\s*\*\*([A-Z][a-z ]+)\.\*\*", body)
    return found[1] if found else ""


CLAIMS = claims()
with_code = pytest.mark.parametrize(
    "claim", [one for one in CLAIMS if one.code], ids=lambda one: f"{one.number}"
)
with_command = pytest.mark.parametrize(
    "claim", [one for one in CLAIMS if one.consoles], ids=lambda one: f"{one.number}"
)


def summary(found: list[Claim]) -> str:
    """Return the table that the page must have."""
    rows = [
        f"| {one.number} | {one.said} | {one.verdict.lower()} | {one.evidence} |" for one in found
    ]
    return "\n".join(["| | said | verdict | shown by |", "|---|---|---|---|", *rows])


@cache
def preamble() -> dict[str, Any]:
    """Return the names that every snippet begins with."""
    names: dict[str, Any] = {}
    text = PAGE.read_text(encoding="utf-8")
    exec(compile(BLOCK.findall(text)[0][1], str(PAGE), "exec"), names)
    return names


def printed(code: str) -> str:
    """Return what a snippet prints."""
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        exec(compile(code, str(PAGE), "exec"), dict(preamble()))
    return stream.getvalue()


def of_command(line: str) -> str:
    """Return what a command prints."""
    environment = {"COLUMNS": "80", "NO_COLOR": "1"}
    words = shlex.split(line.removeprefix("$ lca "))
    done = CliRunner().invoke(cli.group, words, env=environment)
    assert done.exit_code == 0, done.output
    return done.stdout


def alike(shown: str, fresh: str) -> bool:
    """Whether texts have the same words, and numbers within the tolerance of the page."""
    if NUMBER.sub("#", shown).split() != NUMBER.sub("#", fresh).split():
        return False
    pairs = zip(NUMBER.findall(shown), NUMBER.findall(fresh), strict=True)
    return all(_number(x) == pytest.approx(_number(y), rel=TOLERANCE) for x, y in pairs)


def _number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def within(shown: str, output: str) -> bool:
    """Whether the parts of a block, between lines of ``...``, stand in an output in their order."""
    words, place = output.split(), 0
    for part in re.split(r"^\.\.\.$", shown, flags=re.MULTILINE):
        size = len(part.split())
        starts = range(place, len(words) - size + 1)
        found = next((n for n in starts if alike(part, " ".join(words[n : n + size]))), None)
        if found is None:
            return False
        place = found + size
    return True


def functions(path: Path) -> set[str]:
    """Return the functions of a test file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run from the root of the project, where the example scenarios are."""
    monkeypatch.chdir(ROOT)


# --- the rows ---------------------------------------------------------------------------------


def test_every_row_is_answered_once_and_in_order() -> None:
    """Fifty-two rows, none left out, none twice."""
    assert [one.number for one in CLAIMS] == list(range(1, ROWS + 1))


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda one: f"{one.number}")
def test_every_row_has_a_verdict_and_what_shows_it(claim: Claim) -> None:
    """One of five verdicts; what is said to hold or to be false is shown by something that runs."""
    assert claim.verdict in VERDICTS
    judged = claim.verdict not in {"No evidence", "Out of scope"}
    assert bool(claim.code or claim.consoles or claim.tests) or not judged


def test_the_summary_is_that_of_the_rows() -> None:
    """The table on top repeats claims and verdicts, and says what each is shown by."""
    assert summary(CLAIMS) in PAGE.read_text(encoding="utf-8")


def test_what_is_commonly_got_wrong_is_called_false() -> None:
    """Training that dominates, the size of a large run, GPUs that save, zeros that save."""
    verdicts = {one.number: one.verdict for one in CLAIMS}
    assert {verdicts[number] for number in (17, 36, 40, 48)} == {"False as said"}
    assert {verdicts[number] for number in (49, 50)} == {"No evidence"}


@with_code
def test_every_snippet_prints_what_is_shown(claim: Claim) -> None:
    """Words are those of the page, numbers are within its tolerance."""
    if "lca.measure" in claim.code:
        torch = pytest.importorskip("torch", reason="workloads run on torch")
        torch.set_num_threads(1)
    if any(name in claim.code for name in NEEDS_SKLEARN) and not importlib.util.find_spec(
        "sklearn"
    ):
        pytest.skip("the digits of scikit-learn are missing")
    fresh = printed(claim.code)
    assert alike(claim.shown, fresh), f"{claim.number} prints now:\n{fresh}"


@with_command
def test_every_command_prints_what_is_shown(claim: Claim) -> None:
    """Lines between dots stand in the output, in their order."""
    for block in claim.consoles:
        command, _, shown = block.partition("\n")
        output = of_command(command)
        assert within(shown, output), f"{claim.number} prints now:\n{output}"


def test_every_test_that_is_named_exists() -> None:
    """A row that points to a test points to one that runs."""
    named = {place for one in CLAIMS for place in one.tests}
    assert named
    missing = [place for place in named if place[1] not in functions(ROOT / place[0])]
    assert not missing


def test_every_workload_that_is_named_exists() -> None:
    """The right version of a broken sample is a workload that can be measured."""
    text = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"workloads? (?:is |are )?`(\w+)`", re.sub(r"\s+", " ", text)))
    assert {"mlp_tiny", "mlp_binary", "mlp_device", "bert_finetune", "gpt2_generate"} <= named
    assert named <= set(workloads.names())


@pytest.mark.parametrize(
    ("shown", "fresh", "same"),
    [
        ("1.0 (0.5 to 2.0) kWh", "1.1 (0.5 to 2.0) kWh", True),
        ("1.0 (0.5 to 2.0) kWh", "1.2 (0.5 to 2.0) kWh", False),
        ("1.0 kWh", "1.0 MWh", False),
        ("1,200 kg", "1200 kg", True),
        ("saves: time -81 %", "saves: time +81 %", False),
        ("8.4e+10 requests", "8.4e+09 requests", False),
    ],
)
def test_figures_that_differ_are_noticed(shown: str, fresh: str, same: bool) -> None:
    """The comparison above can fail: by number, sign, unit and word."""
    assert alike(shown, fresh) is same


# --- notation of the data contract --------------------------------------------------------------


def examples() -> list[str]:
    """Return the fenced scenarios of the contract: a whole one, then parts to add to it."""
    return [
        text for kind, text in BLOCK.findall(NOTATION.read_text(encoding="utf-8")) if kind == "yaml"
    ]


@pytest.mark.parametrize("place", range(len(examples())))
def test_every_example_of_the_notation_is_a_scenario_that_runs(place: int, tmp_path: Path) -> None:
    """Added to the first, each part is accepted whole, and every entry it names emits something."""
    whole, part = examples()[0], examples()[place]
    file = tmp_path / "example.yaml"
    file.write_text(whole + (part if place else ""), encoding="utf-8")
    scenario = lca.load(file)
    ledger = lca.evaluate(scenario, samples=16)
    named = set(scenario.model.work) | set(scenario.model.services) | set(scenario.model.fleet)
    assert named
    assert {str(row.labels[0]).split(".")[-1] for row in ledger.by("asset")} >= named


def test_the_notation_shows_every_field_of_models_and_their_work() -> None:
    """What may be written of models, services and their work is shown or named."""
    records = (
        service_models.Architecture,
        service_models.Model,
        service_models.Train,
        service_models.Answers,
        service_models.Demand,
        service_models.Transfer,
        service_models.Store,
        service_models.Cores,
        Service,
    )
    fields = {name for record in records for name in record.model_fields}
    text = NOTATION.read_text(encoding="utf-8")
    written = set(re.findall(r"(\w+):", "\n".join(examples()))) | set(re.findall(r"`(\w+)`", text))
    written |= set(re.findall(r"\bor (\w+):", text))
    assert fields <= written, fields - written
