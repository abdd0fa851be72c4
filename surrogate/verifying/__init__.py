"""Verify a report without the model: integrity, what follows from the evidence, and by whom it is signed.

The modules here import the standard library and each other alone, so that they can be put into one file that an auditor reads
and runs; ``bundle`` makes that file, and ``rebuilt`` runs the package again: they are the only ones that know the package.
"""

from __future__ import annotations

__all__: list[str] = []
