"""The page of the benchmark of global surrogates."""

from __future__ import annotations

from benchmarks import global_bars as bars
from benchmarks import global_tables as tables
from benchmarks.global_corpora import PEER_SIZE

DEFINITIONS = """\
`bank-router` decides the desk of each message of `banking77/test.csv` (CC BY 4.0, PolyAI; the model was trained on `train.csv`
alone). Every surrogate is fitted to the model's answers on the same documents and measured on the same held-out ones, which it
never saw, nor any altered copy of them. **Agreement**: share of the held-out documents that it decides as the model does.

* A split is by the hashes of the texts, fit / select / held-out 50 / 20 / 30 %; nothing here is chosen on the select part, so
  that it is fitted on, as `surrogate audit` does. {splits} Splits overlap, since they divide the same texts: ± is the standard
  deviation over splits and is not that of a mean over independent samples.
* **Ours** is the shipped recipe `audit`, as it is: stems and beginnings of words that it learns from the fitted documents, the
  model's probabilities of these and of their altered copies (words deleted). Peers are given the decisions on the fitted
  documents (MimicExplainer: what it asks for, decisions or probabilities) and no copies; "without altered copies" is ours
  without them, too.
* **Numbers shown**: coefficients that are not zero, without the intercepts; of a tree a threshold for each test and a decision
  for each leaf. The path of scikit-learn's L1 (saga, multinomial) is searched by bisection on C for the largest model that shows
  no more. Of MimicExplainer's dense linear surrogates the largest coefficients are kept, since it makes no sparse ones.
* The **control** is given the stems that ours uses, and is no peer that anybody could install.
* **Rules**: at most 40, at most two conditions each. **Coverage**: share of the held-out documents about which a rule speaks;
  **precision**: share of these that it decides as the model does. The price of an error is chosen by a cross-fit on the fitted
  documents. For peers nothing is chosen: they are read off their curve on the held-out documents, at the best of their
  settings and between neighbouring ones on a straight line, which favours them. The greedy list is our own search, with the
  model's probabilities, on the presence of words and without copies: harder to beat than what can be installed.
* Concepts are found in the embeddings of the fitted documents; neither labels nor decisions are used for that.
"""


def page(rows: bars.Rows) -> str:
    """The whole Markdown file."""
    lines = ["# Global surrogates beside peers", "", DEFINITIONS.format(splits=_splits(rows)), _machine(rows), ""]
    lines += ["## Bars", "", *tables.bars_table(rows), ""]
    sections = {
        "linear": ("Agreement at equal size", _linear),
        "rules": ("Rules", _rules),
        "tree": ("A tree of at most 32 leaves, with concepts and without", _tree),
        "concepts": ("The first ten concepts", _concepts),
        "corpora": ("Other corpora, without a change", _corpora),
        "cost": ("Time and memory", _cost),
    }
    for part, (title, write) in sections.items():
        if bars.of_part(rows, part):
            lines += [f"## {title}", "", *write(rows), ""]
    return "\n".join(lines)


def _linear(rows: bars.Rows) -> list[str]:
    picture = "![Agreement against numbers shown; precision against coverage](global_rules.svg)"
    return [picture, "", *tables.linear_table(rows), "", tables.lead(rows)]


def _rules(rows: bars.Rows) -> list[str]:
    return [
        "With the price of an error that the cross-fit chose:",
        "",
        *tables.rules_table(rows),
        "",
        "Coverage where the mean curve over prices or thresholds reaches a precision on the held-out documents:",
        "",
        *tables.curves_table(rows),
        "",
        "Ours for each price of an error, coverage at precision:",
        "",
        *tables.cautions_table(rows),
    ]


def _tree(rows: bars.Rows) -> list[str]:
    return tables.tree_table(rows)


def _concepts(rows: bars.Rows) -> list[str]:
    told = (
        "Of the audit of all these messages, by cohesion, the mean cosine of a document with its concept's centre. Naming share: "
        "of the ten most central texts those that hold one of the first three terms. The texts themselves are not in the "
        "repository: `--texts FOLDER` writes them."
    )
    return [told, "", *tables.concepts_table(rows)]


def _corpora(rows: bars.Rows) -> list[str]:
    told = (
        "`surrogate.corpus.audit.audit(corpus, classifier)` with the shipped recipe. The classifier is scikit-learn's TF-IDF of "
        "words (Chinese: of characters and pairs of them) with its logistic regression, both as they come, trained on a half of "
        "the rows that a hash gives; the audit explains what it does on all of them. It has no embeddings, so there are no "
        "concepts. Intervals of 95 %; a surrogate is withheld where it does not reach what the audit's policy asks for. "
        f"scikit-learn's L1 of at most {PEER_SIZE} numbers is given the classifier's own terms and the same documents."
    )
    return [told, "", *tables.corpora_table(rows)]


def _cost(rows: bars.Rows) -> list[str]:
    told = (
        "The whole audit with `bank-router` in a process of its own, distinct messages of `banking77` (test and train), nothing "
        "stored before: imports, loading, asking, concepts, fitting, cross-fit and measuring. Wall time and the largest "
        "resident memory of the process. The model was trained on most of these messages; the table is about time."
    )
    return [told, "", *tables.cost_table(rows)]


def _splits(rows: bars.Rows) -> str:
    found = bars.of_part(rows, "split")
    if not found:
        return ""
    n = found[0]["n"]
    held_out, copies = [row["held_out"] for row in found], [row["copies"] for row in found]
    return (
        f"{len(found)} splits (`random_state` 0 to {len(found) - 1}) of {n:,} distinct messages: {min(held_out)} to "
        f"{max(held_out)} are held out, the others are fitted on, with {min(copies):,} to {max(copies):,} altered copies."
    )


def _machine(rows: bars.Rows) -> str:
    runs = [row for row in rows if row["part"] == "run"]
    minutes = sum(row["minutes"] for row in runs)
    apart_runs = "" if len(runs) == 1 else f" in {len(runs)} runs of different parts"
    own = sorted({str(row["package"]) for row in rows if "package" in row})
    apart = f" In an environment of their own: {', '.join(own)}." if own else ""
    return f"{runs[0]['machine']}.{apart} It took {minutes:.0f} minutes{apart_runs}."
