"""Run rules.py in a Python of its own, shut off from this one's packages, environment and folder."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from surrogate.errors import InputError
from surrogate.exporting.data_files import csv_bytes
from surrogate.exporting.logic import Said
from surrogate.exporting.members import Member

__all__ = ["VERSION", "run_python"]

VERSION = f"{platform.python_implementation()} {platform.python_version()}"

#: Seconds; thousands of rows take one.
_PATIENCE = 300


def run_python(content: bytes, member: Member, presence: NDArray[np.bool_]) -> Said:
    """What the program says of rows.

    Parameters
    ----------
    content : bytes
        Of rules.py.
    member : Member
    presence : ndarray of bool, shape (n_rows, n_columns)

    Raises
    ------
    InputError
        ``not-exported`` when it does not run.
    """
    rows = (["true" if one else "false" for one in row] for row in presence.tolist())
    table = csv_bytes([column.name for column in member.logic.columns], rows)
    if not member.logic.columns:
        # A reader of CSV passes over empty lines.
        table = csv_bytes(["row"], ([number] for number in range(len(presence))))
    with tempfile.TemporaryDirectory() as folder:
        program, data = Path(folder) / "program.py", Path(folder) / "features.csv"
        program.write_bytes(content)
        data.write_bytes(table)
        try:
            done = subprocess.run(  # noqa: S603 - our own program, in a folder that only we can write to
                [sys.executable, "-I", str(program), "--json", str(data)],
                capture_output=True,
                timeout=_PATIENCE,
                check=True,
            )
        except subprocess.CalledProcessError as error:
            last = error.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            raise InputError("not-exported", f"Python cannot run it: {' '.join(last) or error.returncode}.") from error
        except subprocess.TimeoutExpired as error:
            raise InputError("not-exported", f"Python did not finish within {_PATIENCE} s.") from error
    return _said(done.stdout)


def _said(output: bytes) -> Said:
    try:
        lines = [json.loads(line) for line in output.splitlines()]
        rules = [line["rule"] for line in lines]
        return Said(tuple(line["class"] for line in lines), tuple(rules) if any(rules) else None)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError("not-exported", f"What the program wrote is no table of answers: {error}.") from error
