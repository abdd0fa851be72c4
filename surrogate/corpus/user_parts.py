"""What a user brings to an audit: lists of words, and concepts taught by examples."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from surrogate.describe import Lexicon, Probes, read_lexicon
from surrogate.errors import InputError
from surrogate.small_files import read_small

__all__ = ["read_probes", "user_parts", "user_request"]


def user_parts(lexicon: Any = None, probes: Any = None) -> list[tuple[str, Any]]:
    """Parts of a describe step, by name, for what was given.

    Parameters
    ----------
    lexicon : mapping of str to list of str, str or Path, optional
        Lists of words, or the file of them, as :func:`surrogate.describe.read_lexicon` reads it.
    probes : mapping of str to mapping, str or Path, optional
        Concepts with their examples, or the file of them, as :func:`read_probes` reads it.

    Examples
    --------
    >>> [name for name, _ in user_parts({"theft": ["stolen", "robbed"]})]
    ['own_words']
    """
    parts: list[tuple[str, Any]] = []
    if lexicon is not None:
        parts.append(("own_words", Lexicon(read_lexicon(lexicon) if isinstance(lexicon, str | Path) else lexicon)))
    if probes is not None:
        parts.append(("own_concepts", Probes(read_probes(probes) if isinstance(probes, str | Path) else probes)))
    return parts


def user_request(embeddings: Any, lexicon: Any, probes: Any) -> dict[str, Any]:
    """What a user brought, as JSON values, by which the same can be done again.

    Parameters
    ----------
    embeddings : str, Path or Embedder
    lexicon, probes
        As :func:`user_parts` takes them.

    Examples
    --------
    >>> user_request("none", {"theft": ["stolen"]}, None)
    {'embeddings': 'none', 'lexicon': {'theft': ['stolen']}, 'probes': None}
    """
    parts = dict(user_parts(lexicon, probes))
    words, taught = parts.get("own_words"), parts.get("own_concepts")
    return {
        "embeddings": "none" if isinstance(embeddings, str) and embeddings == "none" else "auto",
        "lexicon": None if words is None else {name: list(listed) for name, listed in words.lists.items()},
        "probes": None if taught is None else {name: dict(given) for name, given in taught.concepts.items()},
    }


def read_probes(path: str | Path) -> dict[str, dict[str, list[str]]]:
    r"""Read concepts that are taught by examples from a TOML file.

    Parameters
    ----------
    path : str or Path
        A table to a concept, with ``examples = ["text", ...]`` and, if wanted, ``counterexamples``; UTF-8.

    Raises
    ------
    InputError
        ``bad-file``, ``not-utf8`` or ``bad-lexicon``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "concepts.toml"
    ...     _ = path.write_text('["upset"]\nexamples = ["this is a scandal", "never again"]', encoding="utf-8")
    ...     read_probes(path)
    {'upset': {'examples': ['this is a scandal', 'never again']}}
    """
    path = Path(path)
    content = read_small(path, "bad-lexicon")
    try:
        tables = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise InputError("bad-lexicon", f"{path.name} cannot be read as TOML: {error}.") from error
    for name, table in tables.items():
        if not _is_concept(table):
            raise InputError(
                "bad-lexicon",
                f'{path.name}: the concept {name!r} must be a table with examples = ["text", …] and, if wanted, '
                'counterexamples = ["text", …].',
            )
    if not tables:
        raise InputError("bad-lexicon", f"{path.name} holds no concept. Write a table to each, with its examples.")
    return tables


def _is_concept(table: Any) -> bool:
    if not isinstance(table, Mapping) or "examples" not in table or set(table) - {"examples", "counterexamples"}:
        return False
    return all(isinstance(texts, list) and all(isinstance(text, str) for text in texts) for texts in table.values())
