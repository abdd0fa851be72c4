"""Reason codes: principal reasons for one decision, by its record and a table of one's own; none on too weak evidence."""

from surrogate.reasons.case import Reason, ReasonCase, reason_case
from surrogate.reasons.reading import read_reason_table
from surrogate.reasons.table import ReasonPolicy, ReasonTable

__all__ = ["Reason", "ReasonCase", "ReasonPolicy", "ReasonTable", "read_reason_table", "reason_case"]
