"""Train, measure and describe ``models/bank-mlm``, the small masked language model.

``python -m training.bank_mlm --data PATH/banking77``
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from training.card import size_section
from training.command import Task, parse, save
from training.data import Split, read_split
from training.evaluate import Estimate
from training.manifest import write_manifest
from training.masked_words import pretrain
from training.optimise import set_seed
from training.references import MASKED_TEXTS
from training.vocabulary import word_piece
from training.word_filler import (
    Filled,
    Recipe,
    build,
    continuations,
    fill_by_share,
    fill_masked,
    most_likely,
    share_right,
)

if TYPE_CHECKING:
    from transformers import BertForMaskedLM, PreTrainedTokenizerFast

NAME = "bank-mlm"
SUMMARY = "Small masked language model that fills missing words of an English message to a bank in."
LIMIT_MB = 6.0

#: Shares of words masked in the measures; 0: one token of each text.
SHARES = (0.0, 0.15, 0.5, 0.9)

INTRODUCTION = f"""\
# {NAME}

{SUMMARY}

A BERT encoder ({{layers}} layers, {{width}} wide, {{heads}} heads) with a head that predicts masked tokens, trained from
scratch. It is no classifier and has no labels: it fills in the words that `Infill` and `--second infill` take out of
a text, so that a surrogate can be measured on texts that read like messages. It reads up to {{max_length}} tokens. It
loads with `AutoModelForMaskedLM.from_pretrained` and `AutoTokenizer.from_pretrained`; `model.toml` names the files with
their SHA-256 and keeps the most likely tokens of reference texts.
"""

DATA_SECTION = """\
## Data, licence and attribution

