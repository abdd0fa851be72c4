"""Fonts of a rendering: those that come with this package's libraries, and others for characters that those lack."""

from __future__ import annotations

import importlib
import importlib.util
import io
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from surrogate.errors import InputError

__all__ = ["BODY", "CODE", "font_files"]

#: Families in the order in which a character is looked for.
BODY = ("FiraGO", "Noto Sans Symbols2", "DejaVu Sans")
CODE = ("Fira Mono", *BODY)

_PACKED = ("FiraGO_Regular", "FiraGO_Bold", "FiraGO_Italic", "FiraMono_Regular", "NotoSansSymbols2_Regular")
_BESIDE_MATPLOTLIB = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")

#: Packages of further fonts, by the folder they keep them in: what the extra "cjk" installs.
_EXTRA = (("justmytype_intl_cjk", "fonts/ofl/notosanssc"), ("justmytype_intl_cjk", "fonts"))

_SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".otc"})

#: Axis of a variable font that is set to each weight.
_WEIGHTS = (400, 700)


def font_files(text: str, fonts: Sequence[str | Path] = (), *, system: bool = True) -> dict[str, bytes]:
    """Font files that together have every character of a text.

    Characters that the fonts of this package's libraries lack are looked for in ``fonts``, then in those of the extra
    "cjk", then in those of the system; of such a font only the characters that are needed are taken.

    Parameters
    ----------
    text : str
    fonts : sequence of str or Path, optional
        Font files, or folders of them.
    system : bool, default True
        Look through the fonts of the system last.

    Returns
    -------
    dict of str to bytes
        Content by file name.

    Raises
    ------
    InputError
        ``missing-glyph``: no font has a character; ``bad-file``: a font cannot be read.

    Examples
    --------
    >>> sorted(font_files("a", system=False))[0]
    'DejaVuSans-Bold.ttf'
    """
    given = _given(fonts)
    files = _built_in()
    missing = {character for character in text if _is_drawn(character)}
    for content in files.values():
        missing -= {chr(code) for code in _open(content).getBestCmap()}
    for place, (path, number) in enumerate(_further(given, system)):
        if not missing:
            break
        found = missing & _characters(path, number)
        for name, content in _cut(path, number, found).items() if found else ():
            files[f"{place:04d}-{name}"] = content
        missing -= found
    if missing:
        raise InputError("missing-glyph", _not_drawn(sorted(missing)))
    return files


def _not_drawn(missing: list[str]) -> str:
    shown = ", ".join(f"U+{ord(one):04X} ({unicodedata.name(one, 'without a name')})" for one in missing[:5])
    more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
    return (
        f"No font has {shown}{more}: the report would show a box in place of the text. Name a font that has "
        "it: --font PATH on the command line, fonts=[...] in Python; for Chinese, Japanese and Korean install "
        "surrogate-explainer[cjk]."
    )


def _is_drawn(character: str) -> bool:
    """Whether a character needs a glyph: not a space, a line break, a joiner or a selector of variants."""
    kind = unicodedata.category(character)
    return kind not in ("Cc", "Cf", "Zs") and not 0xFE00 <= ord(character) <= 0xFE0F


def _built_in() -> dict[str, bytes]:
    files = {f"{name}.ttf": importlib.import_module(f"pymupdf_fonts.{name}").fontbuffer for name in _PACKED}
    # Found without importing matplotlib, which takes half a second.
    folder = _folder("matplotlib", "mpl-data/fonts/ttf")
    return files | {name: (folder / name).read_bytes() for name in _BESIDE_MATPLOTLIB if folder is not None}


def _folder(package: str, inside: str) -> Path | None:
    found = importlib.util.find_spec(package)
    return None if found is None or found.origin is None else Path(found.origin).parent / inside


def _given(fonts: Sequence[str | Path]) -> list[Path]:
    paths: list[Path] = []
    for font in [fonts] if isinstance(fonts, str | Path) else fonts:
        path = Path(font)
        files = _files_in(path) if path.is_dir() else [path] if path.is_file() else []
        if not files:
            raise InputError(
                "bad-file", f"There is no font at {str(path)!r}. Name a .ttf, .otf or .ttc file, or a folder."
            )
        paths += files
    return paths


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)


def _further(given: list[Path], system: bool) -> Iterator[tuple[Path, int]]:
    """Fonts to look through, with their number in a collection; the system's are listed only when it comes to them."""
    for path in given:
        yield from ((path, number) for number in range(_n_fonts(path)))
    for package, inside in _EXTRA:
        folder = _folder(package, inside)
        yield from ((path, 0) for path in (_files_in(folder) if folder is not None else []))
    if system:
        import typst

        listed = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False).fonts()
        # A font of last resort draws boxes.
        for one in sorted((one for one in listed if one.path and "LastResort" not in one.path), key=_likeliest_first):
            yield Path(str(one.path)), one.index


def _likeliest_first(font: Any) -> tuple[Any, ...]:
    """The same order on every run: families that most of what is missing is found in, and of each the plain one."""
    likely = any(word in font.family for word in ("Emoji", "CJK", "Symbol", "Unicode"))
    return not likely, font.style != "normal", abs(font.weight - 400), font.path, font.index


def _n_fonts(path: Path) -> int:
    if path.suffix.lower() not in (".ttc", ".otc"):
        return 1
    from fontTools.ttLib import TTCollection

    with path.open("rb") as stream:
        return len(TTCollection(stream, lazy=True).fonts)


def _open(source: bytes | Path, number: int = 0) -> Any:
    from fontTools.ttLib import TTFont, TTLibError

    stream = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    try:
        return TTFont(stream, fontNumber=number, lazy=True, recalcTimestamp=False)
    except (TTLibError, OSError) as error:
        stream.close()
        raise InputError("bad-file", f"{str(source)!r} cannot be read as a font: {error}. Name another.") from error


def _characters(path: Path, number: int) -> set[str]:
    with _open(path, number) as font:
        return {chr(code) for code in font.getBestCmap() or {}}


def _cut(path: Path, number: int, characters: set[str]) -> dict[str, bytes]:
    """The part of a font that is needed, once for each weight where it is variable."""
    from fontTools import subset
    from fontTools.varLib import instancer

    options = subset.Options(layout_features=["*"], name_IDs=["*"], notdef_outline=True)
    options.drop_tables += ["DSIG"]
    options.recalc_timestamp = False
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(map(ord, characters)))
    with _open(path, number) as font:
        cutter.subset(font)
        content = _saved(font)
        has_weights = "fvar" in font and any(axis.axisTag == "wght" for axis in font["fvar"].axes)
        suffix = ".otf" if "CFF " in font else ".ttf"
    if not has_weights:
        return {f"{path.stem}-{number}{suffix}": content}
    files = {}
    for weight in _WEIGHTS:
        with _open(content) as font:
            instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
            files[f"{path.stem}-{weight}.ttf"] = _saved(font)
    return files


def _saved(font: Any) -> bytes:
    stream = io.BytesIO()
    font.save(stream, reorderTables=True)
    return stream.getvalue()
