"""Tests of `lca.measure`, on a stand-in for the driver library and a fake powercap tree."""
