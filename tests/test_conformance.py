"""Every member of every folder: device files, sources, tables, stages and allocation rules."""

from __future__ import annotations

import csv
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import lca
from lca import allocations, factors, stages
from lca.allocations import Question
from lca.document import read
from lca.intensities.embodied import builders
from lca.inventory import stage_modules
from lca.library import DEVICE_KINDS, Library, packaged_folder
from lca.library.models import KINDS, Cpu, Device, Instance, Server
from lca.terms import returned_unit

TABLES = Path(factors.__file__).parent
FILES = sorted(packaged_folder().rglob("*.yaml"))
ENTRY_FILES = [path for path in FILES if path.name != "sources.yaml"]
FACTOR_FILES = [
    path for path in sorted(TABLES.rglob("*.yaml")) if not path.with_suffix(".csv").exists()
]
COUNTRY = {"region": "DE", "pue": "1.2"}


def devices(library: Library) -> list[Device]:
    """Return every accelerator."""
    found = [library.entry(kind, name) for kind in DEVICE_KINDS for name in library.ids(kind)]
    return [entry for entry in found if isinstance(entry, Device)]


def test_every_file_loads(library: Library) -> None:
    """Each file is of a known kind, and all files of all kinds pass their model's checks."""
    loaded = {entry.id: entry for kind in KINDS for entry in library.entries(kind)}
    assert {path.parent.name for path in ENTRY_FILES} <= set(KINDS)
    assert sorted(loaded) == sorted(path.stem for path in ENTRY_FILES)


def test_an_id_is_used_once_in_all_kinds() -> None:
    """A device is found by its id alone, so no two kinds share one."""
    names = [path.stem for path in ENTRY_FILES]
    assert len(names) == len(set(names))


# --- sources --------------------------------------------------------------------------------


def keys_in(data: Any) -> Iterator[str]:
    """Yield what stands behind every key ``source`` of a file."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key.endswith("source") and isinstance(value, str):
                yield value
            else:
                yield from keys_in(value)
    elif isinstance(data, list):
        for item in data:
            yield from keys_in(item)


@pytest.mark.parametrize("path", [*ENTRY_FILES, *FACTOR_FILES], ids=lambda path: path.stem)
def test_every_source_of_a_file_is_in_the_bibliography(path: Path, library: Library) -> None:
    """A value's source can be looked up; and a file cites at least one."""
    cited = set(keys_in(read(path).data))
    assert cited
    assert cited <= set(library.sources), sorted(cited - set(library.sources))


@pytest.mark.parametrize("table", factors.tables())
def test_every_source_of_a_table_is_in_the_bibliography(table: str, library: Library) -> None:
    """Rows and sidecars of the packaged tables cite keys of the same bibliography."""
    about = factors.sidecar(table)
    cited = {about.source} - {""}
    with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            columns = (c for c in row if c == "source" or c.endswith("_source"))
            if "mix_sources" not in table:
                cited |= {row[c] for c in columns} - {""}
            else:
                cited |= {row[c] for c in row if c in {"central_source", "range_source"}} - {""}
    assert cited <= set(library.sources), sorted(cited - set(library.sources))
    assert cited or about.publisher


def test_every_source_says_what_may_be_done_and_what_was_read(library: Library) -> None:
    """Title, licence and how it was seen are stated for each, and nothing is cited twice."""
    for key, source in library.sources.items():
        assert source.title, key
        assert source.licence or key in {"scenario", "given"}, key
    titles = [(s.title, s.publisher, str(s.year), s.locator) for s in library.sources.values()]
    assert len(titles) == len(set(titles))


# methods that the allocation rule cff cites in words, not as the source of a value
METHODS = {"ecobalyse-cff", "pef-recommendation-2021-2279"}


