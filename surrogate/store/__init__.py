"""Answer stores: what a model has said is never asked again.

Answers are kept by (fingerprint of the model, SHA-256 of the text, draw).  No text is stored, only its digest.  A model
without a fingerprint has no identity that outlives the process, so its answers stay in memory.
"""

from surrogate.store.base import AnswerStore, MemoryStore
from surrogate.store.housekeeping import StoreInfo, export_store, purge_store, store_info, verify_store
from surrogate.store.opening import open_store
from surrogate.store.sqlite import SqliteStore, default_store_path

__all__ = [
    "AnswerStore",
    "MemoryStore",
    "SqliteStore",
    "StoreInfo",
    "default_store_path",
    "export_store",
    "open_store",
    "purge_store",
    "store_info",
    "verify_store",
]
