"""Small files that would grow without bound, or keep a pattern busy, are refused at once."""

from __future__ import annotations

import gzip

import pytest

from fuzz.targets import TARGETS

LONG = 200_000
HOURS = b"timestamp_utc,carbon_intensity_lifecycle_gCO2e_per_kWh\n"
BOMBS = {
    "text repeated by aliases": ("document", b"a: &a " + b"x" * 900_000 + b"\nb: [" + b"*a," * 5_000 + b"]"),
    "lists in lists": ("document", b"a: " + b"[" * 100_000),
    "mappings in mappings": ("document", b"{a: " * 100_000),
    "a huge value": ("document", b"a: " + b"x" * 2_000_000),
    "a long key": ("document", b"? " + b"x" * 1_000_001 + b"\n: 1"),
    "a huge number": ("unit", b"\x00" + b"1" * 1_000_000 + b" W"),
    "a power of powers": ("unit", b"\x001 W**9**9**9"),
    "digits of an axis": ("axis", b"\x00a=" + b"1" * LONG + b".." + b"2:"),
    "a path without end": ("change", b"fleet.cluster." + b"a." * 100_000 + b"a=1"),
    "a value without end": ("change", b"fleet.cluster.x=" + b"[" * 100_000),
    "spaces of a limit": ("limit", b"\x00gwp100 > 1" + b" " * LONG + b"x"),
    "spaces of a constraint": ("limit", b"\x01cost <= 1" + b" " * LONG + b"x"),
    "spaces of an amount": ("limit", b"\x021 a" + b" " * LONG + b"b"),
    "a packed file": ("hourly", gzip.compress(b"\0" * 40_000_000)),
    "a heading of columns": ("hourly", b"timestamp_utc," * 50_000),
    "a huge cell": ("hourly", HOURS + b"x" * 1_000_000),
    "a cell of a log": ("zeus", b"start_time,window_name,elapsed_time\n" + b"x" * 1_000_000),
    "a heading of a wall meter": ("readings", b"wall [" + b" " * 100_000 + b"!"),
    "boards of a row": ("codecarbon", b"timestamp,run_id,duration,cpu_energy,gpu_energy,ram_energy,gpu_model\n1,1,1,1,1,1,999999999 x A100"),
    "JSON in JSON": ("result", b"[" * 1_000_000),
    "a number of JSON": ("result", b'{"options":' + b"1" * 1_000_000 + b"}"),
    "mistakes of a record": ("record", b"schema: 1\ndevices:\n" + b"- {idd: x}\n" * 5_000),
    "keys nobody knows": ("meta", b"".join(b"k%d: 1\n" % i for i in range(5_000))),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused(name: str) -> None:
    """In words, within the limits of size, depth and count that the manual states."""
    target, raw = BOMBS[name]
    assert not TARGETS[target](raw)


def test_mistakes_are_cut_at_a_hundred() -> None:
    """A file of nothing but mistakes is answered with the first of them."""
    from fuzz.promises import file_of
    from lca.errors import InputError
    from lca.measure import records

    path = file_of(b"schema: 1\ndevices:\n" + b"- {idd: x}\n" * 500, "mistakes.yaml")
    with pytest.raises(InputError) as told:
        records.load(path)
    assert len(told.value.problems) <= 100
