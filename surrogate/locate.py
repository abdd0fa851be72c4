"""Where the shipped recipes and models lie: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from surrogate.errors import InputError

__all__ = ["data_folder"]


def data_folder(kind: Literal["models", "pipelines"]) -> Path:
    """The folder of shipped data.

    Parameters
    ----------
    kind : {"models", "pipelines"}

    Returns
    -------
    Path
        ``surrogate/<kind>`` where the package is installed; in a checkout, the sibling of ``surrogate/`` that lies beside
        ``setup.cfg``.

    Raises
    ------
    InputError
        ``bad-file`` when neither is there: the installation is damaged.

    Examples
    --------
    >>> data_folder("pipelines").name
    'pipelines'
    """
    package = Path(__file__).resolve().parent
    installed = package / kind
    if installed.is_dir():
        return installed
    checkout = package.parent
    if (checkout / "setup.cfg").is_file() and (checkout / kind).is_dir():
        return checkout / kind
    raise InputError(
        "bad-file",
        f"The shipped {kind} are missing from this installation of surrogate-explainer. Install it again.",
    )
