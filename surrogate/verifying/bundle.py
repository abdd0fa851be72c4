"""The verifier as one file that needs nothing but Python: the modules of this folder, one after the other."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path

from surrogate.verifying.canonical_json import canonical_json, sha256_hex

__all__ = ["MODULES", "bundle_verifier", "clashing_names", "file_name", "write_verifier"]

#: The modules in the order in which they need each other; what needs the package is not among them.
MODULES = (
    "problems",
    "canonical_json",
    "strict_json",
    "ed25519",
    "dsse",
    "schema",
    "schemas",
    "folder",
    "erasure",
    "manifest",
    "signatures",
    "integrity",
    "evidence",
    "comparison",
    "numeric",
    "quantity",
    "digests",
    "coverage",
    "models",
    "rows",
    "local_fidelity",
    "local_rules",
    "local_verdict",
    "local_members",
    "local",
    "documents",
    "corpus_models",
    "corpus_shares",
    "corpus_slices",
    "corpus_rules",
    "corpus_members",
    "corpus",
    "left_to_rebuilding",
    "verdicts",
    "telling",
    "main",
)

_FOLDER = Path(__file__).parent
_PACKAGE = "surrogate.verifying."

_HEAD = '''#!/usr/bin/env python3
"""Verify a rule report of surrogate-explainer {version} without the model, the package or the network.

Usage: python -I verify_report.py DIR [--trust KEYFILE] [--date YYYY-MM-DD] [--json]

It needs Python 3.11 or later and nothing else.  Exit codes: 0 verified, or internally consistent; 1 something is wrong;
2 it cannot be read.  This file is made of the modules of surrogate/verifying, one after the other; its SHA-256 is published
with the release, and "surrogate verifier" makes it again, byte for byte.
"""

from __future__ import annotations

'''

_FOOT = """

if __name__ == "__main__":
    raise SystemExit(main())
"""


@dataclass(frozen=True)
class _Module:
    """A module taken apart: what it imports from the standard library, and its code without imports."""

    name: str
    about: str
    imports: tuple[str, ...]
    code: str
    defined: tuple[str, ...]


def file_name() -> str:
    """Name of the file.

    Examples
    --------
    >>> file_name()
    'verify_report.py'
    """
    return "verify_report.py"


def bundle_verifier() -> bytes:
    """The single file; the same modules always give the same bytes.

    Raises
    ------
    ValueError
        When two modules define the same name.

    Examples
    --------
    >>> bundle_verifier() == bundle_verifier(), bundle_verifier().startswith(b"#!/usr/bin/env python3")
    (True, True)
    """
    modules = [_read(name) for name in MODULES]
    clashing = clashing_names()
    if clashing:
        raise ValueError(f"Modules of the verifier define the same names: {', '.join(clashing)}.")
    imports = sorted({line for module in modules for line in module.imports}, key=lambda line: (line.split()[1], line))
    parts = [_HEAD.replace("{version}", _version()), "\n".join(imports), "\n"]
    for module in modules:
        title = f"# {module.name}: {module.about}"
        parts.append(f"\n\n# {'-' * 100}\n{title}\n# {'-' * 100}\n\n{module.code}")
        if module.name == "schemas":
            parts.append(_embedded())
    return ("".join(parts) + _FOOT).encode("utf-8")


def write_verifier(path: str | Path, *, overwrite: bool = False) -> str:
    """Write the single file; returns its SHA-256.

    Raises
    ------
    InputError
        ``output-exists`` or ``cannot-write``; then nothing is changed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     len(write_verifier(Path(folder) / file_name()))
    64
    """
    from surrogate.errors import InputError

    content, target = bundle_verifier(), Path(path)
    try:
        if target.exists() and target.read_bytes() != content and not overwrite:
            raise InputError(
                "output-exists",
                f"{str(target)!r} already exists. Name another file, or say that it may be replaced: --overwrite.",
            )
        aside = target.with_name(f".{target.name}.part")
        aside.write_bytes(content)
        aside.replace(target)
    except OSError as error:
        raise InputError(
            "cannot-write",
            f"{str(target)!r} cannot be written: {error.strerror or error}. Name a file that you may write.",
        ) from error
    return sha256_hex(content)


def clashing_names() -> list[str]:
    """Names that more than one module defines, or that one defines and another imports.

    Examples
    --------
    >>> clashing_names()
    []
    """
    defined: dict[str, str] = {}
    clashing = set()
    modules = [_read(name) for name in MODULES]
    for module in modules:
        for name in module.defined:
            if defined.setdefault(name, module.name) != module.name:
                clashing.add(name)
    imported = {word.rstrip(",") for module in modules for line in module.imports for word in line.split()[1:]}
    return sorted(clashing | (imported & set(defined)))


def _version() -> str:
    from surrogate import __version__

    return __version__


def _embedded() -> str:
    """The published schemas, in canonical form, as the module that finds them looks for them."""
    from surrogate.report.record.schema import SCHEMA_FILES, published_schema

    lines = []
    for name in sorted(SCHEMA_FILES):
        content = canonical_json(published_schema(name))
        lines.append(f"# SHA-256 {sha256_hex(content)}\n_EMBEDDED[{name!r}] = {_literal(content.decode('utf-8'))}\n")
    return "\n" + "\n".join(lines)


def _literal(text: str, width: int = 110) -> str:
    """A text as a Python expression of lines that are not too long."""
    pieces = [text[start : start + width] for start in range(0, len(text), width)]
    return "(\n" + "".join(f"    {json.dumps(piece)}\n" for piece in pieces) + ")"


def _read(name: str) -> _Module:
    source = (_FOLDER / f"{name}.py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    lines = source.splitlines()
    drop: set[int] = set()
    imports, defined, about = [], [], ""
    for node in tree.body:
        span = range(node.lineno - 1, (node.end_lineno or node.lineno))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            about = str(node.value.value).strip().splitlines()[0]
            drop |= set(span)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            drop |= set(span)
            imports += _standard(node, name)
        elif isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "__all__" for target in node.targets):
            drop |= set(span)
        else:
            defined += _names(node)
    code = "\n".join(line for number, line in enumerate(lines) if number not in drop).strip("\n") + "\n"
    return _Module(name, about, tuple(imports), code, tuple(defined))


def _standard(node: ast.Import | ast.ImportFrom, name: str) -> list[str]:
    """Lines that import from the standard library; what the modules import of each other needs none."""
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        if module == "__future__" or module.startswith(_PACKAGE):
            own = module.removeprefix(_PACKAGE)
            if module != "__future__" and MODULES.index(own) >= MODULES.index(name):
                raise ValueError(f"{name} needs {own}, which must come before it.")
            return []
        return [f"from {module} import {_plain(alias)}" for alias in node.names]
    return [f"import {_plain(alias)}" for alias in node.names]


def _plain(alias: ast.alias) -> str:
    if alias.asname is not None:
        raise ValueError(f"{alias.name} is imported under another name, which the single file would not know.")
    return alias.name


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
