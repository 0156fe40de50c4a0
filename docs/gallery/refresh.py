"""Keep or replace.

128 A100s in service: is it worth making new devices for the same work? The answer stands beside
business as usual, with the time after which the new devices have made up for their manufacture.
"""

import lca
from lca.library import packaged_scenarios

keep = lca.load(packaged_scenarios() / "keep_or_replace_a100.yaml")
answer = lca.optimize.refresh(keep, samples=2048)
for sentence in answer.verdict:
    print(sentence)
for fared in answer.regret:
    print(
        f"{fared.choice}: best in {fared.best:.1%} of draws, mean regret {fared.mean / 1000:.3g} t"
    )
