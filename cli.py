"""Runs the command line from a checkout: ``python cli.py list gpu``."""

import sys

from lca.cli import main

if __name__ == "__main__":
    sys.exit(main())
