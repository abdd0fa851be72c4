"""Saved scikit-learn models: skops files, never pickles."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile

from surrogate.blackbox.estimator import EstimatorBox
from surrogate.blackbox.packages import missing_package
from surrogate.errors import ModelError

__all__ = ["PICKLE_SUFFIXES", "load_saved", "saved_bytes"]

#: Types of this package that a student is made of: they hold words, numbers and patterns, and run nothing when loaded.
_OWN = frozenset(
    {
        "surrogate.describe.columns.Columns",
        "surrogate.describe.columns._Check",
        "surrogate.describe.lexicon.Lexicon",
        "surrogate.describe.patterns.Patterns",
        "surrogate.describe.terms.Terms",
        "surrogate.describe.tree_classifier.TreeClassifier",
        "surrogate.features.Feature",
    }
)

#: Files that run code when they are loaded.
PICKLE_SUFFIXES = frozenset({".pkl", ".pickle", ".joblib", ".dill", ".pt", ".pth", ".bin"})


def saved_bytes(estimator: Any) -> bytes:
    """A fitted scikit-learn estimator as the content of a ``.skops`` file.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> saved_bytes(DummyClassifier())[:2]
    b'PK'
    """
    from skops import io

    return bytes(io.dumps(estimator, compression=ZIP_DEFLATED, compresslevel=9))


def load_saved(path: Path) -> EstimatorBox:
    """Load the classifier saved in a ``.skops`` file.

    Parameters
    ----------
    path : Path

    Raises
    ------
    ModelError
        ``unsafe-weights`` for a pickle, ``untrusted-types`` for a file that holds anything but scikit-learn, NumPy and
        SciPy types and those of students that read nothing but texts and columns, ``bad-model-file``, ``missing-package``.

    Examples
    --------
    >>> load_saved(Path("model.pkl"))
    Traceback (most recent call last):
        ...
    surrogate.errors.ModelError: model.pkl can run any code when it is loaded ... [unsafe-weights]
    """
    if path.suffix.lower() in PICKLE_SUFFIXES:
        raise ModelError(
            "unsafe-weights",
            f"{path.name} can run any code when it is loaded and is not opened. Save a scikit-learn model with "
            "skops.io.dump(model, 'model.skops') and a language model as safetensors, where you trust the file.",
        )
    try:
        from skops import io
    except ImportError as error:
        raise missing_package("skops", f"to open {path.name}") from error
    try:
        unknown = set(io.get_untrusted_types(file=path))
        untrusted = sorted(unknown - _OWN)
        if untrusted:
            raise ModelError(
                "untrusted-types",
                f"{path.name} holds types that are not on the trusted list: {', '.join(untrusted)}. Replace them by "
                "scikit-learn's own, or load the file yourself after a look and pass the fitted estimator.",
            )
        estimator = io.load(path, trusted=sorted(unknown))
    except (BadZipFile, KeyError, ValueError, TypeError, OSError) as error:
        raise ModelError(
            "bad-model-file", f"{path.name} cannot be read as a skops file ({type(error).__name__}). Save it again."
        ) from error
    return EstimatorBox(estimator, name=path.stem)
