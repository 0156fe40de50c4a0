"""The command line: what it prints where, its exit codes, and that it never shows a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest

import lca
from lca import cli
from lca.commands.compare import FIRST_YEAR, scenario_of
from lca.library import Library

ROOT = Path(__file__).parents[1]
HEAVY = ("numpy", "pint", "pydantic", "rich", "yaml", "pandas", "scipy")
H100, MI300X = "nvidia-h100-sxm5-80gb", "amd-instinct-mi300x"

SCENARIO = """\
schema: 1
title: "Test [bold]study[/bold]"
functional_unit: [EFLOP peak, device year]
period: 2027-2028
sites:
  paris: {region: FR, pue: 1.2}
fleet:
  chat: {device: nvidia-h100-sxm5-80gb, count: 8, lifetime: 5 years, site: paris, utilization: 60%}
options:
  amd: {fleet.chat.device: amd-instinct-mi300x}
uncertainty: {samples: 200, seed: 3}
"""


@dataclass(frozen=True)
class Answer:
    """What a run of the command line gave."""

    code: int
    out: str
    err: str


Run = Callable[..., Answer]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in this process, at 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")

    def answer(*words: str) -> Answer:
        code = cli.main(words)
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return answer


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    """Write a scenario file with two options."""
    file = tmp_path / "study.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    return str(file)


def process(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own, whatever terminal the tests run in."""
    outside = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM"}
    around = {key: value for key, value in os.environ.items() if key not in outside}
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**around, **environment},
    )


def commands() -> list[str]:
    """Name all commands."""
    return cli.group.list_commands(click.Context(cli.group))


# Help


