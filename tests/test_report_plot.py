"""The figure: no global state, user text never parsed."""

from __future__ import annotations

import io
import sys

import pytest

from surrogate.errors import InputError
from surrogate.report.plot import plot_terms
from tests.test_report_cases import explanation_of_case


@pytest.mark.parametrize("name", ["contrast", "hostile", "hostile_labels", "lime", "one_word"])
def test_plot_draws_every_term(name: str) -> None:
    explanation = explanation_of_case(name)
    figure = plot_terms(explanation)
    figure.savefig(io.BytesIO(), format="svg")
    labels = figure.axes[0].get_yticklabels()
    assert len(labels) == len(explanation.terms)
    assert not any(label.get_parse_math() for label in labels)


def test_plot_opens_and_closes_nothing_global() -> None:
    from matplotlib import pyplot, rcParams

    mine = pyplot.figure()
    settings = dict(rcParams)
    plot_terms(explanation_of_case("contrast"))
    assert pyplot.get_fignums() == [mine.number]
    assert dict(rcParams) == settings
    pyplot.close(mine)


def test_plot_of_withheld_terms_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        explanation_of_case("withheld").plot()
    assert caught.value.code == "withheld"


def test_matplotlib_is_loaded_when_used() -> None:
    import subprocess

    code = "import sys, surrogate.report, surrogate.report.plot; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
