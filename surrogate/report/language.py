"""Language: the sentences of a report in the language of its reader, from message catalogues."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from surrogate.errors import InputError

__all__ = ["LOCALES", "current_locale", "plural", "recorded", "say", "speaking"]

#: Languages that reports can be rendered in; the first is the one that sentences are written in.
LOCALES = ("en", "zh")

_locale: ContextVar[str] = ContextVar("locale", default=LOCALES[0])

_FIELD = re.compile(r"\\\{(\w+)\\\}")


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Render in a language, in this context only.

    Raises
    ------
    InputError
        ``bad-parameter`` for a language without a catalogue.

    Examples
    --------
    >>> with speaking("zh"):
    ...     current_locale()
    'zh'
    >>> current_locale()
    'en'
    """
    if locale not in LOCALES:
        raise InputError("bad-parameter", f"Reports are written in {' or '.join(LOCALES)}; got {locale!r}.")
    token = _locale.set(locale)
    try:
        yield
    finally:
        _locale.reset(token)


def current_locale() -> str:
    """The language that is spoken in this context."""
    return _locale.get()


def say(message: str, **values: Any) -> str:
    """A message in the language of the reader, with its values put in.

    Parameters
    ----------
    message : str
        In English, as it stands in the catalogue; values as ``{name}``.
    **values
        Already in the language of the reader, such as numbers with their unit.

    Examples
    --------
    >>> say("{n} words", n=3)
    '3 words'
    """
    return _found(message).format(**values)


def plural(one: str, many: str, n: int, **values: Any) -> str:
    """A message whose form depends on a number, which is put in as ``{n}`` with a comma between thousands.

    Examples
    --------
    >>> plural("{n} word", "{n} words", 1), plural("{n} word", "{n} words", 1200)
    ('1 word', '1,200 words')
    """
    message = one if n == 1 and current_locale() == "en" else many
    return _found(message).format(n=f"{n:,}", **values)


def recorded(sentence: str) -> str:
    """A sentence of the record in the language of the reader; one that no pattern of the catalogue fits is left as it is.

    Parameters
    ----------
    sentence : str
        In English, as explanations are recorded.

    Examples
    --------
    >>> recorded("It says what the model reacts to, not whether the model is right, fair or lawful.")[:7]
    'It says'
    """
    if current_locale() == LOCALES[0] or not sentence:
        return sentence
    catalogue = _catalogue(current_locale())
    if sentence in catalogue.messages:
        return catalogue.messages[sentence]
    for pattern, translated in catalogue.patterns:
        match = pattern.fullmatch(sentence)
        if match:
            return translated.format(**{name: recorded(value) for name, value in match.groupdict().items()})
    return sentence


class _Catalogue(NamedTuple):
    """Messages by their English form, and patterns of sentences that records hold, the longest first."""

    messages: dict[str, str]
    patterns: list[tuple[re.Pattern[str], str]]


def _found(message: str) -> str:
    if current_locale() == LOCALES[0]:
        return message
    return _catalogue(current_locale()).messages.get(message, message)


@cache
def _catalogue(locale: str) -> _Catalogue:
    """Read the catalogues of a language; messages that a comment calls ``recorded`` are patterns of sentences of records."""
    from babel.messages.pofile import read_po

    entries = []
    for path in sorted((Path(__file__).parent / "locale" / locale).glob("*.po")):
        with path.open("rb") as stream:
            entries += [entry for entry in read_po(stream, locale=locale) if entry.id and entry.string]
    patterns = [(str(entry.id), str(entry.string)) for entry in entries if "recorded" in entry.auto_comments]
    patterns.sort(key=lambda pair: (-len(pair[0]), pair[0]))
    return _Catalogue(
        {str(entry.id): str(entry.string) for entry in entries},
        [(_pattern(english), translated) for english, translated in patterns],
    )


def _pattern(message: str) -> re.Pattern[str]:
    """What a sentence must be like to be a message with values put in."""
    return re.compile(_FIELD.sub(lambda field: f"(?P<{field[1]}>.+?)", re.escape(message)), re.DOTALL)