def test_help_imports_nothing_heavy() -> None:
    """`lca --help` answers without loading the libraries that only evaluation needs."""
    code = (
        "import sys; from lca.cli import main; code = main(['--help']); "
        f"print('LOADED', sorted(set(sys.modules) & set({HEAVY!r})), code)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert found.stdout.splitlines()[-1] == "LOADED [] 0"
    assert "compare" in found.stdout


@pytest.mark.parametrize("name", commands())
def test_every_command_has_help_with_an_example(name: str, run: Run) -> None:
    """Each command says what it does, in a sentence, and shows a line that can be typed."""
    answer = run(name, "--help")
    assert answer.code == 0
    assert f"  lca {name} " in answer.out or f"  lca {name}\n" in answer.out
    assert "Example" in answer.out


@pytest.mark.parametrize(
    "name", ["check", "compare", "init", "list", "run", "schema", "show", "why"]
)
def test_every_command_of_the_contract_is_there(name: str) -> None:
    """The commands that the contract names are found as files of the folder."""
    assert name in commands()


@pytest.mark.parametrize("name", ["check", "compare", "init", "list", "run", "show", "why"])
def test_examples_in_help_can_be_typed(
    name: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each example of the help runs as it stands, beside a scenario called mine.yaml."""
    import shlex

    monkeypatch.chdir(tmp_path)
    if name != "init":
        (tmp_path / "mine.yaml").write_text(SCENARIO, encoding="utf-8")
    command = cli.group.get_command(click.Context(cli.group), name)
    assert command is not None
    lines = [line.strip() for line in str(command.epilog).splitlines()]
    examples = [shlex.split(line)[1:] for line in lines if line.startswith("lca ")]
    assert examples
    for words in examples:
        answer = run(*words)
        assert (answer.code, answer.err if answer.code else "") == (0, "")


def test_version_is_that_of_the_package(run: Run) -> None:
    """--version prints the name and version."""
    assert run("--version").out == f"lca {lca.__version__}\n"


# Streams and exit codes


def test_data_go_to_output_and_notes_to_error(run: Run, scenario: str) -> None:
    """A report is on standard output alone; remarks are on standard error alone."""
    answer = run("run", scenario)
    assert answer.code == 0
    assert "all stages" in answer.out
    assert "note: grid of FR" in answer.err
    assert "note:" not in answer.out


def test_quiet_prints_no_notes(run: Run, scenario: str) -> None:
    """-q leaves standard error empty when all is well."""
    assert run("run", scenario, "-q").err == ""


def test_json_is_all_there_is_on_output(run: Run, scenario: str) -> None:
    """With --json, standard output is one JSON document."""
    assert json.loads(run("run", scenario, "--json").out)["scenario"] == "study"


def test_unknown_command_is_a_usage_error_with_the_nearest_name(run: Run) -> None:
    """A mistyped command exits with 2 and names the right one."""
    answer = run("compar")
    assert answer.code == 2
    assert 'did you mean "compare"?' in answer.err
    assert answer.out == ""


def test_unknown_option_is_a_usage_error(run: Run, scenario: str) -> None:
    """A mistyped option exits with 2."""
    answer = run("run", scenario, "--sed", "1")
    assert answer.code == 2
    assert "--sed" in answer.err
    assert "--seed" in answer.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "nvidia-h100-smx"), 'nothing is called "nvidia-h100-smx"; did you mean'),
        (("run", "nowhere.yaml"), "nowhere.yaml: no such file"),
        (("compare", H100, "nvidia-h201"), 'no device "nvidia-h201"; did you mean'),
        (("compare", H100, "aws-p5.48xlarge"), "cloud instance of 8 nvidia-h100-sxm5-80gb"),
        (("compare", H100, "hgx-8-gpu"), '"hgx-8-gpu" is a server, not an accelerator'),
        (
            ("compare", H100, MI300X, "--region", "Germny"),
            '--region: no region "Germny"; did you mean',
        ),
        (("compare", H100, MI300X, "--utilization", "160%"), '--utilization: "160%" is more than'),
        (("compare", H100, MI300X, "--lifetime", "6"), '--lifetime: "6" has no unit'),
        (("compare", H100, MI300X, "--per", "apple"), '"apple" is not a functional unit'),
        (("init", "procuremnt"), 'did you mean "procurement"?'),
        (("schema", "resul"), 'did you mean "result"?'),
    ],
)
def test_what_a_user_got_wrong_exits_with_3(words: tuple[str, ...], said: str, run: Run) -> None:
    """Wrong input is told in a sentence that names a way out; nothing is printed as data."""
    answer = run(*words)
    assert answer.code == 3
    assert said in answer.err
    assert answer.out == ""
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("command", ["run", "project", "sensitivity", "levers"])
def test_a_scenario_of_questions_alone_adds_up_to_nothing(
    command: str, run: Run, tmp_path: Path
) -> None:
    """Nothing is not zero: what can be asked of such a scenario is told."""
    job = "{power: 10 kW, duration: 5 h, release: 10 h, slack: 30 h}"
    text = f"schema: 1\nperiod: 2027\nsites: {{p: {{region: DE}}}}\noptimize: {{schedule: {{site: p, series: [de_2019], jobs: {{j: {job}}}}}}}\n"
    file = tmp_path / "asks.yaml"
    file.write_text(text, encoding="utf-8")
    answer = run(command, str(file))
    assert answer.code == 3
    assert "what it asks is answered by lca optimize" in answer.err


def test_a_conflict_of_a_question_is_told_with_its_line(run: Run, tmp_path: Path) -> None:
    """What is found while solving stands in the file too, with a caret under it."""
    text = (ROOT / "scenarios" / "power_cap_h100.yaml").read_text(encoding="utf-8")
    file = tmp_path / "asks.yaml"
    file.write_text(text.replace("optimize:", "optimize:\n  objective: cost", 1), encoding="utf-8")
    answer = run("optimize", "power-cap", str(file), "--samples", "8")
    assert answer.code == 3
    line = 1 + text.split("\n").index("optimize:") + 1
    assert answer.err.startswith(f"{file}:{line}:14: optimize.objective: cost is not known")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("compare", H100), "compare needs two or more devices"),
        (("compare", H100, H100), "twice"),
        (("compare", "study.yaml", H100), "not both"),
        (("compare", "study.yaml", "--years", "3"), "--years: a scenario file says this itself"),
        (("list", "gpus"), "gpus"),
        (("run", "study.yaml", "--set", "nonsense"), '"nonsense" is not PATH=VALUE'),
        (("run", "study.yaml", "--samples", "-1"), "--samples"),
    ],
)
def test_wrong_usage_exits_with_2(
    words: tuple[str, ...], said: str, run: Run, scenario: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the command line itself refuses exits with 2."""
    monkeypatch.chdir(Path(scenario).parent)
    answer = run(*words)
    assert answer.code == 2
    assert said in answer.err


def test_check_tells_all_mistakes_at_once_with_a_caret(run: Run, tmp_path: Path) -> None:
    """Every mistake of a file has its line, its path, the nearest name and a caret below it."""
    file = tmp_path / "wrong.yaml"
    file.write_text(SCENARIO.replace("sxm5-80gb,", "smx,").replace("5 years", "5 kg"), "utf-8")
    answer = run("check", str(file))
    assert answer.code == 3
    assert f"{file}:8:" in answer.err
    assert answer.err.count("^") == 2
    assert "fleet.chat.lifetime" in answer.err
    assert 'did you mean "nvidia-h100-sxm5-80gb"?' in answer.err


def test_check_says_ok_in_one_line(run: Run, scenario: str) -> None:
    """A sound scenario gets one line with its options."""
    answer = run("check", scenario)
    assert answer.code == 0
    assert answer.out == f"{scenario}: ok (1 fleet, 0 work, 2027-2028, options: base, amd)\n"


def test_a_crossed_limit_exits_with_4_after_the_report(run: Run, scenario: str) -> None:
    """--fail-if prints the report, says which option crossed, and exits with 4."""
    answer = run("run", scenario, "--fail-if", "gwp100 > 1 kgCO2e")
    assert answer.code == 4
    assert "all stages" in answer.out
    assert "base: gwp100 is" in answer.err
    assert "amd: gwp100 is" in answer.err


def test_a_limit_that_holds_exits_with_0(run: Run, scenario: str) -> None:
    """A limit far above the result changes nothing."""
    assert run("run", scenario, "--fail-if", "gwp100 > 1 MtCO2e").code == 0


def test_a_limit_on_what_is_not_computed_fails(run: Run, scenario: str) -> None:
    """A limit on an indicator that the scenario does not ask for cannot pass in silence."""
    answer = run("run", scenario, "--fail-if", "water > 1000 m3")
    assert answer.code == 4
    assert "water is not computed" in answer.err


@pytest.mark.parametrize("limit", ["gwp100", "gwp100 > 3 kWh", "gwp > 3 kgCO2e"])
def test_a_limit_that_cannot_be_read_is_refused_before_anything_is_printed(
    limit: str, run: Run, scenario: str
) -> None:
    """A mistyped limit is wrong input, told before the evaluation."""
    answer = run("run", scenario, "--fail-if", limit)
    assert (answer.code, answer.out) == (3, "")


def test_a_bug_is_one_line_and_a_traceback_only_if_asked(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nobody foresaw exits with 1 in one line; -v shows where."""

    def broken(_self: Library, _kind: str) -> Any:
        msg = "unforeseen"
        raise RuntimeError(msg)

    monkeypatch.setattr(Library, "entries", broken)
    answer = run("list", "gpu")
    assert answer.code == 1
    assert answer.err.count("\n") == 1
    assert "RuntimeError: unforeseen (this is a bug; run with -v" in answer.err
    assert "Traceback" in run("list", "gpu", "-v").err


def test_an_interrupt_exits_with_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control-C ends with the shell's own code, and no traceback."""

    def stopped(_self: Library, _kind: str) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(Library, "entries", stopped)
    answer = run("list", "gpu")
    assert answer.code == 130
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("words", [("--json",), ()])
def test_a_closed_pipe_is_quiet(words: tuple[str, ...]) -> None:
    """A reader that has left, as in `lca list gpu | true`, causes no complaint and the shell's code."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        found = subprocess.run(
            [sys.executable, str(ROOT / "cli.py"), "list", "tpu", *words],
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
            cwd=ROOT,
        )
    assert (found.returncode, found.stderr) == (141, b"")


def test_a_checkout_runs_without_being_installed(tmp_path: Path) -> None:
    """`python cli.py` does the same as the installed command, from any folder."""
    found = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), "check", str(ROOT / "scenarios/procurement.yaml")],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert ": ok (" in found.stdout


# Terminal


def test_no_color_is_respected(scenario: str) -> None:
    """With NO_COLOR not one escape sequence is written, even to a terminal that has color."""
    colored = process("run", scenario, FORCE_COLOR="1")
    plain = process("run", scenario, FORCE_COLOR="1", NO_COLOR="1")
    assert "\x1b[32m" in colored.stdout or "\x1b[1;32m" in colored.stdout
    assert "\x1b[32m" not in plain.stdout
    assert "\x1b[1;32m" not in plain.stdout


def test_output_to_a_pipe_has_no_escapes(scenario: str) -> None:
    """A report that is not printed to a terminal is plain text."""
    assert "\x1b" not in process("run", scenario).stdout


@pytest.mark.parametrize("words", [("run",), ("compare",)])
def test_reports_fit_80_columns(words: tuple[str, ...], run: Run, scenario: str) -> None:
    """No line of a report is longer than the terminal."""
    lines = run(*words, scenario).out.splitlines()
    assert max(map(len, lines)) <= 80


def test_markup_in_a_title_is_printed_as_it_stands(run: Run, scenario: str) -> None:
    """Square brackets in a user's text are text."""
    assert run("run", scenario).out.splitlines()[0] == "Test [bold]study[/bold]"


# Commands


def test_list_json_names_every_entry_of_the_kind(run: Run) -> None:
    """`lca list gpu --json` has one record for each file of the folder."""
    found = json.loads(run("list", "gpu", "--json").out)
    assert [record["id"] for record in found] == Library().ids("gpu")
    assert {record["kind"] for record in found} == {"gpu"}


@pytest.mark.parametrize(
    ("kind", "member"),
    [("sources", "nvidia-hgx-h100-pcf"), ("regions", "DE"), ("templates", "procurement")],
)
def test_list_knows_more_than_hardware(kind: str, member: str, run: Run) -> None:
    """Sources, regions and templates are listed like devices, by plural or singular."""
    found = json.loads(run("list", kind, "--json").out)
    assert member in [record["id"] for record in found]
    assert run("list", kind).out == run("list", kind.removesuffix("s")).out


def test_list_finds_the_devices_of_a_users_folder(run: Run, tmp_path: Path) -> None:
    """A device file in a folder given with --db is listed beside the packaged ones."""
    text = (ROOT / f"hardware_db/gpu/{H100}.yaml").read_text("utf-8")
    (tmp_path / "gpu").mkdir()
    (tmp_path / "gpu/my-card.yaml").write_text(text.replace(f"id: {H100}", "id: my-card"), "utf-8")
    found = json.loads(run("list", "gpu", "--json", "--db", str(tmp_path)).out)
    assert "my-card" in [record["id"] for record in found]


def test_show_puts_all_models_side_by_side_or_says_why_not(run: Run) -> None:
    """Every embodied model stands in the page of a device: a figure with interval, or a reason."""
    found = json.loads(run("show", "google-tpu-v6e-trillium", "--json").out)["embodied"]
    assert set(found) == {"vendor", "calibrated", "wafer", "act", "boavizta"}
    assert found["vendor"]["total"]["central"] == pytest.approx(323)
    assert found["vendor"]["boundary"] == "card"
    assert not found["calibrated"]["applies"]
    assert "die area" in found["calibrated"]["reason"]


def test_show_gives_every_value_its_source(run: Run) -> None:
    """No value of a device stands without the source it was taken from."""
    found = json.loads(run("show", H100, "--json").out)
    assert all(row["source"] for row in found["values"])
    tdp = next(row for row in found["values"] if row["path"] == "power.tdp")
    assert (tdp["value"], tdp["unit"]) == (pytest.approx(0.7), "kW")


def test_show_labels_the_estimates_of_others(run: Run) -> None:
    """Figures of other tools are shown under a heading that says they are not used."""
    assert "Estimates of other tools and studies: shown, never used" in run("show", H100).out


def test_show_prints_a_host_a_source_and_a_region(run: Run) -> None:
    """An id may be of any kind."""
    assert "chassis" in run("show", "hgx-8-gpu").out
    assert "ISO 14067" in run("show", "nvidia-hgx-h100-pcf").out
    assert "329.65 gCO2e/kWh" in run("show", "DE").out


def test_init_writes_the_packaged_scenario_as_it_stands(run: Run, tmp_path: Path) -> None:
    """The copy is the template byte for byte, and sound."""
    target = tmp_path / "mine.yaml"
    assert run("init", "procurement", "-o", str(target)).code == 0
    assert target.read_text("utf-8") == (ROOT / "scenarios/procurement.yaml").read_text("utf-8")
    assert run("check", str(target)).code == 0


@pytest.mark.parametrize(
    "name", ["procurement", "inference", "bloom", "keep-or-replace", "cloud", "workstation"]
)
def test_init_knows_the_templates_by_their_short_names(name: str, run: Run, tmp_path: Path) -> None:
    """A template is found by a part of its name that only it has."""
    assert run("init", name, "-o", str(tmp_path / "x.yaml")).code == 0


def test_init_overwrites_only_if_forced(run: Run, tmp_path: Path) -> None:
    """A file that exists is kept, unless --force is given."""
    target = tmp_path / "mine.yaml"
    target.write_text("precious", encoding="utf-8")
    answer = run("init", "procurement", "-o", str(target))
    assert answer.code == 3
    assert "--force" in answer.err
    assert target.read_text("utf-8") == "precious"
    assert run("init", "procurement", "-o", str(target), "--force").code == 0


def test_set_changes_one_value(run: Run, scenario: str) -> None:
    """--set takes a path and a value as it could stand in the file."""
    whole = json.loads(run("run", scenario, "--json").out)
    half = json.loads(run("run", scenario, "--set", "fleet.chat.count=4", "--json").out)
    total = whole["options"][0]["total"]["gwp100"]["location"]["median"]
    assert half["options"][0]["total"]["gwp100"]["location"]["median"] == pytest.approx(total / 2)


def test_by_groups_add_up_to_the_total(run: Run, scenario: str) -> None:
    """The means of the groups of an option, indicator and account add up to its total."""
    found = json.loads(run("run", scenario, "--by", "stage,year", "--json").out)
    rows = [
        row["mean"]
        for row in found["groups"]["rows"]
        if (row["option"], row["indicator"], row["basis"]) == ("amd", "gwp100", "market")
    ]
    assert len(rows) == 8
    assert sum(rows) == pytest.approx(found["options"][1]["total"]["gwp100"]["market"]["mean"])


def test_by_an_unknown_label_is_refused(run: Run, scenario: str) -> None:
    """A label that lines do not have is told, with those that they have."""
    answer = run("run", scenario, "--by", "stages")
    assert answer.code == 3
    assert 'did you mean "stage"?' in answer.err


def test_output_files_have_the_format_of_their_names(
    run: Run, scenario: str, tmp_path: Path
) -> None:
    """-o may be given several times; each file is written in its own format."""
    files = [str(tmp_path / name) for name in ("r.json", "r.csv", "r.md")]
    answer = run("compare", scenario, *(word for file in files for word in ("-o", file)))
    assert answer.code == 0
    assert json.loads(Path(files[0]).read_text("utf-8"))["comparison"]["order"]
    assert Path(files[1]).read_text("utf-8").startswith("option,asset,component,stage")
    assert Path(files[2]).read_text("utf-8").startswith("# Test \\[bold\\]")


def test_an_unknown_format_is_refused_before_anything_is_computed(run: Run, scenario: str) -> None:
    """A report format that does not exist is told at once, with those that do."""
    answer = run("run", scenario, "-o", "report.doc")
    assert (answer.code, answer.out) == (3, "")
    assert ".md" in answer.err


def test_why_shows_lines_formulas_inputs_and_sources(run: Run, scenario: str) -> None:
    """The answer to why names the formula of the largest line and cites what it rests on."""
    answer = run(
        "why", scenario, "--stage", "manufacture", "--component", "accelerator", "--most", "1"
    )
    assert answer.code == 0
    assert "formulas.calibrated.memory_footprint" in answer.out
    assert "nvidia-hgx-h100-pcf: NVIDIA" in answer.out


def test_why_explains_the_whole_of_what_it_was_asked(run: Run, scenario: str) -> None:
    """With all lines shown, the lines of an explanation add up to its total."""
    found = json.loads(run("why", scenario, "--most", "999", "--json").out)
    assert found["left_out"] == 0
    means = [line["total"]["mean"] for line in found["lines"]]
    assert sum(means) == pytest.approx(found["total"]["mean"])


def test_why_names_the_labels_there_are(run: Run, scenario: str) -> None:
    """A label that no line has is refused with the nearest."""
    answer = run("why", scenario, "--stage", "manufactur")
    assert answer.code == 3
    assert 'did you mean "manufacture"?' in answer.err


def test_compare_of_devices_is_the_scenario_a_user_could_write() -> None:
    """Bare ids become a scenario with one fleet, the first id as written, the others as options."""
    asked = {
        "region": "FR", "years": 4, "first_year": FIRST_YEAR, "utilization": None, "count": 8,
        "lifetime": None, "pue": None, "per": (), "indicators": "gwp100,water",
    }  # fmt: skip
    found = scenario_of((H100, MI300X), asked, Library())
    assert found["period"] == "2026-2029"
    assert found["fleet"]["compared"]["lifetime"] == "4 years"
    assert found["base_name"] == H100
    assert found["options"] == {MI300X: {"fleet.compared.device": MI300X}}
    assert found["indicators"] == ["gwp100", "water"]
    assert found["functional_unit"] == ["EFLOP peak", "device year"]
    assert "pue" not in found["sites"]["site"]
    assert lca.load(found).model.fleet["compared"].count == {"first": 8}


def test_compare_by_device_year_where_a_peak_is_unknown() -> None:
    """Devices without a published peak are compared per device year, never per unknown work."""
    asked = {
        "region": "FR", "years": 4, "first_year": FIRST_YEAR, "utilization": None, "count": 8,
        "lifetime": None, "pue": None, "per": (), "indicators": "gwp100",
    }  # fmt: skip
    assert scenario_of((H100, "nvidia-a10"), asked, Library())["functional_unit"] == ["device year"]


def test_compare_takes_several_scenario_files(run: Run, scenario: str, tmp_path: Path) -> None:
    """Two files are compared as they are written, under their own names."""
    other = tmp_path / "north.yaml"
    other.write_text(SCENARIO.replace("region: FR", "region: PL"), encoding="utf-8")
    found = json.loads(run("compare", scenario, str(other), "--json").out)
    assert found["comparison"]["order"] == ["study", "north"]


def test_seed_and_samples_are_those_asked_for(run: Run, scenario: str) -> None:
    """The result states the draws it was computed with."""
    found = json.loads(run("run", scenario, "--samples", "64", "--seed", "9", "--json").out)
    assert (found["samples"], found["seed"]) == (64, 9)


def test_no_samples_give_the_central_estimate(run: Run, scenario: str) -> None:
    """--samples 0 evaluates every input at its central value, by the same path."""
    found = json.loads(run("compare", scenario, "--samples", "0", "--json").out)
    total = found["options"][0]["total"]["gwp100"]["location"]
    assert total["central"] == total["median"] == total["p5"] == total["p95"]


def test_completion_offers_ids() -> None:
    """The shell's completion knows the devices of the database."""
    found = process(
        _LCA_COMPLETE="bash_complete", COMP_WORDS="lca show nvidia-h100-sx", COMP_CWORD="2"
    )
    assert H100 in found.stdout
