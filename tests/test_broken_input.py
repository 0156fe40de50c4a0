"""Bad input is told whole: every mistake at once, with its place, what is accepted, and a way out.

Each file of ``tests/broken`` holds one mistake, or one group that is meant. Its first comments say
what must be told, in order: ``# expect: line:column: path: message``, with … for any text.

The mutations at the end number 300; the environment variable ``LCA_MUTATIONS`` asks for more, and
``LCA_MUTATION_SEED`` for others.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
from pathlib import Path

import pytest

import lca
from lca import document, errors
from lca.errors import HardwareError, InputError, LcaError, Problem, ScenarioError, visible
from lca.library import Library

BROKEN = Path(__file__).with_name("broken")
DATABASE = BROKEN / "database"
FIXTURES = sorted(BROKEN.glob("*.yaml"))
IN_ANY_FORM = [
    file for file in FIXTURES if not file.stem.startswith(("yaml_", "key_duplicate", "key_is"))
]
ENTRIES = sorted(DATABASE.glob("*/*.yaml"))
SHIPPED = sorted((Path(__file__).parents[1] / "scenarios").glob("*.yaml"))
EXPECT = "# expect: "

GOOD = """\
schema: 1
title: in order
functional_unit: [device year, 1 million tokens]
period: 2027-2031
indicators: [gwp100, water]
sites:
  paris: {region: FR, pue: {low: 1.1, mode: 1.2, high: 1.4}}
  oslo: {region: NO, grid_path: {decline: 3%}, contract: {kind: ppa, share: 40%, source: wind}}
fleet:
  chat:
    device: nvidia-h100-sxm5-80gb
    count: {2027: 64, 2029: 96}
    lifetime: 5 years
    site: paris
    utilization: 55% ± 10%
    power: {idle: 80 W, busy: 0.6 kW}
    serves: {throughput: 2500 token/s}
work:
  tune: {device: nvidia-h100-sxm5-80gb, device_hours: 12000 h, site: oslo, year: 2028}
assumptions:
  end_of_life: {rule: cut_off, collected: 85%}
options:
  early: {fleet.chat.lifetime: 3 years}
  north: {based_on: early, fleet.chat.site: oslo}
uncertainty: {samples: 16, seed: 7}
"""


def expected(file: Path) -> list[str]:
    """Return what a broken file says that must be told."""
    lines = file.read_text(encoding="utf-8").split("\n")
    return [line.removeprefix(EXPECT) for line in lines if line.startswith(EXPECT)]


def told(problem: Problem) -> str:
    """Return a problem as the comments of a broken file write it."""
    return f"{problem.line}:{problem.column}: {problem.path}: {problem.message}"


def matches(found: str, wanted: str) -> bool:
    """Whether a problem is the one that is expected."""
    return re.fullmatch(".*".join(map(re.escape, wanted.split("…"))), found) is not None


def refusal(source: object, **choices: object) -> InputError:
    """Return the error that loading must raise; any other exception fails the test."""
    with pytest.raises(InputError) as caught:
        lca.load(source, **choices)  # type: ignore[arg-type]
    return caught.value


def written(folder: Path, text: str | bytes) -> Path:
    """Return a scenario file with a text."""
    file = folder / "scenario.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def refusal_of(entry: Path, folder: Path) -> InputError:
    """Return why a scenario with a device of the broken database is refused."""
    text = GOOD.replace("nvidia-h100-sxm5-80gb", entry.stem, 1)
    return refusal(written(folder, text), db=(DATABASE,))


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.stem)
def test_a_broken_scenario_is_told_in_full(file: Path) -> None:
    """All of a file's mistakes, and no others, are told at once, in order, with exit code 3."""
    error = refusal(file)
    found, wanted = [told(problem) for problem in error.problems], expected(file)
    assert len(found) == len(wanted), "\n".join(found)
    assert all(map(matches, found, wanted)), "\n".join(found)
    assert error.exit_code == 3
    assert all(problem.file == str(file) for problem in error.problems)


@pytest.mark.parametrize("file", [*FIXTURES, *ENTRIES], ids=lambda file: file.stem)
def test_the_caret_stands_under_the_mistake(file: Path, tmp_path: Path) -> None:
    """A message is followed by the source line, and a caret under the very character."""
    lines = file.read_text(encoding="utf-8").split("\n")
    error = refusal(file) if file in FIXTURES else refusal_of(file, tmp_path)
    for problem in error.problems:
        *_, shown, pointer = problem.render().split("\n")
        assert problem.line is not None
        assert problem.column is not None
        assert pointer.strip() == "^"
        rest = visible(lines[problem.line - 1][problem.column - 1 :])
        assert rest.startswith(shown[pointer.index("^") :].removesuffix("…"))
        assert problem.render().startswith(f"{problem.file}:{problem.line}:{problem.column}: ")


