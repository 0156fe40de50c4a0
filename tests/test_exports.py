"""Exports: each passes its scheme's schema and rules, keeps its units, and invents nothing."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from pathlib import Path

import pytest
import yaml
from export_cases import (
    CHECKS,
    EXPORTED,
    META,
    SCENARIOS,
    SCHEMAS,
    base,
    boamps_errors,
    built,
    make_case,
    own_errors,
    with_meta,
)

import lca
from lca import cli, exports
from lca.errors import InputError
from lca.exports import boamps, eu_gpai, openlca, sci, sci_ai, scoring
from lca.exports import meta as facts
from lca.exports.case import Case
from lca.exports.training import training_entries, training_flop
from lca.scenario.functional_unit import parse


def test_every_format_is_tested() -> None:
    """A format in the folder has a scenario and a schema here."""
    assert set(exports.exports()) == set(EXPORTED) == set(CHECKS)


@pytest.mark.parametrize("name", EXPORTED)
def test_export_passes_its_schema(name: str) -> None:
    """The document of each format has no fault by its schema."""
    assert CHECKS[name](built(name)) == []


@pytest.mark.parametrize("name", EXPORTED)
def test_export_keeps_its_own_rules(name: str) -> None:
    """The document of each format has no fault by the rules that no schema holds."""
    assert exports.find(name).problems(built(name)) == []


@pytest.mark.parametrize("name", EXPORTED)
def test_equal_inputs_give_equal_bytes(name: str) -> None:
    """A case exported twice gives the same file, ids included."""
    case = base(EXPORTED[name])
    assert exports.export(name, case) == exports.export(name, case)


@pytest.mark.parametrize("name", EXPORTED)
def test_every_format_has_a_suffix_and_a_note(name: str) -> None:
    """A format names its file's suffix and says what its reader must know."""
    chosen = exports.find(name)
    assert chosen.suffix.startswith(".")
    assert chosen.note.endswith(".")


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("pact", ["company_name", "product_ids", "fossil_carbon_content", "primary_data_share"]),
        ("catena-x", ["company_ids", "validity_period_end", "pcf_type"]),
        ("boamps", ["task_family", "dataset_type", "infrastructure", "component_count"]),
        ("sci", ["application", "boundary", "functional_unit_reason"]),
        ("sci-ai", ["provider_unit", "training_runs", "provider_amount_basis"]),
        ("eu-gpai", ["model_name", "training_runs"]),
    ],
)
def test_what_only_the_author_knows_is_asked_for_at_once(name: str, keys: list[str]) -> None:
    """Nothing is invented: one refusal names every missing field."""
    case = with_meta(base(EXPORTED[name]), **dict.fromkeys(keys))
    with pytest.raises(InputError) as refusal:
        exports.export(name, case)
    assert all(f"  {key}: " in str(refusal.value) for key in keys)


def test_model_card_is_in_grams() -> None:
    """The block of a model card counts training in grams, a thousand times the kilograms."""
    case = base("training_bloom")
    training = [x for x in case.ledger.lines if x.phase == "training"]
    kilograms = case.total(lambda line: line in training).central
    block = yaml.safe_load(exports.export("hf", case))["co2_eq_emissions"]
    assert block["emissions"] == pytest.approx(kilograms * 1000, rel=1e-9)
    assert block["geographical_location"] == "France (FR)"
    assert "not counted" in block["source"]


def test_model_card_needs_training() -> None:
    """A scenario without training has no model card."""
    with pytest.raises(InputError, match="no work entry with phase: training"):
        exports.export("hf", base("chat_service"))


@pytest.mark.parametrize("name", ["hf", "eu-gpai"])
def test_capacity_is_not_training(name: str) -> None:
    """A cluster bought for training is no model's training: its whole life is not put on a model card."""
    with pytest.raises(InputError, match="a fleet is capacity"):
        exports.export(name, base("procurement"))


def test_sci_score_is_the_result_per_unit_in_grams() -> None:
    """SCI per functional unit is what the result says, in grams, operation as E × I."""
    case, document = base("chat_service"), built("sci")
    unit = case.ledger.functional_units[0]
    expected = case.option["per_unit"]["gwp100"]["location"]["central"] * 1000
    assert document["functional_unit"] == unit
    assert document["score_gCO2e"] == pytest.approx(expected, rel=1e-9)
    energy = case.option["energy"]["facility_energy"]["central"]
    assert document["E_kWh"] == pytest.approx(energy / document["delivered"], rel=1e-9)


