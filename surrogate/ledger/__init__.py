"""Ledger: which reports were issued, signed, superseded, withdrawn and erased; append-only, and without a word of them."""

from surrogate.ledger.entry import EVENTS, Entry
from surrogate.ledger.ledger import Ledger, LedgerCheck, open_ledger

__all__ = ["EVENTS", "Entry", "Ledger", "LedgerCheck", "open_ledger"]
