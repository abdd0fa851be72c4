"""Words and sentences by ICU, the library of the Unicode consortium; it is loaded when it is needed."""

from __future__ import annotations

from importlib.metadata import version

__all__ = ["icu_name", "pieces"]

# No language is assumed: the rules and dictionaries of the root locale serve all scripts.
_ROOT = "und"


def pieces(kind: str, text: str) -> list[str]:
    """The words or sentences of a text in order; joined they are the text.

    Pieces are used rather than ICU's own offsets, which count in UTF-16.

    Parameters
    ----------
    kind : {"word", "sentence"}
    text : str
        Without lone surrogates.

    References
    ----------
    Unicode Standard Annex 29, "Unicode Text Segmentation"; ICU User Guide, "Boundary Analysis".

    Examples
    --------
    >>> pieces("sentence", "你好。再见！")
    ['你好。', '再见！']
    """
    from icu4py.breakers import SentenceBreaker, WordBreaker

    breaker = {"word": WordBreaker, "sentence": SentenceBreaker}[kind]
    return list(breaker(text, _ROOT))


def icu_name() -> str:
    """Name and version of the library, for an auditor: another version may cut otherwise.

    Examples
    --------
    >>> icu_name()
    'ICU ... (icu4py ...)'
    """
    import icu4py

    return f"ICU {icu4py.icu_version} (icu4py {version('icu4py')})"
