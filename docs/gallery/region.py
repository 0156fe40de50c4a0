"""Where devices run.

The same four workstations in five countries. Making them emits the same everywhere, so its share of the
whole runs from an eighth to well over a half.
"""

from pathlib import Path

import lca
from lca.library import packaged_scenarios
from lca.report.pictures import stages
from lca.report.result import compare_result

desks = lca.load(packaged_scenarios() / "workstation.yaml")
places = [desks.patch({"sites.oslo.region": code}, code) for code in ("PL", "DE", "US", "FR", "NO")]
found = lca.compare(*places, samples=2048, methods=False)
for ledger in found.ledgers:
    whole = ledger.total("gwp100").median
    made = next(row.estimate.median for row in ledger.by("stage") if row.labels[0] == "manufacture")
    print(
        f"{ledger.name}: {ledger.total('gwp100')}; manufacture is {made / whole:.0%} of the median"
    )

picture = stages.draw(compare_result(places[0], found))
Path("stages.svg").write_text(picture.svg, encoding="utf-8")
