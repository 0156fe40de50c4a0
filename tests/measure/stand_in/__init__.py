"""A stand-in for ``libnvidia-ml.so.1``: boards whose true energy is known in closed form."""
