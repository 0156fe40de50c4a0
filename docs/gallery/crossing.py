"""When totals cross.

Emissions add up over the years. New devices begin higher, since making them counts when they are
bought, and pass the old ones when what they save has made up for it. A dot marks the crossing; its year
is told with an interval, and with the share of draws in which it never comes.
"""

from pathlib import Path

import lca
from lca.library import packaged_scenarios
from lca.projection import cumulative
from lca.report.pictures import cumulative as picture

keep = lca.load(packaged_scenarios() / "keep_or_replace_a100.yaml")
found = cumulative(keep, samples=2048, budget="500 tCO2e")
for crossing in found.crossings:
    print(crossing)
for budget in found.budgets:
    print(budget)

drawn = picture.draw(found.curves, found.crossings)
Path("cumulative.svg").write_text(drawn.svg, encoding="utf-8")
