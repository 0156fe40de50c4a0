"""Symbolic intensities: terms built from records of the library and values of a scenario.

Nothing here computes a number. ``sites`` builds electricity, water and overhead of a place;
``power`` what devices and hosts draw; ``embodied`` what making them emits, by one of several
models; ``masses``, ``freight`` and ``scrap`` what moving and scrapping them takes.
"""
