"""What decides between two options.

Asked of a total, power, utilization and grid decide. Asked of the difference between two devices of one
power on one grid, these cancel; what remains is how well the embodied model holds for each of the two, and
the memory that they do not share. Each bar is one unknown at its 5 % and 95 % quantile with all others at
their central values; one that passes zero turns the ranking.
"""

from pathlib import Path

import lca
import lca.sensitivity
from lca.library import packaged_scenarios
from lca.report.pictures.tornado import Swing, draw
from lca.report.sensitivity_result import factor_names

buy = lca.load(packaged_scenarios() / "procurement.yaml")
methods = ("tornado", "spearman")
total = lca.sensitivity(buy, option="nvidia-h200", method=methods, samples=1024)
found = lca.sensitivity(
    buy, difference=("nvidia-h200", "nvidia-h100"), method=methods, samples=1024
)
print(total.verdict)
print(found.verdict)

names = factor_names(found.unknowns)
ends = zip(found.unknowns, found.tornado.low[:, -1], found.tornado.high[:, -1], strict=True)
swings = [Swing(names[one.identity], low, high) for one, low, high in ends]
largest = sorted(swings, key=lambda one: -abs(one.high - one.low))[:8]
unit, central = found.response.unit, float(found.tornado.central[-1])
drawn = draw("nvidia-h200 less nvidia-h100", unit, central, largest)
Path("tornado.svg").write_text(drawn.svg, encoding="utf-8")
