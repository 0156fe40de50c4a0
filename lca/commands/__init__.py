"""The commands, one a file: a module of this folder that has ``command`` is one.

Being in the folder is the registration. A module here imports nothing heavier than click when it
is loaded, so that ``lca --help`` stays quick; what it needs is imported when it runs.
"""
