"""Exporting: the rules of a report for other systems, each file run and compared with the surrogate row for row."""

from __future__ import annotations

from surrogate.exporting.conformance import Check, Conformance, check_export
from surrogate.exporting.export import FORMATS, export_record
from surrogate.exporting.folder import export_folder
from surrogate.exporting.members import Member, members_of

__all__ = [
    "FORMATS",
    "Check",
    "Conformance",
    "Member",
    "check_export",
    "export_folder",
    "export_record",
    "members_of",
]