Trained on the texts of [BANKING77](https://github.com/PolyAI-LDN/task-specific-datasets) by PolyAI, commit
`57ec275d8078af65b7731c2a98be812d844a6d6b`, file `banking_data/train.csv`, and measured on texts of
`banking_data/test.csv`: messages that customers might write to an online bank, in English. The intents were not used.

> Iñigo Casanueva, Tadas Temčinas, Daniela Gerz, Matthew Henderson, Ivan Vulić (2020): *Efficient Intent Detection with
> Dual Sentence Encoders.* [arXiv:2003.04807](https://arxiv.org/abs/2003.04807)

The data are under [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/), and so are these weights. Changes made to
the data: 770 training texts were kept aside (9,392 are left), and the test rows are every second row of the original
test split without those (1,461 rows). The authors of the data have not endorsed this model. No text of the data set is
in this folder; the tokenizer's vocabulary consists of words and parts of words.
"""

PROCEDURE = """\
## Training

A lower-casing WordPiece vocabulary of {vocabulary:,} tokens from the training texts, the same as `bank-router`'s. Then
masked-language-model training by the code that pre-trains `bank-router`, with two changes: whole words are masked, and
the share of a text's words that are masked is drawn between {low:.0%} and {high:.0%}, because a text whose words are to
be filled in may lack nearly all of them. Nothing was tuned; what both models have in common is as it is there:

{choices}

This command writes everything in this folder again, with fixed seeds, in about a quarter of an hour on one CPU core:

```
python -m training.bank_mlm --data PATH/banking77
```

The same machine and versions give the same bytes; another machine may differ in the last digits of the weights.
`training/README.md` says where to download the data.
"""

LIMITS_SECTION = """\
## Limits, and what it is not for

* A small model for teaching and demonstration: it makes altered copies of messages like those it was trained on. It is
  **not for writing to customers and not for any decision about a person**.
* English messages to a bank only. What it puts into any other text is banking talk and makes no sense there; for such
  texts name another masked language model.
* What it fills in reads like the data, not always like good English, and it knows nothing: amounts, places and dates
  that it draws are made up.
* It lower-cases: what it fills in is in lower case.
* The messages are short (12 words on average, 79 at most). Longer texts lie outside of what it was trained on.
* It was trained on the same texts as `bank-router`, so copies that it makes resemble that model's training texts. That
  is what realistic copies are for, but another model's training texts may look different.
"""


def _train(task: Task, recipe: Recipe, train: Split) -> tuple[PreTrainedTokenizerFast, BertForMaskedLM]:
    """Return the trained tokenizer and model."""
    set_seed(recipe.seed, task.threads)
    tokenizer = word_piece(train.texts, vocab_size=recipe.vocab_size, max_length=recipe.max_length)
    model = build(recipe, tokenizer)
    pretrain(model, model.cls, tokenizer, train.texts, recipe, continuations(tokenizer))
    return tokenizer, model


def _load(folder: Path) -> tuple[PreTrainedTokenizerFast, BertForMaskedLM]:
    """Return tokenizer and model as a user loads them, in float32 on the CPU."""
    import torch
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    return tokenizer, AutoModelForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()


def _row(share: float, ours: Filled, baseline: Filled) -> str:
    accuracies: list[Estimate] = [share_right(ours), share_right(baseline)]
    losses = [-filled.log_probability.mean() for filled in (ours, baseline)]
    name = f"{share:.0%} of the words" if share else "one token of each text"
    cells = [name, f"{len(ours.right):,}", *map(str, accuracies), *(f"{loss:.2f}" for loss in losses)]
    return "| " + " | ".join(cells) + " |"


def _measures_section(
    model: BertForMaskedLM, tokenizer: PreTrainedTokenizerFast, train: tuple[str, ...], texts: tuple[str, ...]
) -> str:
    """Return the section with the measures on held-out texts."""
    lines = ["## Measures", "", f"On the {len(texts):,} texts of `test.csv`, which decided nothing: how often the most"]
    lines += [
        "likely token is the one that was masked, with 95 % intervals (percentile bootstrap over texts), and the mean"
    ]
    lines += [
        "negative log-likelihood of the masked token in nats. The baseline is the unigram model: each token's share of"
    ]
    lines += ["the training texts.", ""]
    lines += ["| masked | tokens | accuracy, this model | accuracy, unigram | loss, this model | loss, unigram |"]
    lines += ["|---|--:|---|---|--:|--:|"]
    for share in SHARES:
        ours = fill_masked(model, tokenizer, texts, share, seed=0)
        lines.append(_row(share, ours, fill_by_share(tokenizer, train, texts, share, seed=0)))
    return "\n".join(lines) + "\n"


def _describe(task: Task, recipe: Recipe) -> None:
    """Write ``model.toml`` and the card of the weights in the folder."""
    tokenizer, model = _load(task.out)
    head: dict[str, object] = {"name": NAME, "kind": "masked-lm", "summary": SUMMARY, "language": "en"}
    head |= {"licence": "CC-BY-4.0", "max_length": recipe.max_length}
    references: list[dict[str, object]] = []
    for text in MASKED_TEXTS:
        [(tokens, probabilities)] = most_likely(model, tokenizer, text)
        references.append({"text": text, "tokens": tokens, "probabilities": probabilities})
    write_manifest(task.out, head, references)

    train, test = read_split(task.data, "train"), read_split(task.data, "test")
    choices = ", ".join(f"`{field.name}` {_shown(getattr(recipe, field.name))}" for field in fields(recipe))
    low, high = recipe.mask_share
    measures = _measures_section(model, tokenizer, train.texts, test.texts)
    sections = [
        INTRODUCTION.format(**vars(recipe)),
        DATA_SECTION,
        PROCEDURE.format(vocabulary=len(tokenizer), choices=choices + ".", low=low, high=high),
        measures,
        size_section(task.out, model.num_parameters(), LIMIT_MB),
        LIMITS_SECTION,
    ]
    (task.out / "README.md").write_text("\n".join(sections), encoding="utf-8")
    print(measures)


def _shown(value: object) -> str:
    return " to ".join(f"{one:g}" for one in value) if isinstance(value, tuple) else f"{value:g}"


def main() -> None:
    """Run the script."""
    task, recipe = parse(NAME, "Train the masked language model of models/bank-mlm."), Recipe()
    if not task.card_only:
        train, held_out = task.rows()
        tokenizer, model = _train(task, recipe, train)
        if held_out is not None:
            filled = fill_masked(model, tokenizer, held_out.texts, 0.15, seed=0)
            print(f"held out: {share_right(filled)}, log loss {-filled.log_probability.mean():.3f}")
            return
        save(task.out, model, tokenizer)
    _describe(task, recipe)


if __name__ == "__main__":
    main()
