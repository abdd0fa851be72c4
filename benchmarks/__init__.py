"""Measurements, side by side in one run; each writes its table to ``results/``."""