@pytest.mark.parametrize("name", EXPORTED)
def test_every_export_refuses_the_market_based_account(name: str) -> None:
    """No certificates reach an export: the market-based account is refused with the reason, not ignored."""
    case = base(EXPORTED[name])
    asked = Case(case.scenario, case.ledger, case.result, case.meta, "market")
    with pytest.raises(InputError, match="location-based electricity alone"):
        exports.export(name, asked)


def test_sci_refuses_a_market_based_grid_factor() -> None:
    """A grid factor that its own source calls a residual mix is refused, with its place."""
    text = yaml.safe_load((SCENARIOS / "training_bloom.yaml").read_text(encoding="utf-8"))
    text["sites"]["jean-zay"]["grid"]["source"] = "AIB residual mix 2024"
    with pytest.raises(InputError, match=r"sites\.jean-zay\.grid comes from .*market-based"):
        exports.export("sci", make_case(lca.load(text)))


def test_sci_leaves_contracts_out_and_says_so() -> None:
    """A contract of the scenario changes nothing of the score, and is named as left out."""
    text = yaml.safe_load((SCENARIOS / "training_bloom.yaml").read_text(encoding="utf-8"))
    plain = sci.build(make_case(lca.load(text)))
    text["sites"]["jean-zay"]["contract"] = {
        "kind": "ppa",
        "share": 1,
        "source": "wind",
        "residual": "60 gCO2e/kWh",
    }
    contracted = sci.build(make_case(lca.load(text)))
    assert contracted["score_gCO2e"] == plain["score_gCO2e"]
    assert contracted["electricity"]["left_out"] == [
        "the contract of site jean-zay belongs to the market-based account and is left out"
    ]


def test_sci_rules_find_a_score_that_is_no_sum() -> None:
    """A score in kilograms, or a component changed behind it, is found."""
    document = copy.deepcopy(built("sci"))
    document["score_gCO2e"] /= 1000
    told = "\n".join(sci.problems(document))
    assert "E × I + M" in told
    assert "a factor 1e-3 off (grams and kilograms mixed up?)" in told


def test_published_slip_sci_for_ai_tokens() -> None:
    """130 kg for a billion tokens is 130 g per million, not the 0.13 g that was printed."""
    million = parse("1 million tokens").amount
    assert scoring.per_amount(130_000.0, 1e9, million, 130.0) == []
    (told,) = scoring.per_amount(130_000.0, 1e9, million, 0.13)
    assert "130" in told
    assert "1e-3 off (grams and kilograms mixed up?)" in told


def test_published_slip_sci_for_ai_parameters() -> None:
    """Inputs that give 30 kg per billion parameters do not give the 3000 that was printed."""
    (told,) = scoring.differs("kg per billion parameters", 30.0, 3000.0)
    assert "a factor 1e+2 off" in told


def test_sci_for_ai_scores_both_personas_apart() -> None:
    """The phases of a program are split between provider and consumer, and no line counts twice."""
    case = make_case(lca.load(SCENARIOS / "training_program.yaml"), provider_unit="training token")
    document = sci_ai.build(case)
    assert own_errors("sci_ai")(document) == []
    assert sci_ai.problems(document) == []
    sums = [document[persona]["total_gCO2e"] for persona in ("consumer", "provider")]
    whole = case.option["total"]["gwp100"]["location"]["central"] * 1000
    credit = case.total(lambda line: line.stage == "recovery_credit").central * 1000
    assert sum(sums) == pytest.approx(whole - credit, rel=1e-9)


def test_sci_for_ai_says_what_it_cannot_score() -> None:
    """A scenario without inference has no consumer score: null with the reason, never 0."""
    consumer = built("sci-ai")["consumer"]
    assert consumer == {"score_gCO2e": None, "reason": "the scenario holds no inference"}


def test_boamps_energy_is_in_kilowatt_hours() -> None:
    """BoAmps holds the IT energy of one task in kWh, as published for BLOOM: 433,196 kWh."""
    (measure,) = built("boamps")["measures"]
    assert measure["powerConsumption"] == pytest.approx(433196, rel=1e-12)
    assert "not measured" not in measure["measurementMethod"]
    assert "quality" not in built("boamps")


