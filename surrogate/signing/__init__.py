"""Who stands behind a report: its manifest, keys, signatures, and what was erased."""

from surrogate.signing.checking import CheckedSignature, check_signature
from surrogate.signing.erasure import Erased, erase_report
from surrogate.signing.keys import PublicKey, SigningKey, load_key, make_key, read_trust
from surrogate.signing.manifest import Manifest, make_manifest, read_manifest
from surrogate.signing.refreshing import refresh_manifest
from surrogate.signing.signatures import DECISIONS, ROLES, Signature, read_signatures, sign_report

__all__ = [
    "DECISIONS",
    "ROLES",
    "CheckedSignature",
    "Erased",
    "Manifest",
    "PublicKey",
    "Signature",
    "SigningKey",
    "check_signature",
    "erase_report",
    "load_key",
    "make_key",
    "make_manifest",
    "read_manifest",
    "read_signatures",
    "read_trust",
    "refresh_manifest",
    "sign_report",
]
