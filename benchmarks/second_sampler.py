"""Do explanations survive on texts that read like texts?  Surrogates fitted to one kind of copy, measured on others.

Run ``python -m benchmarks.second_sampler --data FOLDER``; FOLDER holds ``banking77/train.csv`` and ``banking77/test.csv``.
Prints Markdown tables and writes ``benchmarks/results/second_sampler.md``.

The model is bank-router.  *Deletion*: copies with words deleted; *filled in*: copies whose removed words ``bank-mlm`` filled
in; *real*: the nearest texts of the training rows, by the model's own embeddings.  Each surrogate is fitted to a fixed number
of calls to one kind and measured on fresh texts of every kind, means over the messages: R² of the log-odds, and the share of
the texts on which surrogate and model decide alike, beside that of always giving the more frequent decision.  What is filled
in is no unit of the text, so no function of the kept words can tell all of the answers: the row *fitted to filled in,
measured on filled in* is the yardstick.  How it reads: negative log-likelihood in nats per token, of the tokens of a copy each
masked in turn (``bank-mlm``, which made them), and of the message after the prompt (``bank-router-lm``, which did not).
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import time
from pathlib import Path
from typing import Any

import numpy as np

from surrogate import explain, load
from surrogate.blackbox import load_model
from surrogate.blackbox.masked_lm import load_masked_lm
from surrogate.explanation import Explanation
from surrogate.perturb import Delete, Infill
from surrogate.store import MemoryStore

ROOT = Path(__file__).parent.parent
KINDS = {"delete": "deletion", "infill": "filled in", "retrieve": "real"}
N_READ = 8


def texts_of(path: Path) -> list[str]:
    """The texts of a file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return [row["text"] for row in csv.DictReader(stream)]


