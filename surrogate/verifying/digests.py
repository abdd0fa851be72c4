"""The digest over everything that was asked and answered."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import product

from surrogate.verifying.canonical_json import es6_number, sha256_hex

__all__ = ["answer_digests"]

#: Numbers whose last digit hangs by a thread, of which all ways to round are tried.
_MOST_TRIED = 6


def answer_digests(asked: Iterable[tuple[str, Sequence[float]]]) -> set[str]:
    """SHA-256 over texts and the probabilities of their answers, in no order.

    Probabilities are rounded to ten digits there.  Where a probability lies as near to the middle between two such numbers as
    the last bit of the exponential function decides, which differs from library to library, both digests are given.

    Parameters
    ----------
    asked : iterable of (str, sequence of float)
        Text, and log-probabilities of every class.

    Returns
    -------
    set of str
        Hexadecimal; empty where too many hang by a thread, so that nothing can be said.

    Examples
    --------
    >>> [one[:8] for one in answer_digests([("a", [0.0, float("-inf")])])]
    ['63bf818e']
    """
    texts: dict[str, str] = {}
    rows: list[tuple[str, list[tuple[str, ...]]]] = []
    for text, logs in asked:
        digest = texts.setdefault(text, "") or sha256_hex(text.encode("utf-8", "surrogatepass"))
        texts[text] = digest
        rows.append((digest, [_rounded(log) for log in logs]))
    rows.sort(key=lambda row: row[0])
    open_places = [ways for _, numbers in rows for ways in numbers if len(ways) > 1]
    if len(open_places) > _MOST_TRIED:
        return set()
    return {_digest_of_rows(rows, list(chosen)) for chosen in product(*open_places)}


def _digest_of_rows(rows: list[tuple[str, list[tuple[str, ...]]]], chosen: list[str]) -> str:
    left = iter(chosen)
    written = (
        f'["{digest}",[{",".join(ways[0] if len(ways) == 1 else next(left) for ways in numbers)}]]'
        for digest, numbers in rows
    )
    return sha256_hex(f"[{','.join(written)}]".encode("ascii"))


def _rounded(log: float) -> tuple[str, ...]:
    """A probability with ten digits, as JSON has it; both ways where it is not known in which it goes."""
    if math.isnan(log):
        return ("null",)
    number = math.exp(log)
    # Sixteen digits tell whether those beyond the tenth are just about one half.
    beyond = f"{number:.15e}"[11:17]
    if beyond not in ("499999", "500000"):
        return (_ten(number),)
    return tuple(sorted({_ten(number * (1 - 2e-15)), _ten(number * (1 + 2e-15))}))


def _ten(number: float) -> str:
    text = f"{number:.10g}"
    # Ten digits are read back as written; only smaller numbers are written otherwise in JSON than in Python.
    return text if 1e-4 <= number < 1e10 else es6_number(float(text))
