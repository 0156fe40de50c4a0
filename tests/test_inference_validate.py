"""``lca validate``: what it scores, what it prints, what it refuses; the bars on rows left out."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lca.cli import main
from lca.workloads.measured_rows import language_rows, packaged
from lca.workloads.scoring import folds, score
from lca.workloads.scoring_held_out import held_out

BARS = {"median_absolute_error": 0.17, "p90_fold_error": 1.6}
ROWS = [row for row in packaged() if row["row_id"] in {"v3-0000", "v3-0915", "v3-1476", "v2-2331"}]


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    """Write rows as a csv file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def changed(**cells: str) -> list[dict[str, str]]:
    """Return the rows, the first with other cells."""
    rows = [dict(row) for row in ROWS]
    rows[0] |= cells
    return rows


def refusal(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Run the command on a file that it refuses, and return what it says."""
    assert main(["validate", str(path)]) == 3
    return " ".join(capsys.readouterr().err.split())


@pytest.fixture(scope="module")
def families() -> dict[str, Any]:
    """Scores of the packaged rows, whole families left out."""
    return held_out("families")


def test_language_models_meet_the_bars_on_families_left_out(families: dict[str, Any]) -> None:
    """Median error, 90th-percentile fold and coverage hold for models of families never seen."""
    text = families["summary"]["text"]
    assert text["rows"] == 500
    assert text["median_absolute_error"] <= BARS["median_absolute_error"]
    assert text["p90_fold_error"] <= BARS["p90_fold_error"]
    assert 0.85 <= text["coverage_90"] <= 0.95


def test_the_page_states_what_the_command_finds(families: dict[str, Any]) -> None:
    """The figures of the documentation are those of this version, to their last digit."""
    page = Path(__file__).parents[1] / "docs" / "inference-model.md"
    text = families["summary"]["text"]
    error, fold = 100 * text["median_absolute_error"], text["p90_fold_error"]
    near = 100 * text["within_1_5x"]
    stated = f"| families, text | 500 | {error:.1f} % | {near:.0f} % | {fold:.2f} |"
    assert stated in page.read_text(encoding="utf-8")


def test_other_modalities_are_covered_by_their_intervals(families: dict[str, Any]) -> None:
    """Where the error is larger the interval is wider: at least 85 % of the rows lie inside."""
    others = {name: found for name, found in families["summary"].items() if name != "text"}
    assert set(others) == {"image+text", "video+text", "image", "video"}
    assert all(found["coverage_90"] >= 0.85 for found in others.values())


def test_published_formula_misses_by_several_times_more(families: dict[str, Any]) -> None:
    """On the same text rows the formula of EcoLogits errs more than twice as much."""
    rows = language_rows()
    text = rows.conditions.modality == "text"
    asked = rows.conditions.take(text)
    measured = rows.energy_per_token[text]
    theirs = ecologits(asked.active_parameters, asked.total_parameters, np.full(len(asked), 64.0))
    error = np.median(np.abs(theirs / measured - 1))
    assert error > 2 * families["summary"]["text"]["median_absolute_error"]


def ecologits(active: Any, total: Any, batch: Any) -> Any:
    """Return accelerator energy per output token (kWh) by the EcoLogits 0.9.1 formula.

    Wh per token and device as a fit to H100 rows, times devices for 16-bit weights and a fifth more.
    """
    billions = 1e9
    alone = 1.1665e-6 * np.exp(-0.011206 * batch) * active / billions + 4.0529e-5
    needed = np.ceil(1.2 * total / billions * 16 / 8 / 80)
    return alone * 2 ** np.ceil(np.log2(needed)) / 1000


def test_folds_leave_out_whole_families() -> None:
    """No model of a family that is left out remains among those that are fitted."""
    rows = language_rows()
    held = folds(rows, "families")
    assert sum(out.sum() for out in held) == len(rows)
    for out in held:
        assert not set(rows.conditions.model[out]) & set(rows.conditions.model[~out])


def test_score_of_known_errors() -> None:
    """The four numbers are what their names say."""
    measured = np.full(10, 10.0)
    predicted = np.array([10.0] * 5 + [12.0] * 3 + [20.0, 5.0])
    found = score(measured, predicted / 1.5, predicted, predicted * 1.5)
    assert found.rows == 10
    assert found.median_absolute_error == pytest.approx(0.1)
    assert found.within_1_5x == pytest.approx(0.8)
    assert found.p90_fold_error == pytest.approx(2.0)
    assert found.coverage_90 == pytest.approx(0.8)


def test_json_holds_summary_and_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON has a summary for each modality and every row with its interval and basis."""
    path = write(tmp_path / "rows.csv", changed())
    assert main(["validate", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found["summary"]) == {"text", "image+text", "image", "video"}
    assert [row["row_id"] for row in found["rows"]] == [row["row_id"] for row in ROWS]
    for row, written in zip(found["rows"], ROWS, strict=True):
        assert row["measured"] == float(written["energy_j_per_unit"])
        assert row["p5"] < row["p50"] < row["p95"]
        assert "measured rows of this AI model" in row["basis"]


def test_table_says_what_each_bar_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each bar stands beside what was reached, within eighty columns."""
    path = write(tmp_path / "rows.csv", changed())
    assert main(["validate", str(path)]) == 0
    text = capsys.readouterr().out
    assert "4 rows were fitted" in text
    assert "bar at most 17%" in text
    assert "bar at most 1.6" in text
    assert "bar 85% to 95%" in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_names_that_are_missing_widen_the_answer(tmp_path: Path) -> None:
    """A file without names of models, tasks and software is scored, with wider intervals."""
    from lca.workloads.scoring_file import score_file

    bare = changed()[:1]
    for column in ("model_id", "task", "benchmark_version"):
        bare[0][column] = ""
    known = score_file(write(tmp_path / "a.csv", changed()[:1]))["rows"][0]
    unknown = score_file(write(tmp_path / "b.csv", bare))["rows"][0]
    assert unknown["p95"] / unknown["p5"] > known["p95"] / known["p5"]
    assert math.isfinite(unknown["p50"])


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"gpu_model": "H10"}, ':2: gpu_model: no device "H10"; did you mean "H100"'),
        ({"avg_batch": "many"}, ':2: avg_batch: "many" is not a number'),
        ({"avg_batch": ""}, ":2: avg_batch: empty"),
        ({"energy_j_per_unit": "0"}, ":2: energy_j_per_unit: 0 is not above zero"),
        (
            {"energy_j_per_unit": "1e300"},
            ":2: energy_j_per_unit: 1e300 is beyond what can be scored",
        ),
        ({"weight_precision": "fp9"}, 'did you mean "fp8"'),
        ({"modality": "txt"}, 'did you mean "text"'),
        ({"unit": "tokens"}, ':2: unit: no unit "tokens"'),
        ({"active_params_b": "900"}, "900 are active of"),
    ],
)
def test_bad_cell_is_refused_with_its_line(
    cells: dict[str, str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cell that means nothing is named with file, line, column and what is accepted."""
    assert message in refusal(write(tmp_path / "rows.csv", changed(**cells)), capsys)


def test_missing_columns_are_all_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each missing column is named with the nearest heading."""
    rows = changed()
    for row in rows:
        row["gpu_modell"] = row.pop("gpu_model")
        del row["avg_batch"]
    said = refusal(write(tmp_path / "rows.csv", rows), capsys)
    assert 'no column "gpu_model"; did you mean "gpu_modell"' in said
    assert 'no column "avg_batch"' in said


@pytest.mark.parametrize(
    ("content", "message"),
    [("", "is empty"), ("row_id,unit\n", "no column"), (None, "no rows below the heading")],
)
def test_empty_file_is_refused(
    content: str | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file with nothing to score is refused, not scored as perfect."""
    path = tmp_path / "rows.csv"
    path.write_text(",".join(ROWS[0]) + "\n" if content is None else content, encoding="utf-8")
    assert message in refusal(path, capsys)


def test_other_suffix_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not a table is refused by its name."""
    path = tmp_path / "rows.txt"
    path.write_text("x", encoding="utf-8")
    assert "ends in .csv" in refusal(path, capsys)


def test_missing_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that does not exist is named."""
    assert "cannot be read" in refusal(tmp_path / "none.csv", capsys)


def test_neither_file_nor_fold_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a file the command says what it can be given."""
    assert main(["validate"]) == 2
    assert "--held-out families" in capsys.readouterr().err