def messages(texts: list[str], n_texts: int) -> list[str]:
    """Messages of 9-15 words, spread over the file."""
    short = [text for text in texts if 9 <= len(text.split()) <= 15]
    return short[:: max(1, len(short) // n_texts)][:n_texts]


def explained(text: str, box: Any, sampler: Any, filler: Any, corpus: list[str], calls: int) -> Explanation:
    """One message, fitted to the copies of a sampler and measured on all kinds of texts."""
    pipe = load("local", box).set_params(perturb=sampler)
    second = {"second": ["delete", "infill", "retrieve"], "infill_model": filler, "corpus": corpus}
    return explain(text, box, pipe, calls=calls, store=box_store(box), **second)


_STORES: dict[int, MemoryStore] = {}


def box_store(box: Any) -> MemoryStore:
    """One store for all messages: the corpus is read once."""
    return _STORES.setdefault(id(box), MemoryStore())


def row(fitted: str, name: str, kind: str, found: list[Explanation]) -> str:
    """One line of the table of fidelity."""
    samples = [next(sample for sample in each.second if sample.perturbation == kind) for each in found]
    ones = [sample.fidelity[name] for sample in samples]
    r2, same, base = (
        np.array(values)
        for values in (
            [one.r2.value for one in ones],
            [one.agreement.value for one in ones],
            [one.agreement.baseline for one in ones],
        )
    )
    return (
        f"| {fitted} | {KINDS[kind]} | {name} | {np.median(r2):.2f} | {np.mean(r2 > 0):.0%} | {same.mean():.3f} | "
        f"{base.mean():.3f} | {np.mean(same > base):.0%} | {np.mean([sample.n_texts for sample in samples]):.0f} |"
    )


def pseudo_nll(filler: Any, texts: list[str]) -> float:
    """Mean negative log-likelihood per token, each token masked in turn."""
    import torch

    reader = filler._loaded()
    tokenizer, losses = reader.tokenizer, []
    for text in texts:
        ids = tokenizer(text, return_tensors="pt")["input_ids"]
        places = torch.arange(1, ids.shape[1] - 1)
        if len(places):
            masked = ids.repeat(len(places), 1)
            masked[torch.arange(len(places)), places] = tokenizer.mask_token_id
            with torch.inference_mode():
                logits = reader.model(input_ids=masked).logits[torch.arange(len(places)), places]
            losses.append(torch.nn.functional.cross_entropy(logits, ids[0, places], reduction="none"))
    return float(torch.cat(losses).mean())


def message_nll(texts: list[str]) -> float:
    """Mean negative log-likelihood per token of messages after the prompt of bank-router-lm."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from surrogate.blackbox.spec import read_spec

    folder = ROOT / "models" / "bank-router-lm"
    spec, tokenizer = read_spec(folder), AutoTokenizer.from_pretrained(folder)
    model, losses = AutoModelForCausalLM.from_pretrained(folder).eval(), []
    for text in texts:
        turns = [spec.prompt.user.format(instruction=spec.prompt.instruction, text=part) for part in ("", text)]
        start, whole = (
            tokenizer.apply_chat_template([{"role": "user", "content": turn}], return_dict=False) for turn in turns
        )
        first = len(start) - 1
        with torch.inference_mode():
            logits = model(input_ids=torch.tensor([whole])).logits[0, first - 1 : -2]
        losses.append(torch.nn.functional.cross_entropy(logits, torch.tensor(whole[first:-1]), reduction="none"))
    return float(torch.cat(losses).mean())


def reading_rows(texts: list[str], filler: Any) -> list[str]:
    """Lines of the table on how copies read."""
    samplers: dict[str, Any] = {"as written": None, "deletion": Delete()}
    for order in ("left_to_right", "at_once"):
        samplers[f"filled in, {order.replace('_', ' ')}"] = Infill(filler, order=order)
    samplers["filled in, left to right, top_k 10"] = Infill(filler, top_k=10)
    samplers["filled in, left to right, temperature 0.7"] = Infill(filler, temperature=0.7)
    lines = []
    for name, sampler in samplers.items():
        start = time.perf_counter()
        copies = list(texts)
        if sampler is not None:
            drawn = [sampler.set_params(n_samples=256).draw([text]).texts for text in texts]
            copies = [copy for part in drawn for copy in part[2 : 2 + N_READ] if copy.strip()]
        seconds = (time.perf_counter() - start) / len(texts)
        made = "" if sampler is None else f"{seconds:.2f} s"
        lines.append(f"| {name} | {pseudo_nll(filler, copies):.2f} | {message_nll(copies):.2f} | {made} |")
        print(lines[-1], flush=True)
    return lines


def main() -> None:
    """Measure and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(os.environ.get("SURROGATE_DATA", ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--texts", type=int, default=30)
    parser.add_argument("--calls", type=int, default=256)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "second_sampler.md")
    options = parser.parse_args()
    corpus, test = (texts_of(options.data / "banking77" / f"{name}.csv") for name in ("train", "test"))
    texts, box, filler = messages(test, options.texts), load_model("bank-router"), load_masked_lm("bank-mlm")
    reads = reading_rows(texts[:10], filler)
    lines = []
    for fitted, sampler in (("deletion", Delete()), ("filled in", Infill(filler))):
        found = [explained(text, box, sampler, filler, corpus, options.calls) for text in texts]
        for name in ("linear", "tree"):
            lines += [row(fitted, name, kind, found) for kind in KINDS]
        print("\n".join(lines[-6:]), flush=True)
    where = f"{len(texts)} messages of 9-15 words, {options.calls} calls; {platform.machine()}, {os.cpu_count()} cores."
    columns = ("fitted to", "measured on", "surrogate", "R², median", "R² above 0", "same decision")
    columns += ("more frequent decision", "above it", "texts")
    table = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|", *lines]
    copies = f"{len(texts[:10])} messages, {N_READ} copies of each; seconds are for 256 copies of one message, on a busy machine."
    read = [
        "| copies | nats per token, bank-mlm | nats per token, bank-router-lm | made in |",
        "|---|---|---|---|",
        *reads,
    ]
    note = (__doc__ or "").split("\n\n")[-1].strip()
    body = ["# Second sampler", "", note, "", where, "", *table, "", "## How it reads", "", copies, "", *read, ""]
    options.out.write_text("\n".join(body), encoding="utf-8")


if __name__ == "__main__":
    main()
