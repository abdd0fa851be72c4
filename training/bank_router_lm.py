"""Train, measure and describe ``models/bank-router-lm``, the small causal language model.

``python -m training.bank_router_lm --data PATH/banking77``
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from training.card import DATA_SECTION, LIMITS_SECTION, measures_section, routes_section, size_section
from training.causal import Recipe, build, train
from training.command import Task, parse, save
from training.data import Split, read_split
from training.evaluate import delete_share, fit_baseline, measure
from training.manifest import write_manifest
from training.optimise import set_seed
from training.prompt import END, INSTRUCTION, USER, label_log_likelihoods, predict
from training.references import REFERENCE_TEXTS
from training.routes import ROUTES, write_routes
from training.vocabulary import byte_level_bpe

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

NAME = "bank-router-lm"
SUMMARY = "Small causal language model that is told to send an English message to a bank to one of eight desks."
LIMIT_MB = 8.0

INTRODUCTION = f"""\
# {NAME}

{SUMMARY}

A Llama decoder ({{layers}} layers, {{width}} wide, {{heads}} heads, tied embeddings) with a byte-level BPE tokenizer
and a chat template, trained from scratch. It is small, but it is asked as large ones are: an instruction, the message,
and then the likelihood of each label string. It knows this one instruction and nothing else.
"""

SCORING = f"""\
## How it is asked

The user turn is the instruction, a line break and the message; the chat template makes the prompt of it:

```
<|bos|><|user|>{INSTRUCTION}
MESSAGE<|end|><|assistant|>
```

A label's score is log p(tokens of the label, `<|end|>` | prompt), the sum over its tokens. The probabilities of the
routes are the softmax over these scores; the *label mass* is the sum of the eight likelihoods, the share of all answers
that are one of the labels. Three things that are easy to get wrong:

* **No merging at the border.** `<|assistant|>` is a token of its own and the label follows at once, without a space.
  The tokenizer cuts the text at such tokens before it merges, so `tokenizer(label + "<|end|>")` gives the very tokens
  that follow a prompt.
* **One `<|bos|>`.** The chat template writes it and the tokenizer adds nothing, with or without `add_special_tokens`.
* **Labels have one to three tokens** (`top-up` is `top`, `-`, `up`), so the full strings are scored, with the end
  token.

A message that contains the text of a special token, such as `<|end|>`, is read as that token, as with other models:
remove such strings from messages of strangers.
"""

PROCEDURE = """\
## Training

1. A byte-level BPE vocabulary of {vocabulary:,} tokens from the prompts, training texts and labels. It changes no text.
2. Training on whole conversations. The loss is that of the answer's tokens, plus that of the message's tokens where
   the message is as written, plus that of a second head, thrown away later, that learns the 77 intents. In each epoch a
   share of the texts is altered: words are deleted at a rate drawn between 0 and 1, so that the model has seen texts
   with words missing, down to the empty text; three texts in ten are lower-cased. Dropout on embeddings and attention,
   weight decay, a cosine schedule and an exponential moving average of the weights. The instruction is the same in
   every prompt, so its states are computed once per batch and shared.

The choices were made in a few runs with a tenth of the training rows held out (`--validate` repeats that with the
final choices); the shipped weights were then trained on all training rows:

{choices}

This command writes everything in this folder again, with fixed seeds, in about a quarter of an hour on one CPU core:

```
python -m training.bank_router_lm --data PATH/banking77
```

The same machine and versions give the same bytes; another machine may differ in the last digits of the weights.
`training/README.md` says where to download the data.
"""


def _train(
    task: Task, recipe: Recipe, rows: Split, held_out: Split | None
) -> tuple[PreTrainedTokenizerFast, LlamaForCausalLM]:
    """Return the trained tokenizer and model."""
    set_seed(recipe.seed, task.threads)
    corpus = [USER.format(instruction=INSTRUCTION, text=text) for text in rows.texts]
    # The labels open an answer, without the space before them that they have elsewhere: enough copies to earn tokens.
    corpus += list(ROUTES) * 200
    tokenizer = byte_level_bpe(corpus, vocab_size=recipe.vocab_size, max_length=recipe.max_length)
    model = build(recipe, tokenizer)
    train(model, tokenizer, rows, recipe, held_out)
    return tokenizer, model


def _load(folder: Path) -> tuple[PreTrainedTokenizerFast, LlamaForCausalLM]:
    """Return tokenizer and model as a user loads them, in float32 on the CPU."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    return tokenizer, AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


