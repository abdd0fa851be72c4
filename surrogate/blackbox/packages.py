"""Optional packages: what to install when one is missing."""

from __future__ import annotations

from surrogate.errors import ModelError

__all__ = ["missing_package", "require_transformers"]


def missing_package(package: str, purpose: str) -> ModelError:
    """Make the error that says what to install.

    Examples
    --------
    >>> print(missing_package("skops", "to open model.skops"))
    The package skops is needed to open model.skops. Install it: pip install skops [missing-package]
    """
    return ModelError(
        "missing-package", f"The package {package} is needed {purpose}. Install it: pip install {package}"
    )


def require_transformers(name: str) -> None:
    """Raise ``missing-package`` unless torch and transformers can be imported to load model ``name``."""
    try:
        import torch  # noqa: F401
    except ImportError as error:
        raise missing_package("torch", f"to load the model {name!r}") from error
    try:
        import transformers  # noqa: F401
    except ImportError as error:
        raise missing_package("transformers", f"to load the model {name!r}") from error
