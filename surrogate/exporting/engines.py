"""Engines: what runs an export, by others where they are installed, else a small reader of our own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from surrogate.exporting import run_dmn, run_pmml, run_python, run_sql
from surrogate.exporting.logic import Said
from surrogate.exporting.members import Member
from surrogate.exporting.run_pmml4s import has_pmml4s, run_pmml4s
from surrogate.multinomial_model import MultinomialModel
from surrogate.rule_list_model import RuleListModel

__all__ = ["Engine", "engines_for"]

Run = Callable[[bytes, Member, NDArray[np.bool_]], Said]

#: Who reads a file of ours with our own eyes.
OWN = "own reader"


@dataclass(frozen=True)
class Engine:
    """What runs an export.

    Parameters
    ----------
    name : str
    version : str
    independent : bool
        Whether it was written by others.
    run : callable (content, member, presence) -> Said
        Raises InputError ``not-exported`` when it cannot run the export.

    Examples
    --------
    >>> Engine("own reader", "1", False, run_dmn.read_ourselves).independent
    False
    """

    name: str
    version: str
    independent: bool
    run: Run


def engines_for(name: str, member: Member) -> Sequence[Engine]:
    """The engines that run an export of a format here: all that are independent, else our own reader.

    Parameters
    ----------
    name : str
        Of the format.
    member : Member

    Examples
    --------
    >>> [engine.name for engine in engines_for("python", None)]
    ['Python']
    """
    from surrogate import __version__

    if name == "python":
        return (Engine("Python", run_python.VERSION, True, run_python.run_python),)
    if name == "sql":
        sqlite = Engine("SQLite", run_sql.SQLITE, True, run_sql.run_sqlite)
        return (sqlite, *_installed("DuckDB", "duckdb", "duckdb", run_sql.run_duckdb))
    if name == "dmn":
        found = _installed("SpiffWorkflow", "SpiffWorkflow", "SpiffWorkflow", run_dmn.run_spiffworkflow)
        found += _installed("zen-engine", "zen", "zen-engine", run_dmn.run_zen)
        return found or (Engine(OWN, __version__, False, run_dmn.read_ourselves),)
    if name == "pmml":
        own = Engine(OWN, __version__, False, run_pmml.read_ourselves)
        found = _for_pmml(member)
        # PMML4S does not tell which rule spoke: our own reader does.
        return (*found, own) if isinstance(member.model, RuleListModel) else found or (own,)
    return ()


def _for_pmml(member: Member) -> tuple[Engine, ...]:
    """The model in Python reads trees and regressions; rule sets only the one in Java, which takes seconds to start."""
    if isinstance(member.model, RuleListModel):
        return _installed("PMML4S", "pypmml", "pypmml", run_pmml4s) if has_pmml4s() else ()
    run = run_pmml.run_regression if isinstance(member.model, MultinomialModel) else run_pmml.run_tree
    return _installed("sklearn-pmml-model", "sklearn_pmml_model", "sklearn-pmml-model", run)


def _installed(name: str, module: str, package: str, run: Run) -> tuple[Engine, ...]:
    return (Engine(name, version(package), True, run),) if find_spec(module) else ()