@pytest.mark.parametrize("file", IN_ANY_FORM, ids=lambda file: file.stem)
def test_a_broken_mapping_is_told_without_places(file: Path) -> None:
    """The same contents given in Python are refused in the same words, without file and line."""
    error = refusal(document.read(file).data)
    from_file = {(problem.path, problem.message) for problem in refusal(file).problems}
    assert {(problem.path, problem.message) for problem in error.problems} == from_file
    assert {problem.line for problem in error.problems} == {None}


@pytest.mark.parametrize("file", ENTRIES, ids=lambda file: file.stem)
def test_a_broken_device_is_told_in_its_own_file(file: Path, tmp_path: Path) -> None:
    """A mistake in a user's database points into that file; a source key must be known."""
    error = refusal_of(file, tmp_path)
    found, wanted = [told(problem) for problem in error.problems], expected(file)
    assert len(found) == len(wanted), "\n".join(found)
    assert all(map(matches, found, wanted)), "\n".join(found)
    assert all(problem.file == str(file) for problem in error.problems)


def test_a_broken_device_is_told_every_time() -> None:
    """A file that was refused once is refused again: nothing half-checked is kept."""
    library = Library((DATABASE,))
    for _ in range(2):
        with pytest.raises(HardwareError, match="no source"):
            library.device("source_unknown")


def test_mistakes_of_scenario_and_database_are_told_together(tmp_path: Path) -> None:
    """A broken device does not hide what is wrong in the scenario."""
    text = GOOD.replace("nvidia-h100-sxm5-80gb", "unit_missing", 1).replace("40%", "140%")
    error = refusal(written(tmp_path, text), db=(DATABASE,))
    assert {Path(str(problem.file)).name for problem in error.problems} == {
        "scenario.yaml",
        "unit_missing.yaml",
    }


def test_a_database_folder_must_exist_and_hold_something(tmp_path: Path) -> None:
    """A folder that is not there, or has nothing of the kind, is never silently ignored."""
    scenario = written(tmp_path, GOOD)
    assert "no folder" in str(refusal(scenario, db=(tmp_path / "nowhere",)))
    assert "nothing in the folder" in str(refusal(scenario, db=(tmp_path,)))


def test_a_bibliography_is_checked(tmp_path: Path) -> None:
    """A user's sources.yaml is refused with line and column where it breaks the rules."""
    (tmp_path / "gpu").mkdir()
    (tmp_path / "sources.yaml").write_text("mine:\n  titel: My meter\n  seen: maybe\n")
    entry = (DATABASE / "gpu" / "source_unknown.yaml").read_text(encoding="utf-8")
    (tmp_path / "gpu" / "source_unknown.yaml").write_text(entry)
    text = GOOD.replace("nvidia-h100-sxm5-80gb", "source_unknown", 1)
    found = [told(p) for p in refusal(written(tmp_path, text), db=(tmp_path,)).problems]
    assert found == [
        '2:3: mine.titel: no key "titel" here; did you mean "title"?',
        '3:9: mine.seen: "maybe" is not accepted here (one of: opened, secondary, derived, assumed)',
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"# only a comment\n", "the file is empty"),
        (b"title: caf\xe9\n", "1:11: not UTF-8: byte 0xE9 at offset 10; save it as UTF-8"),
        ("title: x".encode("utf-16"), "the file is UTF-16; save it as UTF-8"),
        (b"title: \x00\n", "1:8: a NUL byte"),
        (b"just text\n", "1:1: the top level must be a mapping"),
        (b"\x89PNG\r\n\x1a\n", "1:1: not UTF-8"),
    ],
)
def test_a_file_that_is_no_yaml_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """Empty, binary or wrongly encoded files say so, and how to save them."""
    file = written(tmp_path, content)
    separator = ":" if message[0].isdigit() else ": "
    assert str(refusal(file)).startswith(f"{file}{separator}{message}")


def test_a_text_of_a_hundred_megabytes_is_refused(tmp_path: Path) -> None:
    """A huge value is refused by its size, before it is read."""
    file = written(tmp_path, b"title: " + b"x" * 100_000_000)
    assert "too large: 100.000007 MB; a document has at most 16 MB" in str(refusal(file))


def test_a_missing_file_names_its_neighbor(tmp_path: Path) -> None:
    """A file that is not there is refused, and the nearest one named."""
    written(tmp_path, GOOD)
    message = str(refusal(tmp_path / "scenarios.yaml"))
    assert message.endswith('no such file; did you mean "scenario.yaml"?')
    assert 'this is a folder, not a file; name one in it, such as "scenario.yaml"' in str(
        refusal(tmp_path)
    )


