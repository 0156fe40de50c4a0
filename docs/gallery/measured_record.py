"""A record in a life cycle.

A workload record goes into a scenario by its name, and its bounds become an unknown like any other. This
record is of a program that counts primes, on a virtual machine without an energy counter: its quality is
*modeled*, its interval is wide, and the result says so. A processor that the database does not know brings
electricity and no manufacture; that is listed as missing, not counted as nothing.
"""

from pathlib import Path

import lca

record = Path(__file__).with_name("record.yaml")
year = {
    "schema": 1,
    "title": "Counting primes for a year",
    "period": "2027",
    "functional_unit": "MWh",
    "sites": {"here": {"region": "DE", "pue": 1.2}},
    "work": {
        "counting": {
            "record": str(record),
            "amount": "1e9 rounds",
            "site": "here",
            "phase": "inference",
        }
    },
}
ledger = lca.evaluate(lca.load(year), samples=2048)
print(ledger.total("gwp100"))
for row in ledger.by("stage", "process"):
    print(*row.labels, row.estimate)
for remark in ledger.warnings:
    print("note:", remark)
