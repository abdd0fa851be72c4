"""Train, measure and describe ``models/bank-router``, the small sequence classifier.

``python -m training.bank_router --data PATH/banking77``
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from training.card import DATA_SECTION, LIMITS_SECTION, measures_section, routes_section, size_section
from training.classifier import Recipe, build, predict
from training.command import Task, parse, save
from training.data import Split, read_split
from training.evaluate import delete_share, fit_baseline, measure
from training.fine_tuning import fine_tune
from training.manifest import write_manifest
from training.masked_words import build_word_head, pretrain
from training.optimise import set_seed
from training.references import REFERENCE_TEXTS
from training.routes import ROUTES, write_routes
from training.vocabulary import word_piece

if TYPE_CHECKING:
    from transformers import BertForSequenceClassification, PreTrainedTokenizerFast

NAME = "bank-router"
SUMMARY = "Small BERT-like classifier that sends an English message to a bank to one of eight desks."
LIMIT_MB = 6.0

INTRODUCTION = f"""\
# {NAME}

{SUMMARY}

A BERT encoder ({{layers}} layers, {{width}} wide, {{heads}} heads) with a classification head, trained from scratch.
It reads up to {{max_length}} tokens and answers with the probability of each route. It loads with
`AutoModelForSequenceClassification.from_pretrained` and `AutoTokenizer.from_pretrained`; `model.toml` names the files
with their SHA-256 and keeps what the training code answered to reference texts, among them the empty text.
"""

PROCEDURE = """\
## Training

1. A lower-casing WordPiece vocabulary of {vocabulary:,} tokens from the training texts.
2. Masked-language-model pre-training of the encoder on the training texts without their labels.
3. Fine-tuning on the routes. In each epoch a share of the texts is altered: words are deleted, or replaced by
   `[MASK]`, at a rate drawn between 0 and 1, so that the model has seen texts with words missing, down to the empty
   text. Beside the routes, a second head learns the 77 intents and the head of step 2 goes on filling masked words in;
   both are thrown away. Dropout, weight decay, label smoothing, a cosine schedule and an exponential moving average of
   the weights.

The choices were made in a few runs with a tenth of the training rows held out (`--validate` repeats that with the
final choices); the shipped weights were then trained on all training rows:

{choices}

This command writes everything in this folder again, with fixed seeds, in about ten minutes on one CPU core:

```
python -m training.bank_router --data PATH/banking77
```

The same machine and versions give the same bytes; another machine may differ in the last digits of the weights.
`training/README.md` says where to download the data.
"""


def _train(
    task: Task, recipe: Recipe, train: Split, held_out: Split | None
) -> tuple[PreTrainedTokenizerFast, BertForSequenceClassification]:
    """Return the trained tokenizer and model."""
    set_seed(recipe.seed, task.threads)
    tokenizer = word_piece(train.texts, vocab_size=recipe.vocab_size, max_length=recipe.max_length)
    model = build(recipe, tokenizer)
    word_head = build_word_head(model)
    pretrain(model, word_head, tokenizer, train.texts, recipe)
    fine_tune(model, word_head, tokenizer, train, recipe, held_out)
    return tokenizer, model


def _load(folder: Path) -> tuple[PreTrainedTokenizerFast, BertForSequenceClassification]:
    """Return tokenizer and model as a user loads them, in float32 on the CPU."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    return tokenizer, AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()


def _describe(task: Task, recipe: Recipe) -> None:
    """Write ``routes.csv``, ``model.toml`` and the card of the weights in the folder."""
    tokenizer, model = _load(task.out)
    write_routes(task.out / "routes.csv")
    head: dict[str, object] = {
        "name": NAME,
        "kind": "sequence-classifier",
        "summary": SUMMARY,
        "language": "en",
        "licence": "CC-BY-4.0",
    }
    head |= {"labels": ROUTES, "max_length": recipe.max_length}
    answers = predict(model, tokenizer, REFERENCE_TEXTS).tolist()
    pairs = zip(REFERENCE_TEXTS, answers, strict=True)
    write_manifest(task.out, head, [{"text": text, "probabilities": row} for text, row in pairs])

    baseline, test = fit_baseline(read_split(task.data, "train")), read_split(task.data, "test")
    truth, versions = test.routes, {"none": test.texts}
    versions |= {f"{share:.0%}": delete_share(test.texts, share, seed=0) for share in (0.25, 0.5, 0.75)}
    ours = {name: predict(model, tokenizer, texts).argmax(axis=1) for name, texts in versions.items()}
    theirs = {name: baseline.predict(list(texts)) for name, texts in versions.items()}
    shortened = {
        name: (float((ours[name] == truth).mean()), float((theirs[name] == truth).mean())) for name in versions
    }
    choices = ", ".join(f"`{field.name}` {getattr(recipe, field.name):g}" for field in fields(recipe))
    sections = [
        INTRODUCTION.format(**vars(recipe)),
        routes_section(),
        DATA_SECTION,
        PROCEDURE.format(vocabulary=len(tokenizer), choices=choices + "."),
        measures_section(truth, ours["none"], theirs["none"], shortened),
        size_section(task.out, model.num_parameters(), LIMIT_MB),
        LIMITS_SECTION,
    ]
    (task.out / "README.md").write_text("\n".join(sections), encoding="utf-8")
    mine, base = measure(truth, ours["none"]), measure(truth, theirs["none"])
    print(f"test: accuracy {mine.accuracy}, macro-F1 {mine.macro_f1}")
    print(f"baseline: accuracy {base.accuracy}, macro-F1 {base.macro_f1}")


def main() -> None:
    """Run the script."""
    task, recipe = parse(NAME, "Train the sequence classifier of models/bank-router."), Recipe()
    if not task.card_only:
        train, held_out = task.rows()
        tokenizer, model = _train(task, recipe, train, held_out)
        if held_out is not None:
            answers = predict(model, tokenizer, held_out.texts)
            nll = -np.log(answers[np.arange(len(answers)), held_out.routes]).mean()
            print(f"held out: {measure(held_out.routes, answers.argmax(axis=1)).accuracy}, log loss {nll:.3f}")
            return
        save(task.out, model, tokenizer)
    _describe(task, recipe)


if __name__ == "__main__":
    main()
