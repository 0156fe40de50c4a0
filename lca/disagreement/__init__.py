"""Why embodied models disagree about one device: steps from one total to the next, with sources.

A model's total is read as a tree of causes: components, and below each the amounts and factors
that multiply to it, such as die area, carbon per wafer area, yield. Two trees are compared branch
by branch; the steps add up to the difference with no rest. Central estimates are explained;
intervals stand beside them.
"""
