"""What people state about a report: it is not measured, and stands beside the record in ``issuance.json``."""

from surrogate.report.issuance.issuance import (
    Applicability,
    DataStatement,
    Finding,
    Issuance,
    ProtectedTerm,
    Retention,
)
from surrogate.report.issuance.reading import as_issuance, read_issuance

__all__ = [
    "Applicability",
    "DataStatement",
    "Finding",
    "Issuance",
    "ProtectedTerm",
    "Retention",
    "as_issuance",
    "read_issuance",
]
