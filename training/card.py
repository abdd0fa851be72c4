"""Model cards: the sections that both models share, and the tables of measures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from training.evaluate import Measures, macro_f1_difference, measure
from training.routes import INTENTS, ROUTES

__all__ = ["DATA_SECTION", "LIMITS_SECTION", "measures_section", "routes_section", "size_section"]

DATA_SECTION = """\
## Data, licence and attribution

Trained on [BANKING77](https://github.com/PolyAI-LDN/task-specific-datasets) by PolyAI, commit
`57ec275d8078af65b7731c2a98be812d844a6d6b`, files `banking_data/train.csv` and `banking_data/test.csv`:
messages that customers might write to an online bank, in English, each with one of 77 intents.

> Iñigo Casanueva, Tadas Temčinas, Daniela Gerz, Matthew Henderson, Ivan Vulić (2020): *Efficient Intent Detection with
> Dual Sentence Encoders.* [arXiv:2003.04807](https://arxiv.org/abs/2003.04807)

The data are under [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/), and so are these weights. Changes made to
the data: 770 training texts were kept aside (9,392 are left), the test rows are every second row of the original test
split without those (1,461 rows), and the 77 intents were joined to 8 routes. The authors of the data have not endorsed
this model. No text of the data set is in this folder; the tokenizer's vocabulary consists of words and parts of words.
"""

LIMITS_SECTION = """\
## Limits, and what it is not for

* A small model for teaching and demonstration: it is here so that explanations can be tried and tested on a real
  language model that anyone can run. It is **not for routing real customers' messages and not for any decision about a
  person**, such as credit, fraud or the closing of an account.
* English only. A text in another language, or about anything but banking, still gets one of the eight routes.
* One route per message, also where a message asks two things. Some of the data's own labels are arguable, and a few of
  its texts come twice; test accuracy counts the model's agreement with those labels.
* The messages are short (12 words on average, 79 at most). Longer texts lie outside of what it was trained on.
* No field of the data tells who wrote a text, so how well the model serves people who write differently (other
  dialects, learners of English, older or younger people) was not measured.
* Its probabilities were not calibrated after training.
"""


def routes_section() -> str:
    """Return the section that lists the routes; the full mapping is in ``routes.csv``."""
    lines = ["## Routes", "", "| route | intents |", "|---|---|"]
    for route in ROUTES:
        lines.append(f"| {route} | {', '.join(intent.replace('_', ' ') for intent in INTENTS[route])} |")
    note = (
        "\nThe mapping was fixed before training and is kept in `routes.csv`. Every route has at least 5 % of the"
        "\ntraining rows. Two intents are placed by what their messages say and not by their name: *get physical card*"
        "\nasks for a card's PIN, *supported cards and currencies* asks mostly what one can top up with.\n"
    )
    return "\n".join(lines) + "\n" + note


def _confusion(measures: Measures) -> list[str]:
    lines = ["| truth \\ predicted | " + " | ".join(ROUTES) + " |", "|---|" + "--:|" * len(ROUTES)]
    for route, row in zip(ROUTES, measures.confusion, strict=True):
        lines.append(f"| **{route}** | " + " | ".join(str(int(n)) for n in row) + " |")
    return lines


def measures_section(
    truth: np.ndarray, ours: np.ndarray, baseline: np.ndarray, shortened: Mapping[str, tuple[float, float]]
) -> str:
    """Return the section with all measures on the test rows.

    Parameters
    ----------
    truth, ours, baseline : ndarray of int, shape (n,)
        Positions in ``ROUTES``.
    shortened : mapping of str to tuple of float
        Accuracy of ours and of the baseline on texts with words deleted, by a description of the share.

    Returns
    -------
    str
        Markdown.
    """
    mine, theirs = measure(truth, ours), measure(truth, baseline)
    rows = [("accuracy", mine.accuracy, theirs.accuracy), ("macro-F1", mine.macro_f1, theirs.macro_f1)]
    rows += [(f"F1, {route}", mine.f1[k], theirs.f1[k]) for k, route in enumerate(ROUTES)]
    lines = ["## Measures", "", f"On the {len(truth):,} rows of `test.csv`, which decided nothing, with 95 % intervals"]
    lines += ["(percentile bootstrap over rows). The baseline is TF-IDF over words and word pairs with a logistic"]
    lines += ["regression (C = 30, chosen on held-out training rows), fitted and measured in the same script.", ""]
    lines += ["| measure | this model | TF-IDF + logistic regression |", "|---|---|---|"]
    lines += [f"| {name} | {a} | {b} |" for name, a, b in rows]
    difference = macro_f1_difference(truth, ours, baseline)
    lines += ["", f"Difference in macro-F1, both on the same resampled rows: {difference}.", ""]
    lines += ["Accuracy when words are deleted at random (one draw):", ""]
    lines += ["| words deleted | this model | TF-IDF + logistic regression |", "|---|--:|--:|"]
    lines += [f"| {name} | {a:.3f} | {b:.3f} |" for name, (a, b) in shortened.items()]
    lines += ["", "Confusion matrix of this model (numbers of test rows):", "", *_confusion(mine)]
    return "\n".join(lines) + "\n"


def size_section(folder: Path, n_parameters: int, limit_mb: float) -> str:
    """Return the section on the folder's size.

    Parameters
    ----------
    folder : Path
        Model folder.
    n_parameters : int
        Number of weights.
    limit_mb : float
        Most that the folder may have, in megabytes of 1,000,000 bytes.

    Raises
    ------
    ValueError
        If the folder is larger.
    """
    size = sum(path.stat().st_size for path in folder.iterdir() if path.name != "README.md") / 1e6
    if size > limit_mb - 0.02:
        raise ValueError(f"{folder} may hold {limit_mb} MB and holds {size:.2f} MB; make the model smaller.")
    return f"## Size\n\n{n_parameters:,} weights in float32; the folder has {size:.1f} MB (at most {limit_mb:g} MB).\n"
