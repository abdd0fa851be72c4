"""Records of earlier versions, brought to the current one."""

from __future__ import annotations

from typing import Any

from surrogate.errors import InputError
from surrogate.report.record import SCHEMA, SCHEMA_VERSION, kind_of
from surrogate.report.record.envelope import in_envelope

__all__ = ["migrate"]

#: What a record of version 1.0 said it was: one of a single text said nothing.
_SCHEMAS_OF_1 = (None, "surrogate-corpus-report")


def migrate(record: dict[str, Any]) -> dict[str, Any]:
    """A record of any known version as one of the current version; the record that is given is not changed.

    Between 1.0 and 2.0 the envelope changed, which records of both kinds now share, and the checklist came.  Nothing that was
    measured is altered, but the SHA-256 of the record is another: signatures and manifests belong to the record as it was.

    Parameters
    ----------
    record : dict

    Returns
    -------
    dict
        The same object where it is of the current version already.

    Raises
    ------
    InputError
        ``bad-record`` for another version, for what is no record, and for one that lacks what its version has.

    Examples
    --------
    >>> old = {"schema_version": "1.0", "surrogates": []}
    >>> migrate(old)["schema_version"], old["schema_version"]
    ('2.0', '1.0')
    >>> migrate({"schema_version": "7.0"})
    Traceback (most recent call last):
    surrogate.errors.InputError: A record of version 1.0 or 2.0 is needed; this one says '7.0'. ... [bad-record]
    """
    version = record.get("schema_version") if isinstance(record, dict) else None
    if version == SCHEMA_VERSION and record.get("schema") == SCHEMA:
        return record
    if version != "1.0" or record.get("schema") not in _SCHEMAS_OF_1:
        raise InputError(
            "bad-record",
            f"A record of version 1.0 or {SCHEMA_VERSION} is needed; this one says {version!r}. If it is newer, read it with the "
            "version of surrogate-explainer that wrote it, which its production names; otherwise explain or audit again.",
        )
    try:
        return in_envelope(kind_of(record), record)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise InputError(
            "bad-record", f"The record of version 1.0 is damaged: {type(error).__name__} at {error}."
        ) from error