def test_no_source_is_left_that_nothing_cites(library: Library) -> None:
    """The bibliography lists what is used: by a file, a table, or the code that makes factors."""
    used: set[str] = set()
    for path in [*ENTRY_FILES, *sorted(TABLES.rglob("*.yaml")), *sorted(TABLES.rglob("*.csv"))]:
        used |= _words(path)
    for path in sorted(Path(lca.__file__).parent.rglob("*.py")):
        used |= _words(path)
    for path in sorted((packaged_folder().parent / "scenarios").glob("*.yaml")):
        used |= _words(path)
    unused = set(library.sources) - used - {"scenario"} - METHODS
    assert not unused, sorted(unused)


def _words(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8")
    for sign in ",;:{}[]()\"'\n\t":
        text = text.replace(sign, " ")
    return set(text.split())


RESTRICTED = ("AGPL", "ODbL", "GPL", "BY-NC", "BY-SA", "non-commercial")


def test_a_restricted_source_is_cited_for_single_values_only(library: Library) -> None:
    """Copyleft and non-commercial sources may back single facts; the bibliography says so."""
    restricted = {
        key: source.licence
        for key, source in library.sources.items()
        if any(word in source.licence for word in RESTRICTED)
    }
    for key, licence in restricted.items():
        assert "cited" in licence, key
    for table in factors.tables():
        about = factors.sidecar(table)
        assert not any(word in about.licence for word in RESTRICTED), table
        assert about.source not in restricted, table


def test_hardly_a_file_rests_on_a_restricted_source_alone(library: Library) -> None:
    """No accelerator, host or technology does; of processors, single facts of a few cloud parts do."""
    resting = []
    for path in ENTRY_FILES:
        default = library.entry(path.parent.name, path.stem).source
        licence = library.sources[default].licence if default else ""
        if any(word in licence for word in RESTRICTED):
            resting.append(path)
    assert {path.parent.name for path in resting} <= {"cpu"}, resting
    assert len(resting) <= 5, [path.stem for path in resting]


# --- how much there is ------------------------------------------------------------------------


def test_there_are_a_hundred_accelerators_with_what_a_comparison_needs(library: Library) -> None:
    """Memory, rated power and at least one peak rate are known of a hundred devices or more."""
    whole = [d for d in devices(library) if d.memory and d.power.tdp and d.peak.rates()]
    assert len(whole) >= 100


def test_there_are_processors_servers_and_instances_to_draw_on(library: Library) -> None:
    """45 processors with die areas, ten servers with published figures, forty complete instances."""
    cpus = [entry for entry in library.entries("cpu") if isinstance(entry, Cpu) and entry.dies]
    servers = [s for s in library.entries("server") if isinstance(s, Server) and s.footprints]
    assert len(cpus) >= 45
    assert len(servers) >= 10
    assert len(library.ids("instance")) >= 40


def test_every_instance_names_a_device_and_a_host_that_exist(library: Library) -> None:
    """Cloud instance types lead to files, and do not hold more devices than their hosts."""
    for entry in library.entries("instance"):
        assert isinstance(entry, Instance)
        device = library.device(entry.device)
        host = library.server(entry.host or device.host)
        assert entry.count >= 1, entry.id
        assert host.accelerator_slots, entry.id
        if entry.host_share is not None:
            assert 0.9 * entry.count / host.accelerator_slots <= entry.host_share.central <= 1


def test_the_host_share_of_an_instance_is_the_one_it_states(library: Library) -> None:
    """An instance with 4 accelerators and a whole host bears a whole host, not four eighths."""
    name = "oci-bm.gpu.l40s.4"
    instance = library.instance(name)
    assert (instance.count, instance.host_share.central if instance.host_share else 0) == (4, 1)
    job = {"instance": name, "instance_hours": "8766 h", "site": "here", "lifetime": "1 year"}
    whole = one_device(instance.device) | {
        "work": {"job": job | {"occupancy": "100%"}},
        "fleet": {},
    }
    rows = lca.evaluate(lca.load(whole), samples=0).by("component", "stage")
    made = {row.labels: row.estimate.central for row in rows}["host", "manufacture"]
    eight = one_device(instance.device)
    eight["fleet"]["one"] |= {"count": 8, "host": instance.host, "lifetime": "1 year"}
    rows = lca.evaluate(lca.load(eight), samples=0).by("component", "stage")
    assert made == pytest.approx(
        {r.labels: r.estimate.central for r in rows}["host", "manufacture"]
    )


# imec.netzero has no 8 nm node: the wafer model does not apply to it
NODES_WITHOUT_SCOPE12 = {"n8"}


def test_every_reference_between_files_leads_somewhere(library: Library) -> None:
    """Hosts, processes, memory technologies and processors that a file names exist."""
    for device in devices(library):
        for die in device.dies:
            if die.process:
                known = library.process(die.process).scope12_per_area
                assert known or library.process(die.process).id in NODES_WITHOUT_SCOPE12, device.id
        if device.memory and device.memory.technology:
            library.technology(device.memory.technology)
        if device.host:
            assert library.server(device.host).role in {"host", "server"}, device.id
    for server in library.entries("server"):
        assert isinstance(server, Server)
        for cpu in server.cpus:
            library.cpu(cpu.device)
        for drive in server.storage:
            library.technology(drive.technology)


# --- plausible values ---------------------------------------------------------------------------

WAFER_SCALE = ("cerebras",)
TERA = 1e12 * 3600  # flop/h in a TFLOP/s


def test_die_areas_are_those_of_dies(library: Library) -> None:
    """A die has 10 to 1,000 mm2 (a reticle is 858), a wafer-scale chip about 46,000."""
    for device in devices(library):
        for die in device.dies:
            area = die.area.central * 100
            scale = (40_000, 50_000) if device.id.startswith(WAFER_SCALE) else (10, 1000)
            assert scale[0] <= area <= scale[1], (device.id, die.name, area)
            assert 1 <= die.count <= 40, (device.id, die.name)


def test_power_memory_and_peak_rates_are_plausible(library: Library) -> None:
    """10 W to 3 kW a device (racks apart), 2 GB to 512 GB, 0.1 to 20,000 TFLOP/s."""
    for device in devices(library):
        whole_system = device.id.startswith(WAFER_SCALE)
        if device.power.tdp is not None:
            watts = device.power.tdp.central * 1000
            assert 10 <= watts <= (30_000 if whole_system else 3000), (device.id, watts)
        if device.memory is not None and not whole_system:
            sram = device.memory.technology == "sram-on-die"
            assert (0.01 if sram else 2) <= device.memory.capacity.central <= 640, device.id
        for name, rate in device.peak.rates().items():
            tera = rate.central / TERA
            assert 0.1 <= tera <= (200_000 if whole_system else 20_000), (device.id, name, tera)


def test_a_narrower_format_is_never_slower(library: Library) -> None:
    """Peak rates do not fall from fp32 to fp16 to fp8 to fp4, where a device has them."""
    for device in devices(library):
        rates = device.peak.rates()
        order = [rates[n].central for n in ("fp16", "fp8", "fp4") if n in rates]
        assert order == sorted(order), device.id


def test_idle_power_is_below_rated_power(library: Library) -> None:
    """What a device draws without work is less than what it is rated for."""
    for device in devices(library):
        if device.power.idle is not None and device.power.tdp is not None:
            assert device.power.idle.central < device.power.tdp.central, device.id


def test_published_parts_sum_to_the_published_figure(library: Library) -> None:
    """Where a maker names parts, they are all of the figure."""
    for kind in (*DEVICE_KINDS, "server"):
        for entry in library.entries(kind):
            for footprint in getattr(entry, "footprints", ()):
                if footprint.parts:
                    whole = sum(part.central for part in footprint.parts.values())
                    assert whole == pytest.approx(footprint.value.central, rel=0.002), entry.id


# --- every device can be evaluated ------------------------------------------------------------


def one_device(name: str) -> dict[str, Any]:
    """Return a scenario of one device for a year."""
    fleet = {
        "device": name,
        "count": 1,
        "lifetime": "4 years",
        "site": "here",
        "utilization": "50%",
    }
    return {
        "schema": 1,
        "period": "2027",
        "functional_unit": ["device year"],
        "sites": {"here": COUNTRY},
        "fleet": {"one": fleet},
    }


def test_every_device_evaluates_and_its_manufacture_is_computed_or_missing(
    library: Library,
) -> None:
    """No device fails; where manufacture cannot be computed, the gap is reported, not zero."""
    missing: list[str] = []
    for device in devices(library):
        ledger = lca.evaluate(lca.load(one_device(device.id)), samples=0)
        rows = ledger.by("component", "stage", view="inventory")
        made = {row.labels: row.estimate.central for row in rows}
        reported = [m for m in ledger.missing if m.what == device.id and m.stage == "manufacture"]
        figure = made.get(("accelerator", "manufacture"), 0.0)
        assert bool(figure) != bool(reported), (device.id, figure, reported)
        assert ledger.units().central == pytest.approx(1.0)
        if reported:
            missing.append(f"{device.id}: {reported[0].reason}")
    share = len(missing) / len(devices(library))
    assert share < 0.15, f"{share:.0%} of devices have no manufacture:\n" + "\n".join(missing)


def test_manufacture_of_every_device_is_of_the_order_of_its_silicon(library: Library) -> None:
    """By the calibrated model, a device has 3 to 30 kg per cm2 of logic die, wafer scale apart."""
    for device in devices(library):
        if not device.dies or device.id.startswith(WAFER_SCALE):
            continue
        scenario = one_device(device.id) | {"assumptions": {"embodied_model": "calibrated"}}
        ledger = lca.evaluate(lca.load(scenario), samples=0)
        rows = ledger.by("component", "stage", view="inventory")
        made = {row.labels: row.estimate.central for row in rows}
        figure = made.get(("accelerator", "manufacture"))
        area = sum(die.area.central * die.count for die in device.dies)
        if figure is not None:
            assert 3 <= figure / area <= 30, (device.id, figure / area)


# --- members of folders ---------------------------------------------------------------------------


def test_every_stage_answers_with_lines(library: Library) -> None:
    """A stage is a documented function ``lines(context, subjects)``; shared modules have none."""
    names = {member.name for member in pkgutil.iter_modules(stages.__path__)}
    shared = {"parts"}
    assert {"manufacture", "transport", "operation", "end_of_life", "delivery"} <= names - shared
    found = {function.__module__.rsplit(".", 1)[-1] for function in stage_modules()}
    assert found == names - shared
    for stage in stage_modules():
        assert list(inspect.signature(stage).parameters) == ["context", "subjects"]
        assert (stage.__doc__ or "").startswith("Yield")


@pytest.mark.parametrize("name", allocations.names())
def test_every_allocation_rule_answers_the_questions(name: str) -> None:
    """A rule names itself, says in a sentence what it does, cites, and answers in kgCO2e."""
    rule = allocations.choose(name)
    assert name == rule.NAME
    assert rule.SENTENCE.endswith(".")
    assert any(char.isdigit() for char in rule.REFERENCE)
    asked = list(inspect.signature(Question.__call__).parameters)[1:]
    for question in (
        rule.end_of_life_footprint,
        rule.recovery_credit,
        rule.recycled_content_footprint,
    ):
        assert list(inspect.signature(question).parameters) == asked
        assert returned_unit(question) == "kgCO2e"
    assert sum(rule.shares(0.3)) == pytest.approx(1)


def test_every_embodied_model_says_its_boundary(library: Library) -> None:
    """Each model builds an H100 with parts in kgCO2e and names how much of the system it covers."""
    record = library.device("nvidia-h100-sxm5-80gb")
    boundaries = {}
    for name, build in builders().items():
        found = build(record, library, None)
        assert found.model == name
        assert found.note or name == "vendor"
        assert {node.unit for node in found.parts.values()} == {"kgCO2e"}
        boundaries[name] = found.boundary
    assert boundaries == {
        "act": "package",
        "boavizta": "card",
        "calibrated": "module",
        "vendor": "module",
        "wafer": "module",
    }


def test_every_package_of_the_toolkit_imports() -> None:
    """No module is left that cannot be imported on its own."""
    names = [m.name for m in pkgutil.walk_packages(lca.__path__, "lca.")]
    assert len(names) > 40
    for name in names:
        importlib.import_module(name)