def test_boamps_finds_joules() -> None:
    """Energy in joules, or time in hours, cannot be: the power per component tells."""
    document = copy.deepcopy(built("boamps"))
    document["measures"][0]["measurementDuration"] = 117 * 24.0
    assert "cannot be" in boamps.problems(document)[0]


def test_boamps_asks_which_entry() -> None:
    """Where several tasks could be meant, they are named."""
    with pytest.raises(InputError, match="one of: training, idle"):
        exports.export("boamps", with_meta(base("training_bloom"), entry=None))


RECORD = """\
schema: 1
workload: text/example
work: {amount: 1000, unit: token}
duration: 60 s
started: "2026-05-01T10:00:00"
devices:
  - {id: gpu-0, name: NVIDIA H100, energy: 36 kJ, low: 35 kJ, high: 37 kJ, method: nvml counter}
quality: measured
"""


def test_boamps_of_a_workload_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A record is exported by itself: energy in kWh, seconds, meters, and its interval as quality."""
    (tmp_path / "record.yaml").write_text(RECORD, encoding="utf-8")
    meta = tmp_path / "meta.yaml"
    meta.write_text(
        "{task_family: chat, task_stage: inference, algorithm: llm, dataset_type: token, "
        "dataset_use: output, infrastructure: onPremise, country: France}\n",
        encoding="utf-8",
    )
    code = cli.main(["export", "boamps", str(tmp_path / "record.yaml"), "--meta", str(meta)])
    document = json.loads(capsys.readouterr().out)
    assert code == 0
    assert boamps_errors(document) == []
    (measure,) = document["measures"]
    assert measure["powerConsumption"] == pytest.approx(0.01)
    assert measure["measurementDuration"] == pytest.approx(60)
    assert measure["measurementMethod"].endswith("nvml counter")
    assert document["quality"] == "high"


def test_training_sheet_derives_time_and_keeps_units() -> None:
    """Energy is in MWh, time follows from device-hours over devices, compute is as given."""
    sheet = built("eu-gpai")
    assert sheet["energy"]["value"] == pytest.approx(519.8352, rel=1e-9)
    assert sheet["training_time"]["value"] == pytest.approx(1082990 / 384 / 24, rel=1e-9)
    assert sheet["compute"]["value"] == 3.9e23


def test_training_sheet_says_what_it_does_not_know() -> None:
    """Without compute and device count the sheet has null and a reason, never 0."""
    case = with_meta(base("training_bloom"), compute_flop=None, component_count=None)
    sheet = eu_gpai.build(case)
    assert sheet["compute"]["value"] is None
    assert "compute_flop" in sheet["compute"]["reason"]
    assert sheet["training_time"]["value"] is None


def test_training_sheet_finds_kilowatt_hours() -> None:
    """Energy in another unit does not fit its compute."""
    sheet = copy.deepcopy(built("eu-gpai"))
    sheet["energy"]["value"] *= 1e9
    assert "cannot be" in eu_gpai.problems(sheet)[0]


def test_training_sheet_takes_compute_of_a_plan() -> None:
    """Where a training run is planned from model and tokens, its FLOPs are the sheet's."""
    case = make_case(lca.load(SCENARIOS / "training_program.yaml"), compute_flop=None)
    planned = training_flop(case, training_entries(case, "eu-gpai"))
    sheet = eu_gpai.build(case)
    assert planned > 1e20
    assert sheet["compute"]["value"] == pytest.approx(planned)
    assert sheet["compute"]["method"].startswith("model FLOPs")


def test_openlca_processes_add_up_to_the_total() -> None:
    """Following the inputs of the top process gives the total of the result."""
    entities, case = built("openlca"), base("procurement")
    tops = [e for e in entities.values() if e["@type"] == "Process" and "whole period" in e["name"]]
    total = openlca.total(entities, tops[0]["@id"])
    assert total == pytest.approx(case.option["total"]["gwp100"]["location"]["central"], rel=1e-9)


def test_openlca_zip_is_laid_out_as_its_readers_expect() -> None:
    """The zip has the version file and a folder for each kind, each file named by its id."""
    packed = zipfile.ZipFile(io.BytesIO(bytes(exports.export("openlca", base("procurement")))))  # type: ignore[arg-type]
    names = packed.namelist()
    assert json.loads(packed.read("olca-schema.json")) == {"version": 2}
    for name in set(names) - {"olca-schema.json"}:
        assert Path(name).stem == json.loads(packed.read(name))["@id"]