def _reference(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, text: str) -> dict[str, object]:
    """Return one reference: the probabilities of the routes and the label mass."""
    likelihoods = label_log_likelihoods(model, tokenizer, text)
    mass = float(np.exp(likelihoods).sum())
    probabilities = np.exp(likelihoods - np.logaddexp.reduce(likelihoods))
    return {"text": text, "probabilities": probabilities.tolist(), "label_mass": mass}


def _describe(task: Task, recipe: Recipe) -> None:
    """Write ``routes.csv``, ``model.toml`` and the card of the weights in the folder."""
    tokenizer, model = _load(task.out)
    write_routes(task.out / "routes.csv")
    head: dict[str, object] = {
        "name": NAME,
        "kind": "causal-lm",
        "summary": SUMMARY,
        "language": "en",
        "licence": "CC-BY-4.0",
    }
    head |= {"labels": ROUTES, "max_length": recipe.max_length}
    references = [_reference(model, tokenizer, text) for text in REFERENCE_TEXTS]
    write_manifest(task.out, head, references, {"instruction": INSTRUCTION, "user": USER, "end": END})

    baseline, test = fit_baseline(read_split(task.data, "train")), read_split(task.data, "test")
    truth, versions = test.routes, {"none": test.texts}
    versions |= {f"{share:.0%}": delete_share(test.texts, share, seed=0) for share in (0.25, 0.5, 0.75)}
    scores = {name: predict(model, tokenizer, texts) for name, texts in versions.items()}
    ours = {name: values.argmax(axis=1) for name, values in scores.items()}
    theirs = {name: baseline.predict(list(texts)) for name, texts in versions.items()}
    shortened = {
        name: (float((ours[name] == truth).mean()), float((theirs[name] == truth).mean())) for name in versions
    }
    mass = np.exp(scores["none"]).sum(axis=1)
    choices = ", ".join(f"`{field.name}` {getattr(recipe, field.name):g}" for field in fields(recipe))
    sections = [
        INTRODUCTION.format(**vars(recipe)),
        SCORING,
        routes_section(),
        DATA_SECTION,
        PROCEDURE.format(vocabulary=len(tokenizer), choices=choices + "."),
        measures_section(truth, ours["none"], theirs["none"], shortened),
        f"Label mass on the test rows: {mass.mean():.4f} on average, {mass.min():.4f} at least.\n",
        size_section(task.out, model.num_parameters(), LIMIT_MB),
        LIMITS_SECTION,
    ]
    (task.out / "README.md").write_text("\n".join(sections), encoding="utf-8")
    mine, base = measure(truth, ours["none"]), measure(truth, theirs["none"])
    print(f"test: accuracy {mine.accuracy}, macro-F1 {mine.macro_f1}")
    print(f"baseline: accuracy {base.accuracy}, macro-F1 {base.macro_f1}")


def main() -> None:
    """Run the script."""
    task, recipe = parse(NAME, "Train the causal language model of models/bank-router-lm."), Recipe()
    if not task.card_only:
        rows, held_out = task.rows()
        tokenizer, model = _train(task, recipe, rows, held_out)
        if held_out is not None:
            answers = predict(model, tokenizer, held_out.texts)
            log_probabilities = answers - np.logaddexp.reduce(answers, axis=1, keepdims=True)
            log_loss = -log_probabilities[np.arange(len(answers)), held_out.routes].mean()
            accuracy = measure(held_out.routes, answers.argmax(axis=1)).accuracy
            print(f"held out: {accuracy}, log loss {log_loss:.3f}")
            return
        save(task.out, model, tokenizer)
    _describe(task, recipe)


if __name__ == "__main__":
    main()
