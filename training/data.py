"""Reading the BANKING77 rows and holding a validation part out."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.routes import ROUTES, route_of_intent

__all__ = ["Split", "default_data_folder", "hold_out", "read_split"]

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, eq=False)
class Split:
    """Texts with their intents and routes.

    Parameters
    ----------
    texts : tuple of str, length n
        Customer messages, without white space around them.
    intents : tuple of str, length n
        The data set's own label of each message, one of 77.

    Examples
    --------
    >>> Split(("Where is my card?",), ("card_arrival",)).routes
    array([0])
    """

    texts: tuple[str, ...]
    intents: tuple[str, ...]

    @property
    def routes(self) -> np.ndarray:
        """Position of each row's route in ``ROUTES``; ndarray of int, shape (n,)."""
        mapping = route_of_intent()
        return np.array([ROUTES.index(mapping[intent]) for intent in self.intents], dtype=np.int64)

    @property
    def intent_codes(self) -> np.ndarray:
        """Position of each row's intent among the sorted intents; ndarray of int, shape (n,)."""
        order = {intent: code for code, intent in enumerate(route_of_intent())}
        return np.array([order[intent] for intent in self.intents], dtype=np.int64)

    def take(self, rows: np.ndarray) -> Split:
        """Return the rows at the given positions (ndarray of int, shape (m,))."""
        return Split(tuple(self.texts[i] for i in rows), tuple(self.intents[i] for i in rows))


def default_data_folder() -> Path:
    """Return ``banking77`` inside $SURROGATE_DATA, or inside ``../shared/data`` beside the repository."""
    base = os.environ.get("SURROGATE_DATA")
    return (Path(base) if base else ROOT.parent / "shared" / "data") / "banking77"


def read_split(folder: Path, name: str) -> Split:
    """Read ``train.csv`` or ``test.csv``.

    Parameters
    ----------
    folder : Path
        Folder that holds the file.
    name : {"train", "test"}
        Which file.

    Returns
    -------
    Split
        All rows, in the order of the file.

    Raises
    ------
    FileNotFoundError
        If the file is not there.
    ValueError
        If the file has not the columns ``text`` and ``label`` (``category`` in the original release).
    """
    path = folder / f"{name}.csv"
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is needed and is not there; training/README.md says where to download it (option --data)."
        )
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns = reader.fieldnames or []
        label = "label" if "label" in columns else "category"
        if "text" not in columns or label not in columns:
            raise ValueError(f"{path} needs the columns text and label, but has {columns}; check the download.")
        rows = list(reader)
    return Split(tuple(row["text"].strip() for row in rows), tuple(row[label] for row in rows))


def hold_out(split: Split, fraction: float, seed: int) -> tuple[Split, Split]:
    """Split off a validation part, the same fraction of every intent.

    Parameters
    ----------
    split : Split
        Training rows.
    fraction : float in (0, 1)
        Share of the rows to hold out.
    seed : int
        Seed of the permutation.

    Returns
    -------
    tuple of Split
        The rows to train on and the rows held out.
    """
    rng = np.random.default_rng(seed)
    codes = split.intent_codes
    held = np.zeros(len(codes), dtype=bool)
    for code in np.unique(codes):
        rows = rng.permutation(np.flatnonzero(codes == code))
        held[rows[: max(1, round(fraction * len(rows)))]] = True
    return split.take(np.flatnonzero(~held)), split.take(np.flatnonzero(held))