def test_openlca_finds_a_dangling_reference() -> None:
    """A reference to what is not in the file is told."""
    entities = dict(built("openlca"))
    flow = next(name for name in entities if name.startswith("flows/"))
    del entities[flow]
    assert any("nothing in the file has this id" in told for told in openlca.problems(entities))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("compny_name: x", 'did you mean "company_name"?'),
        ("offsets: 3 t", "never part of an export"),
        ("product_mass: heavy", "expected a number such as 16.3"),
        ("primary_data_share: 130", "from 0 to 100"),
        ("pcf_type: Retro", "expected one of Retrospective PCF"),
        ("created: yesterday", "expected a date and time"),
        ("company_ids: urn:x", "expected a list of texts"),
        ("mass_balancing: perhaps", "expected true or false"),
        ("- a", "the top level must be a mapping"),
    ],
)
def test_bad_meta_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    """A mistake in the author's file names file, what was found and what is accepted."""
    path = tmp_path / "meta.yaml"
    path.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        facts.read(path)
    assert told in str(refusal.value)
    assert "meta.yaml" in str(refusal.value)


def test_command_writes_an_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``lca export`` writes the option asked for, says what is left out, and names unknown ones."""
    meta = tmp_path / "meta.yaml"
    meta.write_text(yaml.safe_dump(META), encoding="utf-8")
    words = ["export", "pact", str(SCENARIOS / "procurement.yaml"), "--samples", "16"]
    file = tmp_path / "pcf.json"
    code = cli.main([*words, "--option", "nvidia-h200", "--meta", str(meta), "-o", str(file)])
    assert code == 0
    assert "H200" in json.loads(file.read_text(encoding="utf-8"))["productDescription"]
    assert "Cradle to gate" in capsys.readouterr().err
    assert cli.main([*words, "--option", "nvidia-h20"]) == 3
    assert 'did you mean "nvidia-h200"?' in capsys.readouterr().err


def test_command_prints_json_where_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """``--json`` gives JSON in place of a format's own text."""
    words = ["export", "hf", str(SCENARIOS / "training_bloom.yaml"), "--samples", "0", "--json"]
    assert cli.main(words) == 0
    assert json.loads(capsys.readouterr().out)["co2_eq_emissions"]["emissions"] > 4e7


ALL = sorted(path.stem for path in SCENARIOS.glob("*.yaml"))


@pytest.mark.parametrize("name", ALL)
def test_every_scenario_is_exported_or_refused_in_words(name: str) -> None:
    """For each packaged scenario and format there is a valid document or a refusal with its reason."""
    case = make_case(lca.load(SCENARIOS / f"{name}.yaml"))
    for export, check in CHECKS.items():
        found, refused = [], ""
        try:
            found = check(exports.make(export, case))
        except InputError as refusal:
            refused = str(refusal)
        assert found == [], export
        assert not refused or export in refused or "functional unit" in refused, export


def test_command_names_the_nearest_format(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown format is answered with those there are."""
    assert cli.main(["export", "pcat", str(SCENARIOS / "procurement.yaml")]) == 3
    assert 'did you mean "pact"?' in capsys.readouterr().err


def test_passed_on_schemas_name_their_licence() -> None:
    """Every folder of others' schemas has source, licence and attribution; nothing else lies there."""
    about = yaml.safe_load((SCHEMAS / "copies.yaml").read_text(encoding="utf-8"))
    folders = {path.name for path in SCHEMAS.iterdir() if path.is_dir()}
    files = {path.name for path in SCHEMAS.iterdir() if path.is_file()} - {"copies.yaml"}
    assert set(about["copies"]) == folders
    assert set(about["written_here"]) == files
    for copied in about["copies"].values():
        assert copied["licence"].startswith("CC")
        assert copied["attribution"]


def test_manual_lists_every_field() -> None:
    """docs/exports.md names every format and every key of --meta."""
    text = (SCENARIOS.parent / "docs" / "exports.md").read_text(encoding="utf-8")
    for name in (*exports.exports(), *facts.fields()):
        assert f"`{name}`" in text
