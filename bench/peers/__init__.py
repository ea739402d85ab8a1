"""Yardstick 5: the same rule of Lishui in two engines that others use, OpenFisca's web API and GoRules zen."""

from bench.peers.measured import measure_peers

__all__ = ["measure_peers"]
