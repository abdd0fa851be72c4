"""Names of formats that somebody asked for."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

from surrogate.errors import InputError

__all__ = ["named_formats"]


def named_formats(asked: str | Iterable[str], known: Collection[str], what: str) -> list[str]:
    """The formats that are asked for, each once.

    Parameters
    ----------
    asked : str or iterable of str
        One name, or several.
    known : collection of str
        All that there are, in the order in which they are listed.
    what : str
        Of what the formats are, in the singular.

    Raises
    ------
    InputError
        ``unknown-format``.

    Examples
    --------
    >>> named_formats(["md", "html", "md"], ("html", "md"), "report")
    ['md', 'html']
    >>> named_formats("htm", ("html", "md"), "report")
    Traceback (most recent call last):
    surrogate.errors.InputError: There is no report format 'htm'. Formats: html, md. Did you mean 'html'? [unknown-format]
    """
    names = [asked] if isinstance(asked, str) else list(dict.fromkeys(asked))
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.4)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise InputError(
                "unknown-format", f"There is no {what} format {name!r}. Formats: {', '.join(known)}.{hint}"
            )
    return names
