"""Find a model by name or path: shipped with the package, in a folder or a file, or on the hub."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import NamedTuple

from surrogate.blackbox.packages import require_transformers
from surrogate.blackbox.saved import PICKLE_SUFFIXES
from surrogate.blackbox.spec import SPEC_FILE, read_spec
from surrogate.errors import ModelError

__all__ = ["Found", "ShippedModel", "find_model", "shipped_models"]

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


class ShippedModel(NamedTuple):
    """A model that comes with the package.

    Examples
    --------
    >>> ShippedModel("toy", "causal-lm", "A toy.", ("yes", "no"), 1_000_000).kind
    'causal-lm'
    """

    name: str
    kind: str
    summary: str
    labels: tuple[str, ...]
    size_bytes: int


class Found(NamedTuple):
    """Where a model is.

    Parameters
    ----------
    path : Path
        A folder, or a file in which one object was saved.
    name : str
        By which it is found again from another working directory: a shipped or hub name, or an absolute path.
    origin : str
        ``shipped``, ``folder``, ``file`` or ``hub``.

    Examples
    --------
    >>> Found(Path("toy.skops"), "toy.skops", "file").is_described
    False
    """

    path: Path
    name: str
    origin: str

    @property
    def is_described(self) -> bool:
        """Whether a model.toml says what the model is; one that came with a download is not believed."""
        return self.origin in ("shipped", "folder") and (self.path / SPEC_FILE).is_file()


def find_model(model: str | Path) -> Found:
    """Find a model by the name of a shipped one, its folder or file, or a hub name, which may be fetched.

    Raises
    ------
    ModelError
        ``unknown-model`` when nothing has that name; ``missing-package`` when it cannot be fetched without transformers.

    Examples
    --------
    >>> find_model("bank-router").origin
    'shipped'
    """
    path = Path(model).expanduser()
    if path.name == SPEC_FILE and path.is_file():
        path = path.parent
    if isinstance(model, str) and _is_shipped(model):
        return Found(_models_folder() / model, model, "shipped")
    if path.is_dir():
        return Found(path, str(path.resolve()), "folder")
    if path.suffix.lower() in PICKLE_SUFFIXES | {".skops"}:
        if not path.is_file():
            raise _unknown(str(model))
        return Found(path, str(path.resolve()), "file")
    return Found(_fetched(str(model)), str(model), "hub")


def shipped_models() -> list[ShippedModel]:
    """List the models that come with the package, by name; nothing is loaded."""
    shipped = []
    for path in sorted(_models_folder().glob(f"*/{SPEC_FILE}")):
        spec = read_spec(path.parent)
        size = sum(file.stat().st_size for file in path.parent.iterdir() if file.name in spec.files)
        shipped.append(ShippedModel(path.parent.name, spec.kind, spec.summary, spec.labels, size))
    return shipped


def _models_folder() -> Path:
    from surrogate.locate import data_folder

    return Path(data_folder("models"))


def _is_shipped(model: str) -> bool:
    plain = re.fullmatch(r"[\w.-]+", model) is not None and model not in (".", "..")
    return plain and (_models_folder() / model / SPEC_FILE).is_file()


def _fetched(name: str) -> Path:
    # a name without an owner is never looked up on the network: it is more likely a misspelt shipped name
    if not _HUB_NAME.fullmatch(name):
        raise _unknown(name)
    require_transformers(name)
    from surrogate.blackbox.pretrained import fetch

    try:
        return fetch(name)
    except OSError as error:
        raise _unknown(name) from error


def _unknown(name: str) -> ModelError:
    shipped = [model.name for model in shipped_models()]
    near = difflib.get_close_matches(name.rsplit("/", 1)[-1], shipped, n=1)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    return ModelError(
        "unknown-model",
        f"There is no model {name!r}: no shipped model, folder or file has that name, and no hub model could be "
        f"fetched.{meant} Shipped models: {', '.join(shipped) or 'none'}. Hub models are written owner/name and need a "
        "network or a local cache.",
    )
