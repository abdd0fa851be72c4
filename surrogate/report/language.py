"""Language: the sentences of a report in the language of its reader, from message catalogues."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, reduce
from pathlib import Path
from typing import Any, NamedTuple

from surrogate.errors import InputError

__all__ = [
    "LOCALES",
    "clauses",
    "current_locale",
    "gap",
    "joined",
    "language_tag",
    "listed",
    "message",
    "plural",
    "recorded",
    "say",
    "speaking",
    "translated",
]

#: Languages that reports can be rendered in; the first is the one that sentences are written in.
LOCALES = ("en", "zh")

_locale: ContextVar[str] = ContextVar("locale", default=LOCALES[0])

_FIELD = re.compile(r"\\\{(\w+)\\\}")

#: Digits, with a true minus sign or a point.
_NUMBER = r"\u2212?[0-9.,]*[0-9]"

#: Tags of languages in HTML, where they are not the name of the locale.
_TAGS = {"zh": "zh-Hans"}

#: Where one sentence may end and the next begin.
_BETWEEN = re.compile(r"(?<=[.!?]) (?=[A-Z0-9“])")


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


def language_tag() -> str:
    """The language that is spoken in this context, as HTML names it.

    Examples
    --------
    >>> with speaking("zh"):
    ...     language_tag()
    'zh-Hans'
    """
    return _TAGS.get(current_locale(), current_locale())


def message(text: str) -> str:
    """A message that is said later: it is collected for the catalogues here, and left as it is.

    Examples
    --------
    >>> message("stable")
    'stable'
    """
    return text


def translated(message: str, /) -> str:
    """A message in the language of the reader, its places for values left open.

    Examples
    --------
    >>> translated("{n} words")
    '{n} words'
    """
    if current_locale() == LOCALES[0]:
        return message
    return _catalogue(current_locale()).messages.get(message, message)


def say(message: str, /, **values: Any) -> str:
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
    return translated(message).format(**values)


def plural(one: str, many: str, n: int, /, **values: Any) -> str:
    """A message whose form depends on a number, which is put in as ``{n}`` with a comma between thousands.

    A language other than English has one form, the translation of that for many.

    Examples
    --------
    >>> plural("{n} word", "{n} words", 1), plural("{n} word", "{n} words", 1200)
    ('1 word', '1,200 words')
    """
    form = one if n == 1 and current_locale() == LOCALES[0] else many
    return translated(form).format(n=f"{n:,}", **values)


def gap() -> str:
    """What stands between two sentences.

    Examples
    --------
    >>> with speaking("zh"):
    ...     gap()
    ''
    """
    return " " if current_locale() == LOCALES[0] else ""


def joined(*sentences: str) -> str:
    """Sentences in a row; empty ones are left out.

    Examples
    --------
    >>> joined("One.", "", "Two.")
    'One. Two.'
    """
    return gap().join(filter(None, sentences))


def listed(names: list[str]) -> str:
    """Names in a row, the last with "and".

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a"]), listed([])
    ('a, b and c', 'a', '')
    """
    if len(names) < 2:
        return "".join(names)
    return say("{names} and {name}", names=say(", ").join(names[:-1]), name=names[-1])


def clauses(*parts: str) -> str:
    """Parts of a sentence in a row, such as facts about one thing; empty ones are left out.

    Examples
    --------
    >>> clauses("95.0 %", "", "30 copies")
    '95.0 %, 30 copies'
    """
    told = [part for part in parts if part]
    return reduce(lambda before, after: say("{before}, {after}", before=before, after=after), told) if told else ""


def recorded(sentence: str) -> str:
    """A sentence of the record in the language of the reader; one that no pattern of the catalogue fits is left as it is.

    Parameters
    ----------
    sentence : str
        In English, as explanations are recorded; several in a row are looked up one by one.

    Notes
    -----
    What a pattern finds for a value is looked up too, so that a value may be one of several words. Text of the user is not:
    a value in quotes, and one whose name begins with ``name``, is put in as it was found. A value whose name ends in
    ``_number`` fits a number alone.

    Examples
    --------
    >>> recorded("It says what the model reacts to, not whether the model is right, fair or lawful.")[:7]
    'It says'
    """
    if current_locale() == LOCALES[0] or not sentence:
        return sentence
    catalogue, told, rest = _catalogue(current_locale()), "", _BETWEEN.split(sentence)
    while rest:
        n_taken, found = _first(catalogue, rest)
        told += found if n_taken else f"{told and gap()}{rest[0]}{' ' * (len(rest) > 1)}"
        rest = rest[n_taken or 1 :]
    return told


class _Pattern(NamedTuple):
    """A message as an expression, its translation, and the values that are looked up themselves."""

    english: re.Pattern[str]
    translated: str
    looked_up: frozenset[str]


class _Catalogue(NamedTuple):
    """Messages by their English form, and patterns of sentences that records hold, the longest first."""

    messages: dict[str, str]
    patterns: list[_Pattern]


def _first(catalogue: _Catalogue, sentences: list[str]) -> tuple[int, str]:
    """How many of the first sentences make up a message, and its translation; none: 0.

    More than one do where a value, such as a label, holds what looks like the end of a sentence.
    """
    for n_taken in range(1, len(sentences) + 1):
        found = _fitting(catalogue, " ".join(sentences[:n_taken]))
        if found is not None:
            return n_taken, found
    return 0, ""


def _fitting(catalogue: _Catalogue, sentence: str) -> str | None:
    if "{" not in sentence and sentence in catalogue.messages:
        return catalogue.messages[sentence]
    for pattern in catalogue.patterns:
        match = pattern.english.fullmatch(sentence)
        if match:
            values = match.groupdict()
            return pattern.translated.format(
                **{name: _value(catalogue, value, name in pattern.looked_up) for name, value in values.items()}
            )
    return None


def _value(catalogue: _Catalogue, value: str, looked_up: bool) -> str:
    found = _fitting(catalogue, value) if looked_up else None
    return value if found is None else found


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
        [_pattern(english, translated) for english, translated in patterns],
    )


def _group(field: re.Match[str]) -> str:
    """What stands in the place of a value: a number alone where its name says so."""
    return f"(?P<{field[1]}>{_NUMBER if field[1].endswith('_number') else '.+?'})"


def _pattern(message: str, translation: str) -> _Pattern:
    """What a sentence must be like to be a message with values put in."""
    english = re.compile(_FIELD.sub(_group, re.escape(message)), re.DOTALL)
    quoted = {*re.findall(r"“\{(\w+)\}”", message), *re.findall(r"'\{(\w+)\}'", message)}
    names = {name for name in english.groupindex if name.startswith("name")}
    return _Pattern(english, translation, frozenset(english.groupindex) - quoted - names)
