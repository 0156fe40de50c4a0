"""Life-cycle stages, one a file: each answers ``lines(context, subjects)`` with ledger lines.

A module of this folder that has a function ``lines`` is a stage; being in the folder is the
registration. ``subjects``, ``parts`` and ``cohorts`` are what the stages share.
"""
