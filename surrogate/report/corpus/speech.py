"""Messages in the language of the reader whose values may be markup."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from surrogate.report import language
from surrogate.report.visible import visible

__all__ = ["plural", "say"]


def say(message: str, **values: Any) -> str:
    """A message with its values put in; where one of them is markup, the result is, and everything else in it is escaped.

    Parameters
    ----------
    message : str
        In English, as it stands in the catalogue; values as ``{name}``.
    **values
        Text as it is, or markup that was built here.

    Returns
    -------
    str or Markup

    Examples
    --------
    >>> say("model {name}", name="<i>")
    'model <i>'
    >>> say("model {name} by {author}", name=Markup("<b>m</b>"), author="<i>")
    Markup('model <b>m</b> by &lt;i&gt;')
    """
    if not _has_markup(values):
        return language.say(message, **values)
    return _filled(language.say(message, **_places(values)), values)


def plural(one: str, many: str, n: int, **values: Any) -> str:
    """The same for a message whose form depends on a number, which is put in as ``{n}`` with a comma between thousands.

    Examples
    --------
    >>> plural("{n} text of {name}", "{n} texts of {name}", 1200, name=Markup("<b>m</b>"))
    Markup('1,200 texts of <b>m</b>')
    """
    if not _has_markup(values):
        return language.plural(one, many, n, **values)
    return _filled(language.plural(one, many, n, **_places(values)), values)


def _has_markup(values: dict[str, Any]) -> bool:
    return any(isinstance(value, Markup) for value in values.values())


def _places(values: dict[str, Any]) -> dict[str, str]:
    """Each value as its own placeholder: the message is looked up first, and filled when it has been escaped."""
    return {name: f"{{{name}}}" for name in values}


def _filled(message: str, values: dict[str, Any]) -> Markup:
    plain = {name: visible(value) for name, value in values.items() if type(value) is str}
    return escape(message).format(**{**values, **plain})
