"""Carbon against water.

Which devices, how many and at which site, for a demand that grows. The plan of lowest emissions is not
that of least water, since hydropower's reservoirs evaporate. The front holds the plans of which none is
better in both. With prices in the scenario, cost takes the place of water.
"""

from pathlib import Path

import lca
from lca.library import packaged_scenarios
from lca.report.paper import cost_carbon

sites = lca.load(packaged_scenarios() / "fleet_three_sites.yaml")
answer = lca.optimize.fleet(sites, samples=256)
for sentence in answer.verdict:
    print(sentence)
for choice in answer.front:
    tonnes, cubic_meters = choice.values["gwp100"] / 1000, choice.values["water"] / 1000
    print(f"{tonnes:5.0f} t, {cubic_meters:5,.0f} m3: {choice.name}")

picture = cost_carbon.of_answer(answer)
Path("cost-carbon.svg").write_text(picture.svg, encoding="utf-8")
