"""A paired comparison.

Five accelerators for one cluster. Intervals may overlap and one option be lower than another in nearly
every draw all the same: grid, memory and hosts are drawn once for all, so what options share cancels.
Other pairs cannot be told apart, and the verdict says so. The strips show each option by itself; the table
of probabilities shows what the pairs say.
"""

from pathlib import Path

import lca
from lca.library import packaged_scenarios
from lca.report.pictures import probabilities, ranges
from lca.report.result import compare_result

buy = lca.load(packaged_scenarios() / "procurement.yaml")
found = lca.compare(buy, samples=2048)
print(found)
for pair in found.pairs[:4]:
    share = pair.probability_first_lower
    print(f"{pair.first} is lower than {pair.second} in {share:.1%}: {pair.difference}")

result = compare_result(buy, found)
draws = {name: value.draws for name, value in found.values.items()}
for picture in (ranges.draw(result, draws), probabilities.draw(result)):
    Path(f"{picture.name}.svg").write_text(picture.svg, encoding="utf-8")
