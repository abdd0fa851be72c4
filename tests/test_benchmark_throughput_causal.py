"""The throughput of label scoring is measured on the same texts, with the same answers."""

from __future__ import annotations

import pytest

from benchmarks.throughput_causal import Row, rows, table

pytest.importorskip("torch")
pytest.importorskip("transformers")


def test_all_ways_give_the_same_answers():
    measured = rows(n_texts=3, n_rounds=1, n_layers=2, width=64, n_words=30)
    assert len(measured) == 3
    assert all(row.difference <= 1e-5 for row in measured)


def test_a_bar_that_is_missed_is_said_to_be():
    assert "met" in table([Row("a", 1.0, 4.5, 1e-7)])
    assert "MISSED" in table([Row("a", 1.0, 3.5, 1e-7)])
    assert "MISSED" in table([Row("a", 1.0, 4.5, 1e-4)])
