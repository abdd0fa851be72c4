"""Run the PMML by PMML4S, which reads rule sets too, where it and Java are installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from surrogate.errors import InputError
from surrogate.exporting.data_files import csv_bytes
from surrogate.exporting.logic import Said
from surrogate.exporting.members import Member

__all__ = ["has_pmml4s", "run_pmml4s"]

#: Seconds.
_PATIENCE = 300
_CHILD = Path(__file__).with_name("pypmml_child.py")


def has_pmml4s() -> bool:
    """Whether PMML4S and Java are there.

    Examples
    --------
    >>> has_pmml4s() in (True, False)
    True
    """
    installed = find_spec("pypmml") is not None and find_spec("jpype") is not None
    return installed and ("JAVA_HOME" in os.environ or shutil.which("java") is not None)


def run_pmml4s(content: bytes, member: Member, presence: NDArray[np.bool_]) -> Said:
    """What PMML4S says of rows; it does not tell the rule.

    Parameters
    ----------
    content : bytes
        Of rules.pmml.
    member : Member
    presence : ndarray of bool, shape (n_rows, n_columns)

    Raises
    ------
    InputError
        ``not-exported`` when it does not run.
    """
    table = csv_bytes([column.name for column in member.logic.columns], presence.astype(int).tolist())
    with tempfile.TemporaryDirectory() as folder:
        document, data = Path(folder) / "rules.pmml", Path(folder) / "features.csv"
        document.write_bytes(content)
        data.write_bytes(table)
        try:
            done = subprocess.run(  # noqa: S603 - a file of this package
                [sys.executable, "-I", str(_CHILD), str(document), str(data)],
                capture_output=True,
                timeout=_PATIENCE,
                check=True,
            )
            return Said(tuple(json.loads(done.stdout)))
        except subprocess.CalledProcessError as error:
            last = error.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            raise InputError("not-exported", f"PMML4S cannot run it: {' '.join(last) or error.returncode}.") from error
        except (subprocess.TimeoutExpired, ValueError, TypeError) as error:
            raise InputError("not-exported", f"PMML4S gives no answers: {error}.") from error
