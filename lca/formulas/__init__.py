"""Pure arithmetic: nouns in, one noun out, for floats, arrays and quantities with units alike.

This room imports numpy and ``lca.vocabulary`` only. Every parameter is a name of the
vocabulary in its canonical unit; bodies hold no conversion constants.
"""
