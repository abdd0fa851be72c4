"""The folder of a batch: one driver at a time, and files that are there whole or not at all."""
