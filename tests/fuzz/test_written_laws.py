"""Laws of writing a scenario down: file, order of keys and spelling of units change no number."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from test_laws import Data, changed, laws, ledger_of, same, scenarios

import lca
from lca import document


def reversed_keys(data: Any) -> Any:
    """Return nested data with the keys of every mapping in the opposite order."""
    if isinstance(data, dict):
        return {key: reversed_keys(data[key]) for key in reversed(data)}
    return data


def total(data: Data) -> Any:
    """Return the samples of the total."""
    return ledger_of(data).total("gwp100").samples


@laws
@given(scenarios)
def test_a_saved_scenario_is_the_same_scenario(data: Data) -> None:
    """Written as YAML and loaded, it has the same digest and the same numbers to the last bit."""
    loaded = lca.load(data)
    again = lca.load(document.parse(document.dump(loaded.data)).data)
    assert again.digest() == loaded.digest()
    np.testing.assert_array_equal(total(again.data), total(data))


@laws
@given(scenarios)
def test_the_order_of_keys_does_not_matter(data: Data) -> None:
    """Sites, fleets and fields in the opposite order give the same total."""
    same(total(reversed_keys(data)), total(data))


@laws
@given(scenarios)
def test_replacing_a_value_by_itself_changes_nothing(data: Data) -> None:
    """The digest stays, so no number can change."""
    loaded = lca.load(data)
    name = next(iter(data["fleet"]))
    again = loaded.replace(f"fleet.{name}.lifetime", data["fleet"][name]["lifetime"])
    assert again.digest() == loaded.digest()


@laws
@given(scenarios)
def test_a_lifetime_in_months_is_the_same_lifetime(data: Data) -> None:
    """Years or months, the same totals."""
    name = next(iter(data["fleet"]))
    years = float(data["fleet"][name]["lifetime"].split()[0])
    spelled = changed(data, **{f"fleet__{name}__lifetime": f"{years * 12:g} months"})
    same(total(spelled), total(data))
