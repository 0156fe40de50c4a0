"""How long to keep devices.

A longer life spreads what manufacture emitted over more years. How much that matters depends on what
else there is: on the grid of Germany operation hides it, on that of Sweden it does not.
"""

from pathlib import Path

import lca
from lca.library import packaged_scenarios
from lca.report.pictures import stages
from lca.report.result import compare_result

base = lca.load(packaged_scenarios() / "inference_fleet_eu.yaml")
kept = []
for site in ("frankfurt", "lulea"):
    for years in (3, 5, 7):
        changes = {"fleet.chat.site": site, "fleet.chat.lifetime": f"{years} years"}
        kept.append(base.patch(changes, f"{site}, {years} years"))

found = lca.compare(*kept, samples=2048, methods=False)
for name, value in found.values.items():
    print(f"{name}: {value}")

picture = stages.draw(compare_result(kept[0], found))
Path("stages.svg").write_text(picture.svg, encoding="utf-8")