def test_every_refusal_of_input_has_exit_code_three() -> None:
    """Whatever a user wrote wrongly ends the program with code 3, factors included."""
    kinds = [InputError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    assert {errors.FactorError, errors.UnitError, ScenarioError, HardwareError} <= set(kinds)
    assert {kind.exit_code for kind in kinds} == {3}


@pytest.mark.parametrize(
    ("old", "new", "question", "answer"),
    [
        ("region: FR", "region: NO", lambda s: s.model.sites["paris"].region, "NO"),
        ("64,", "1e3,", lambda s: s.model.fleet["chat"].count["2027"], 1000),
        ("64,", "010,", lambda s: s.model.fleet["chat"].count["2027"], 10),
        ("64,", "1_000,", lambda s: s.model.fleet["chat"].count["2027"], 1000),
        ("0.6 kW", "600W", lambda s: s.model.fleet["chat"].power.busy.central, 0.6),
        ("2027-2031", "2027 to 2031", lambda s: s.years, (2027, 2028, 2029, 2030, 2031)),
        ("in order", "yes", lambda s: s.model.title, "yes"),
        ("in order", "12:30", lambda s: s.model.title, "12:30"),
        ("cut_off", "cut-off", lambda s: s.model.assumptions.end_of_life.rule, "cut_off"),
    ],
)
def test_what_looks_odd_but_is_right_loads(
    tmp_path: Path, old: str, new: str, question: object, answer: object
) -> None:
    """YAML 1.1's surprises do not happen: NO is Norway, 1e3 a number, 010 is ten."""
    scenario = lca.load(written(tmp_path, GOOD.replace(old, new, 1)))
    assert question(scenario) == answer  # type: ignore[operator]


def _mutated(text: str, chance: random.Random) -> str:
    """Return a text with a few things wrong: values, keys, lines or characters."""
    lines = text.split("\n")
    for _ in range(chance.randint(1, 3)):
        chance.choice([_spoil_value, _spoil_value, _spoil_line, _spoil_character])(lines, chance)
    return "\n".join(lines)


STRANGE = (
    *("", "null", "~", "NO", "yes", "0", "-1", "1e400", "1e300", "nan", "-inf", "1e-300", "0x1F"),
    *("12:30", "700", "700 W", "0.7 kW", "5 years", "3 kg", "140%", "-5%", "1e9", "2028", "∞"),
    *("{}", "[]", "[1, 2]", "{low: 1}", "{low: 2, high: 1}", "{value: 1}", "{2029: 3}", "{a: {}}"),
    *("1 ± 1e30", "55% ± 10", "{median: 1, gsd: 1e9}", "{p5: 1e-300, p95: 1}", "{mean: 1, sd: 9}"),
    *(
        "{samples: [1]}",
        "{values: [1, 2]}",
        "*a",
        "&a x",
        "!!int 3",
        "'",
        '"',
        "x" * 300,
        "−5",
        "0%",
    ),
    *("gwp100", "paris", "US-VA", "aws:eu-central-1", "none", "direct", "2027", "1990-2100", "US"),
)


def _spoil_value(lines: list[str], chance: random.Random) -> None:
    """Put something strange in the place of a value."""
    row = chance.randrange(len(lines))
    values = list(re.finditer(r"(?<=: )[^,{}\[\]]+", lines[row]))
    if values:
        spot = chance.choice(values)
        strange = chance.choice(STRANGE)
        lines[row] = lines[row][: spot.start()] + strange + lines[row][spot.end() :]


def _spoil_line(lines: list[str], chance: random.Random) -> None:
    """Leave a line out, write it twice, indent it, or put it elsewhere."""
    row = chance.randrange(len(lines))
    line = lines.pop(row)
    again = chance.choice([[], [line, line], ["  " + line], ["\t" + line]])
    lines[row:row] = again
    if not again:
        lines.insert(chance.randrange(len(lines) + 1), line if chance.random() < 0.5 else "")


def _spoil_character(lines: list[str], chance: random.Random) -> None:
    """Put a character in the place of another."""
    row = chance.randrange(len(lines))
    if lines[row]:
        column = chance.randrange(len(lines[row]))
        character = chance.choice("{}[]:,-#&*!|>'\"%@` \tx0.é\x07")
        lines[row] = lines[row][:column] + character + lines[row][column + 1 :]


def _is_refused(text: str, folder: Path) -> bool:
    """Load and evaluate; nothing but `InputError` and `LcaError` may escape."""
    said = None
    try:
        scenario = lca.load(written(folder, text))
    except InputError as error:
        said = error
    else:
        for option in scenario.options():
            with contextlib.suppress(LcaError):
                lca.evaluate(option, samples=0).total("gwp100")
    assert said is None or str(said)
    return said is not None


def test_mutations_are_refused_or_evaluated(tmp_path: Path) -> None:
    """Whatever is written, it is refused with problems or evaluated: nothing else happens."""
    seed = int(os.environ.get("LCA_MUTATION_SEED", "2027"))
    chance = random.Random(seed)
    outcomes = set()
    texts = [GOOD, *(file.read_text(encoding="utf-8") for file in SHIPPED)]
    for number in range(int(os.environ.get("LCA_MUTATIONS", "300"))):
        text = _mutated(chance.choice(texts), chance)
        try:
            outcomes.add(_is_refused(text, tmp_path))
        except Exception as error:
            error.add_note(f"mutation {number} of seed {seed}:\n{text}")
            raise
    assert outcomes == {True, False}
