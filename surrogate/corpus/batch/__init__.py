"""Batches: a decision explained for every row of a file, in parts that resume, scale out, and give the same bytes everywhere."""
