"""Embodied models side by side.

64 H100 with their hosts in France, with the modules computed by each embodied model in turn. The models
differ in what they count and not only in their factors: `act` has no board and no cooling, `boavizta` takes
stacked memory for one planar die. So they are no sample of one unknown, and in a comparison one model serves
all options. That is also why each is evaluated by itself here.
"""

from pathlib import Path

import lca
from lca.library import packaged_scenarios
from lca.report.pictures import stages
from lca.report.result import run_result

buy = lca.load(packaged_scenarios() / "procurement.yaml").replace("sites.colocation.region", "FR")
models = ("vendor", "calibrated", "wafer", "act", "boavizta")
each = [buy.patch({"assumptions.embodied_model": name}, name) for name in models]
ledgers = [lca.evaluate(one, samples=2048) for one in each]
for ledger in ledgers:
    made = next(row.estimate for row in ledger.by("stage") if row.labels[0] == "manufacture")
    print(f"{ledger.name}: {made}")
    for remark in ledger.fallbacks:
        print("  note:", remark)

picture = stages.draw(run_result(each[0], ledgers) | {"comparison": None})
Path("stages.svg").write_text(picture.svg, encoding="utf-8")
