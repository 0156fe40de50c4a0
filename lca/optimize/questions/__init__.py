"""The questions, one a module: ``solve(scenario, draws) -> Answer``."""
