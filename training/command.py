"""The command line that the training scripts share."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from training.data import ROOT, Split, default_data_folder, hold_out, read_split
from training.routes import check_routes

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

__all__ = ["Task", "parse", "save"]


@dataclass(frozen=True)
class Task:
    """What a training script was asked to do.

    Examples
    --------
    >>> Task(Path("data"), Path("out"), threads=1, validate=False, card_only=False).threads
    1
    """

    data: Path
    out: Path
    threads: int
    validate: bool
    card_only: bool

    def rows(self) -> tuple[Split, Split | None]:
        """Return the rows to train on and, with ``--validate``, a tenth that is held out."""
        train = read_split(self.data, "train")
        check_routes(train.intents)
        return hold_out(train, 0.1, seed=7) if self.validate else (train, None)


def parse(name: str, description: str) -> Task:
    """Parse the command line of the script that trains ``models/<name>``."""
    parser = argparse.ArgumentParser(prog=f"python -m training.{name.replace('-', '_')}", description=description)
    parser.add_argument("--data", type=Path, default=default_data_folder(), help="folder with train.csv and test.csv")
    parser.add_argument("--out", type=Path, default=ROOT / "models" / name, help="folder to write")
    parser.add_argument("--threads", type=int, default=1, help="threads; the weights depend on it in the last digits")
    parser.add_argument("--validate", action="store_true", help="train on nine tenths, print measures, write nothing")
    parser.add_argument(
        "--card-only", action="store_true", help="keep the weights, write model.toml and the card again"
    )
    options = parser.parse_args()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    return Task(options.data, options.out, options.threads, options.validate, options.card_only)


def save(folder: Path, model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast) -> None:
    """Write weights and tokenizer in the Hugging Face layout, readable for everyone."""
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    for path in folder.iterdir():
        path.chmod(0o644)
