"""Keys, manifests, signatures and erasure: what is signed, by whom, and what can be noticed later."""

from __future__ import annotations

import base64
import json
import os
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from securesystemslib.signer import SSlibKey

from surrogate.canonical import canonical_bytes, digest
from surrogate.cli import main
from surrogate.errors import InputError
from surrogate.ledger import open_ledger
from surrogate.report.write import add_files, write_files
from surrogate.signing import (
    Manifest,
    PublicKey,
    SigningKey,
    check_signature,
    erase_report,
    load_key,
    make_key,
    make_manifest,
    read_manifest,
    read_signatures,
    read_trust,
    refresh_manifest,
    sign_report,
)
from surrogate.signing.envelope import open_envelope, seal
from surrogate.signing.erasure import read_erasure
from surrogate.signing.folder import folder_files
from surrogate.signing.names import check_name
from surrogate.signing.refreshing import compare
from surrogate.signing.signature import Signature

RECORD: dict[str, Any] = {
    "schema": "surrogate-report",
    "schema_version": "2.0",
    "kind": "local",
    "text": "my lost card",
}
FILES = {"report.html": b"<p>page</p>", "exports/rules.sql": b"SELECT 1", "evidence.json.gz": b"evidence"}
SAID: dict[str, Any] = {"role": "reviewer", "decision": "approve", "scope": "all", "date": "2026-05-01"}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[SigningKey, SigningKey]:
    folder = tmp_path_factory.mktemp("keys")
    return load_key(make_key("ada", folder)), load_key(make_key("bob", folder))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_files(tmp_path / "report", FILES, RECORD, "report.json")


def code_of(work: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        work(*arguments, **options)
    return caught.value.code


# Keys


def test_a_private_key_is_for_its_owner_only(tmp_path: Path) -> None:
    path = make_key("ada", tmp_path / "keys")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert b"BEGIN PRIVATE KEY" in path.read_bytes()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777, 0o620])
def test_a_key_that_others_may_read_or_write_is_refused(mode: int, tmp_path: Path) -> None:
    path = make_key("ada", tmp_path)
    path.chmod(mode)
    assert code_of(load_key, path) == "open-key"


@pytest.mark.parametrize("there", ["ada.key", "ada.pub.json"])
def test_no_key_is_ever_written_over(there: str, tmp_path: Path) -> None:
    (tmp_path / there).write_bytes(b"mine")
    assert code_of(make_key, "ada", tmp_path) == "output-exists"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {there: b"mine"}


def test_an_encrypted_key_needs_its_password(tmp_path: Path) -> None:
    path = make_key("ada", tmp_path, "correct horse")
    assert b"ENCRYPTED" in path.read_bytes()
    assert load_key(path, "correct horse").public == read_trust(tmp_path / "ada.pub.json")[0]
    assert code_of(load_key, path, "battery staple") == "bad-key"
    assert code_of(load_key, path) == "bad-key"
    assert code_of(make_key, "eve", tmp_path, "") == "bad-parameter"


def test_the_id_of_a_key_is_the_one_securesystemslib_gives(keys: tuple[SigningKey, SigningKey]) -> None:
    for key in keys:
        assert key.public.keyid == key.signer.public_key.keyid
        told = key.public.to_dict()
        assert SSlibKey.from_dict(told.pop("keyid"), told).keyval == {"public": key.public.public}


@pytest.mark.parametrize("name", ["../ada", "a/b", "", ".", "-v", "a\0b", ".ada"])
def test_names_of_keys_do_not_lead_elsewhere(name: str, tmp_path: Path) -> None:
    assert code_of(make_key, name, tmp_path) == "bad-parameter"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no key",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"keyid": 1}',
        b"\xff",
        json.dumps({"keyval": {"public": "zz"}}).encode(),
    ],
)
def test_what_is_no_public_key_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.pub.json"
    path.write_bytes(content)
    assert code_of(read_trust, path) == "bad-key"


def test_a_public_key_under_another_id_is_refused(tmp_path: Path, keys: tuple[SigningKey, SigningKey]) -> None:
    told = {**keys[0].public.to_dict(), "keyid": keys[1].public.keyid}
    assert code_of(PublicKey.from_dict, told) == "bad-key"


def test_the_halves_of_two_pairs_are_no_pair(tmp_path: Path) -> None:
    path = make_key("ada", tmp_path)
    make_key("bob", tmp_path)
    (tmp_path / "bob.pub.json").replace(tmp_path / "ada.pub.json")
    assert code_of(load_key, path) == "wrong-key"


def test_keys_of_other_kinds_are_refused(tmp_path: Path) -> None:
    from securesystemslib.signer import CryptoSigner

    path = tmp_path / "other.key"
    path.write_bytes(CryptoSigner.generate_ecdsa().private_bytes)
    path.chmod(0o600)
    assert code_of(load_key, path) == "bad-key"
    path.write_bytes(b"-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n")
    assert code_of(load_key, path) == "bad-key"


# Manifests

HOSTILE = [
    "", ".", "..", "/etc/passwd", "../x", "a/../x", "a/./x", "a//x", "a/", "a\\b", "C:x", "a\0b", "a\nb", "\u202egnp.exe",
    ".ssh/x", "a/.x", " a", "a\u0301" + "e\u0301", "x" * 300, 5, None, ["a"], "manifest.json", "signatures/x",
    "nul.txt", "a/COM1", "a.", "REPORT.JSON",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_in_a_manifest_are_refused(name: Any) -> None:
    told = json.loads(make_manifest({"report.json": canonical_bytes(RECORD)}, RECORD))
    told["subject"].append({"name": name, "digest": {"sha256": "0" * 64}})
    assert code_of(Manifest.from_bytes, canonical_bytes(told)) == "bad-manifest"


@given(st.text(max_size=20))
def test_a_name_that_is_let_through_stays_inside_the_folder(name: str) -> None:
    top = Path("/reports/one")
    try:
        path = Path(os.path.normpath(top / check_name(name)))
    except InputError:
        return
    assert top in path.parents
    assert path.relative_to(top).as_posix() == name


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?\.[a-z]{1,4}", fullmatch=True), st.binary(max_size=20)))
def test_a_manifest_reads_back_as_it_was_written(files: dict[str, bytes]) -> None:
    content = make_manifest({**files, "report.json": canonical_bytes(RECORD)}, RECORD, "0" * 64)
    manifest = Manifest.from_bytes(content)
    assert manifest.to_bytes() == content
    assert manifest.files == {name: digest(value) for name, value in files.items()} | {
        "report.json": digest(canonical_bytes(RECORD))
    }


def test_the_order_of_files_does_not_matter() -> None:
    files = {**FILES, "report.json": canonical_bytes(RECORD)}
    assert make_manifest(files, RECORD) == make_manifest(dict(reversed(files.items())), RECORD)


@pytest.mark.parametrize(
    "change",
    [
        {"_type": "other"},
        {"predicateType": "urn:surrogate-explainer:signature:1"},
        {"subject": {}},
        {"subject": [{"name": "a", "digest": {"sha256": "A" * 64}}]},
        {"subject": [{"name": "a", "digest": {"sha256": "0" * 64}}] * 2},
        {"subject": [{"name": "report.json", "digest": {"sha256": "0" * 64}}]},
        {"predicate": {}},
        {"more": 1},
    ],
)
def test_other_statements_are_no_manifests(change: dict[str, Any]) -> None:
    told = json.loads(make_manifest({"report.json": canonical_bytes(RECORD)}, RECORD))
    assert code_of(Manifest.from_bytes, canonical_bytes({**told, **change})) == "bad-manifest"


@pytest.mark.parametrize("content", [b"", b"null", b"\xff", b"[" * 100_000, b'{"a":1e999}', b'{"_type":"\\ud800"}'])
def test_what_is_no_json_is_no_manifest(content: bytes) -> None:
    assert code_of(Manifest.from_bytes, content) == "bad-manifest"


def test_a_folder_without_a_manifest_is_said(tmp_path: Path, keys: tuple[SigningKey, SigningKey]) -> None:
    assert code_of(read_manifest, tmp_path) == "no-manifest"
    assert code_of(sign_report, tmp_path, keys[0], **SAID) == "no-manifest"


def test_added_files_are_listed_and_changed_ones_refused(folder: Path) -> None:
    (folder / "report.pdf").write_bytes(b"pdf")
    refresh_manifest(folder)
    assert read_manifest(folder).files["report.pdf"] == digest(b"pdf")
    before = (folder / "manifest.json").read_bytes()
    (folder / "report.html").write_bytes(b"changed")
    assert code_of(refresh_manifest, folder) == "changed-report"
    assert (folder / "manifest.json").read_bytes() == before
    refresh_manifest(folder, ["report.html"])
    assert read_manifest(folder).files["report.html"] == digest(b"changed")


def test_names_that_are_one_file_on_some_systems_are_refused(folder: Path) -> None:
    assert code_of(make_manifest, {"a.txt": b"", "A.TXT": b""}, RECORD) == "bad-manifest"
    (folder / "REPORT.HTML").write_bytes(b"other")
    assert code_of(refresh_manifest, folder) == "bad-manifest"


def test_the_record_cannot_be_replaced(folder: Path) -> None:
    (folder / "report.json").write_bytes(b"{}")
    assert code_of(refresh_manifest, folder, ["report.json"]) == "changed-report"


def test_links_are_no_files_of_a_report(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (folder / "report.txt").symlink_to(tmp_path / "secret")
    assert code_of(refresh_manifest, folder) == "bad-manifest"
    (folder / "report.txt").unlink()
    (folder / "report.html").unlink()
    (folder / "report.html").symlink_to(tmp_path / "secret")
    assert code_of(compare, folder, read_manifest(folder).files) == "bad-manifest"


def test_a_report_inside_a_report_is_left_to_its_own_manifest(folder: Path) -> None:
    write_files(folder / "texts" / "1", FILES, RECORD, "report.json")
    (folder / "texts" / "index.html").write_bytes(b"index")
    refresh_manifest(folder)
    assert [name for name in folder_files(folder) if name.startswith("texts/")] == ["texts/index.html"]


# Signatures


def test_a_signature_verifies_with_its_key_and_no_other(folder: Path, keys: tuple[SigningKey, SigningKey]) -> None:
    ada, bob = keys
    path = sign_report(folder, ada, **SAID)
    assert path.name == f"reviewer-{ada.public.keyid[:8]}.dsse.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (signature,) = read_signatures(folder)
    assert signature.signed_by([bob.public, ada.public]) == ada.public
    assert signature.signed_by([bob.public]) is None
    assert (signature.role, signature.decision, signature.name) == ("reviewer", "approve", "ada")
    assert check_signature(folder, signature, [ada.public]).is_valid
    assert not check_signature(folder, signature, [bob.public]).is_valid


def test_the_payload_is_an_in_toto_statement_with_the_subjects_of_the_manifest(
    folder: Path, keys: tuple[SigningKey, SigningKey]
) -> None:
    told = json.loads(sign_report(folder, keys[0], **SAID, expires="2027-05-01", comment="fine").read_bytes())
    assert told["payloadType"] == "application/vnd.in-toto+json"
    statement = json.loads(base64.b64decode(told["payload"]))
    assert statement["subject"] == json.loads((folder / "manifest.json").read_bytes())["subject"]
    assert statement["predicateType"] == "urn:surrogate-explainer:signature:1"
    assert statement["predicate"] == {
        "role": "reviewer",
        "decision": "approve",
        "scope": "all",
        "comment": "fine",
        "date": "2026-05-01",
        "expires": "2027-05-01",
        "name": "ada",
        "record": {"sha256": digest(canonical_bytes(RECORD))},
    }


def test_a_stranger_who_takes_the_id_of_a_key_is_found(folder: Path, keys: tuple[SigningKey, SigningKey]) -> None:
    ada, bob = keys
    told = json.loads(sign_report(folder, bob, **SAID).read_bytes())
    told["signatures"][0]["keyid"] = ada.public.keyid
    assert Signature.from_bytes(canonical_bytes(told)).signed_by([ada.public, bob.public]) is None


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_one_changed_byte_of_a_signature_is_found(data: st.DataObject, keys: tuple[SigningKey, SigningKey]) -> None:
    files = {"report.json": digest(canonical_bytes(RECORD)), "report.html": "0" * 64}
    said = Signature("author", "issue", "", "", "Ada", "2026-05-01", None, files["report.json"], files)
    content = bytearray(seal(said.statement(), keys[0]))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    try:
        signature = Signature.from_bytes(bytes(content))
    except InputError:
        return
    assert signature.signed_by([keys[0].public]) is None


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_one_changed_byte_of_any_file_is_found_and_named(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, keys: tuple[SigningKey, SigningKey]
) -> None:
    folder = write_files(tmp_path_factory.mktemp("a") / "r", FILES, RECORD, "report.json")
    sign_report(folder, keys[0], **SAID)
    (signature,) = read_signatures(folder)
    name = data.draw(st.sampled_from(sorted(signature.files)))
    content = bytearray((folder / name).read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    (folder / name).write_bytes(bytes(content))
    found = check_signature(folder, signature, [keys[0].public])
    assert found.changed == (name,)
    assert not found.is_valid
    assert code_of(sign_report, folder, keys[1], **SAID) == "changed-report"
    shutil.rmtree(folder)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_one_changed_byte_of_the_manifest_is_found(data: st.DataObject) -> None:
    content = bytearray(make_manifest({"report.json": canonical_bytes(RECORD), "report.html": b"page"}, RECORD))
    before = Manifest.from_bytes(bytes(content))
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        manifest = Manifest.from_bytes(bytes(content))
    except InputError:
        return
    # What still reads says something else about a file, or about the report, and is not what was signed.
    assert (manifest.files, manifest.facts) != (before.files, before.facts)


def places(told: Any) -> list[tuple[Any, ...]]:
    """Paths to every value in a JSON document."""
    rows = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    return [(), *((key, *rest) for key, value in rows for rest in places(value))]


def put(told: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = dict(told) if isinstance(told, dict) else list(told)
    copy[path[0]] = put(told[path[0]], path[1:], value)
    return copy


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_value_in_any_place_is_refused_in_plain_words_or_says_something_else(
    data: st.DataObject, keys: tuple[SigningKey, SigningKey]
) -> None:
    key, record = keys[0], digest(canonical_bytes(RECORD))
    said = Signature("author", "issue", "", "", "Ada", "2026-05-01", "2027-05-01", record, {"report.json": record})
    value = data.draw(JSON)
    envelope = json.loads(seal(said.statement(), key))
    statement, listed, public = said.statement(), json.loads(make_manifest({}, RECORD)), key.public.to_dict()
    changed = put(envelope, data.draw(st.sampled_from(places(envelope))), value)
    signed = put(statement, data.draw(st.sampled_from(places(statement))), value)
    works: list[tuple[Any, Any]] = [
        (Signature.from_bytes, canonical_bytes(changed)),
        (Signature.from_bytes, seal(signed, key)),
        (Manifest.from_bytes, canonical_bytes(put(listed, data.draw(st.sampled_from(places(listed))), value))),
        (PublicKey.from_dict, put(public, data.draw(st.sampled_from(places(public))), value)),
    ]
    for work, told in works:
        try:
            found = work(told)
        except InputError:
            continue
        if told == works[0][1] and changed != envelope:
            assert found.signed_by([key.public]) is None


def test_a_rendering_added_later_leaves_the_signature_valid(folder: Path, keys: tuple[SigningKey, SigningKey]) -> None:
    sign_report(folder, keys[0], **SAID)
    add_files(folder, {"report.pdf": b"pdf"})
    (folder / "report.txt").write_bytes(b"text")
    refresh_manifest(folder)
    sign_report(folder, keys[1], **{**SAID, "role": "approver"})
    by_role = {one.role: check_signature(folder, one, [key.public for key in keys]) for one in read_signatures(folder)}
    assert by_role["reviewer"].is_valid
    assert by_role["reviewer"].not_covered == ("report.pdf", "report.txt")
    assert by_role["approver"].is_valid
    assert by_role["approver"].not_covered == ()


@pytest.mark.parametrize(
    "change",
    [{"more": 1}, {"keyid": "../../x"}, {"keyid": ""}, {"keyid": "A" * 64}, {"keyid": 5}, {"sig": ""}, {"sig": "e"}],
)
def test_what_stands_beside_a_signature_says_nothing(
    change: dict[str, Any], folder: Path, keys: tuple[SigningKey, SigningKey]
) -> None:
    told = json.loads(sign_report(folder, keys[0], **SAID).read_bytes())
    told["signatures"][0].update(change)
    if change == {"sig": ""}:  # Reads, and is none.
        assert Signature.from_bytes(canonical_bytes(told)).signed_by([keys[0].public]) is None
    else:
        assert code_of(Signature.from_bytes, canonical_bytes(told)) == "bad-signature"


def test_a_missing_file_is_named(folder: Path, keys: tuple[SigningKey, SigningKey]) -> None:
    sign_report(folder, keys[0], **SAID)
    (folder / "exports" / "rules.sql").unlink()
    found = check_signature(folder, read_signatures(folder)[0], [keys[0].public])
    assert found.missing == ("exports/rules.sql",)
    assert not found.is_valid


def test_a_signature_of_another_report_is_found(
    folder: Path, tmp_path: Path, keys: tuple[SigningKey, SigningKey]
) -> None:
    path = sign_report(folder, keys[0], **SAID)
    other = write_files(tmp_path / "other", FILES, {**RECORD, "text": "another"}, "report.json")
    (other / "signatures").mkdir()
    shutil.copy(path, other / "signatures")
    found = check_signature(other, read_signatures(other)[0], [keys[0].public])
    assert found.signed_by == keys[0].public
    assert not found.about_record
    assert not found.is_valid


def test_an_unlisted_file_is_not_signed_over(folder: Path, keys: tuple[SigningKey, SigningKey]) -> None:
    (folder / "notes.txt").write_bytes(b"notes")
    with pytest.raises(InputError, match=r"notes\.txt") as caught:
        sign_report(folder, keys[0], **SAID)
    assert caught.value.code == "changed-report"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"role": "king"}, "bad-parameter"),
        ({"decision": "maybe"}, "bad-parameter"),
        ({"decision": "reject"}, "bad-parameter"),
        ({"decision": "conditions", "comment": "  "}, "bad-parameter"),
        ({"date": "01.05.2026"}, "bad-parameter"),
        ({"date": "20260501"}, "bad-parameter"),
        ({"expires": "2026-02-30"}, "bad-parameter"),
        ({"expires": "2026-04-30"}, "expired"),
        ({"comment": "\ud800"}, "bad-parameter"),
    ],
)
def test_bad_signatures_are_refused(
    change: dict[str, Any], code: str, folder: Path, keys: tuple[SigningKey, SigningKey]
) -> None:
    assert code_of(sign_report, folder, keys[0], **{**SAID, **change}) == code
    assert not (folder / "signatures").exists()


@given(st.text(), st.text())
@settings(deadline=None)
def test_any_words_come_back_as_they_were_said(keys: tuple[SigningKey, SigningKey], comment: str, scope: str) -> None:
    said = Signature("author", "issue", scope, comment, "李明", "2026-05-01", None, "0" * 64, {})
    back = Signature.from_bytes(seal(said.statement(), keys[0]))
    assert back == said
    assert open_envelope(seal(said.statement(), keys[0]))[1] == said.statement()


def test_a_decision_is_replaced_only_when_asked(folder: Path, keys: tuple[SigningKey, SigningKey]) -> None:
    sign_report(folder, keys[0], **SAID)
    again = {**SAID, "decision": "reject", "comment": "no"}
    assert code_of(sign_report, folder, keys[0], **again) == "output-exists"
    assert read_signatures(folder)[0].decision == "approve"
    sign_report(folder, keys[0], **again, replace=True)
    assert [one.decision for one in read_signatures(folder)] == ["reject"]


def test_a_signature_has_expired_after_its_last_day() -> None:
    said = Signature("author", "issue", "", "", "", "2026-05-01", "2026-06-01", "0" * 64, {})
    assert [said.has_expired(day) for day in ("2026-05-31", "2026-06-01", "2026-06-02")] == [False, False, True]


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"[" * 100_000, b'{"payload":"a","payloadType":"x","signatures":[]}']
)
def test_what_is_no_signature_is_refused_with_its_name(content: bytes, folder: Path) -> None:
    (folder / "signatures").mkdir()
    (folder / "signatures" / "author-0.dsse.json").write_bytes(content)
    with pytest.raises(InputError, match=r"signatures/author-0\.dsse\.json") as caught:
        read_signatures(folder)
    assert caught.value.code == "bad-signature"


def test_a_signature_that_names_files_elsewhere_is_refused(keys: tuple[SigningKey, SigningKey]) -> None:
    said = Signature("author", "issue", "", "", "", "2026-05-01", None, "0" * 64, {"../x": "0" * 64})
    assert code_of(Signature.from_bytes, seal(said.statement(), keys[0])) == "bad-manifest"


def test_a_signed_report_is_not_written_over(folder: Path, keys: tuple[SigningKey, SigningKey]) -> None:
    sign_report(folder, keys[0], **SAID)
    for record in (RECORD, {**RECORD, "text": "another"}):
        assert code_of(write_files, folder, FILES, record, "report.json", overwrite=True) == "signed-report"
    assert code_of(add_files, folder, {"report.html": b"other"}, overwrite=True) == "signed-report"
    assert code_of(add_files, folder, {}, remove=["exports/rules.sql"]) == "signed-report"
    assert check_signature(folder, read_signatures(folder)[0], [keys[0].public]).is_valid


# Erasure


def test_erased_evidence_is_gone_and_said_so(folder: Path, keys: tuple[SigningKey, SigningKey]) -> None:
    sign_report(folder, keys[0], **SAID)
    done = erase_report(folder, "evidence", date="2026-06-01", reason="request")
    assert done.files == ("evidence.json.gz",)
    assert not (folder / "evidence.json.gz").exists()
    assert json.loads((folder / "erasure.json").read_bytes()) == {
        "schema": "surrogate-erasure",
        "schema_version": "1.0",
        "what": "evidence",
        "date": "2026-06-01",
        "reason": "request",
        "files": [{"name": "evidence.json.gz", "sha256": digest(b"evidence")}],
    }
    assert not any(compare(folder, read_manifest(folder).files).values())
    found = check_signature(folder, read_signatures(folder)[0], [keys[0].public])
    assert (found.missing, found.erased, found.not_covered) == ((), ("evidence.json.gz",), ("erasure.json",))
    assert found.is_valid
    sign_report(folder, keys[1], **SAID)
    assert code_of(erase_report, folder, "evidence", date="2026-06-01", reason="again") == "bad-file"


@pytest.mark.parametrize(
    "told",
    [
        {"what": "evidence", "files": [{"name": "report.html"}]},
        {"what": "evidence", "files": [{"name": "evidence.json.gz", "sha256": "0" * 64}]},
        {"what": "all", "files": [{"name": "evidence.json.gz"}]},
        {"what": "evidence", "files": 5},
    ],
)
def test_a_made_up_erasure_excuses_no_missing_file(
    told: dict[str, Any], folder: Path, keys: tuple[SigningKey, SigningKey]
) -> None:
    sign_report(folder, keys[0], **SAID)
    for name in ("evidence.json.gz", "report.html"):
        (folder / name).unlink()
    (folder / "erasure.json").write_text(json.dumps({"schema": "surrogate-erasure", **told}), encoding="utf-8")
    found = check_signature(folder, read_signatures(folder)[0], [keys[0].public])
    assert found.missing == ("evidence.json.gz", "report.html")
    assert not found.is_valid


def test_what_was_erased_is_not_written_again(folder: Path) -> None:
    erase_report(folder, "evidence", date="2026-06-01", reason="request")
    assert code_of(write_files, folder, FILES, RECORD, "report.json", overwrite=True) == "erased-report"
    assert code_of(add_files, folder, {"evidence.json.gz": b"evidence"}) == "erased-report"


def test_erasing_does_not_hide_that_another_file_was_changed(folder: Path) -> None:
    (folder / "report.html").write_bytes(b"changed")
    erase_report(folder, "evidence", date="2026-06-01", reason="request")
    assert compare(folder, read_manifest(folder).files)["changed"] == ["report.html"]


def test_of_a_report_erased_as_a_whole_no_plain_digest_is_left(
    folder: Path, keys: tuple[SigningKey, SigningKey]
) -> None:
    write_files(folder / "texts" / "1", FILES, RECORD, "report.json")
    sign_report(folder, keys[0], **SAID)
    plain = {digest(path.read_bytes()) for path in folder.rglob("*") if path.is_file()}
    ledger = open_ledger(folder.parent / "ledger.sqlite", create=True)
    erase_report(folder, "all", date="2026-06-01", reason="request", ledger=ledger)
    assert [path.name for path in folder.iterdir()] == ["erasure.json"]
    left = (folder / "erasure.json").read_text(encoding="utf-8") + repr(ledger.entries())
    assert not [one for one in plain if one in left]
    told = read_erasure(folder)
    assert told is not None
    assert all(row["hmac"] for row in told["files"])
    assert {"report.json", "manifest.json", "texts/1/report.json"} <= {row["name"] for row in told["files"]}
    (entry,) = ledger.entries(digest(canonical_bytes(RECORD)))
    assert (entry.event, entry.date) == ("erased", "2026-06-01")


def test_without_a_ledger_only_names_are_left_of_a_whole_report(folder: Path) -> None:
    erase_report(folder, "evidence", date="2026-06-01", reason="request")
    erase_report(folder, "all", date="2026-06-02", reason="request")
    told = read_erasure(folder)
    assert told is not None
    assert told["files"] == [
        {"name": name}
        for name in sorted(
            ["evidence.json.gz", "exports/rules.sql", "manifest.json", "report.html", "report.json", "run.json"]
        )
    ]


def test_a_whole_report_can_be_erased_with_a_broken_manifest_or_none(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b"broken")
    assert code_of(erase_report, folder, "evidence", date="2026-06-01", reason="r") == "bad-manifest"
    erase_report(folder, "all", date="2026-06-01", reason="request")
    assert [path.name for path in folder.iterdir()] == ["erasure.json"]


def test_somebody_s_own_files_are_neither_erased_nor_left_silently(folder: Path) -> None:
    (folder / "thesis.tex").write_bytes(b"years of work")
    with pytest.raises(InputError, match=r"thesis\.tex") as caught:
        erase_report(folder, "all", date="2026-06-01", reason="request")
    assert caught.value.code == "changed-report"
    assert (folder / "report.json").exists()
    assert code_of(erase_report, folder.parent, "all", date="2026-06-01", reason="request") == "bad-file"


def test_a_link_is_removed_and_not_what_it_points_to(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"mine")
    (folder / "report.txt").symlink_to(tmp_path / "elsewhere")
    erase_report(folder, "all", date="2026-06-01", reason="request")
    assert (tmp_path / "elsewhere").read_bytes() == b"mine"


@pytest.mark.parametrize("change", [{"what": "some"}, {"reason": " "}, {"date": "today"}, {"reason": "\udc80"}])
def test_bad_erasures_are_refused(change: dict[str, str], folder: Path) -> None:
    assert code_of(erase_report, folder, **{"what": "evidence", "date": "2026-06-01", "reason": "r", **change}) == (
        "bad-parameter"
    )
    assert (folder / "evidence.json.gz").exists()


# The command line


def test_make_a_key_sign_and_erase(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURROGATE_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("SURROGATE_LEDGER", str(tmp_path / "ledger.sqlite"))
    assert main(["keys", "new", "ada"]) == 0
    assert main(["keys", "new", "ada"]) == 2
    assert "never written over" in capsys.readouterr().err
    assert main(["keys", "show", "ada"]) == 0
    (key,) = (PublicKey.from_dict(json.loads(capsys.readouterr().out)),)
    assert main(["keys", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [key.to_dict()]
    arguments = ["sign", str(folder), "--key", "ada", "--role", "reviewer", "--decision", "approve"]
    assert main([*arguments, "--expires", "2020-01-01"]) == 2
    assert "[expired]" in capsys.readouterr().err
    assert main([*arguments, "--comment", "fine", "--expires", "2999-01-01"]) == 0
    assert "ledger: entry 1" in capsys.readouterr().out
    assert read_signatures(folder)[0].signed_by([key]) == key
    assert main(["erase", str(folder), "--what", "all", "--reason", "request", "--yes"]) == 0
    assert "erased: 7 files" in capsys.readouterr().out
    assert [one.event for one in open_ledger(tmp_path / "ledger.sqlite").entries()] == ["signed", "erased"]


@pytest.mark.parametrize(
    ("key", "code"),
    [("nobody", "bad-key"), ("ada.pub.json", "bad-key"), ("open.key", "open-key"), ("text.key", "bad-key")],
)
def test_a_key_that_cannot_sign_is_a_plain_error(
    key: str, code: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_key("ada", tmp_path)
    make_key("open", tmp_path).chmod(0o644)
    (tmp_path / "text.key").write_bytes(b"text")
    (tmp_path / "text.key").chmod(0o600)
    told = str(tmp_path / key)
    assert main(["sign", str(folder), "--key", told, "--role", "author", "--decision", "issue"]) == 2
    assert f"[{code}]" in capsys.readouterr().err


def test_a_password_is_asked_for(folder: Path, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from surrogate.cli import cli

    made = CliRunner().invoke(cli, ["keys", "new", "ada", "-o", str(tmp_path), "--password-prompt"], input="one\none\n")
    assert made.exit_code == 0
    arguments = ["sign", str(folder), "-k", str(tmp_path / "ada.key"), "--role", "author", "--decision", "issue"]
    assert CliRunner().invoke(cli, arguments, input="one\n").exit_code == 0
    assert read_signatures(folder)[0].signed_by(read_trust(tmp_path / "ada.pub.json")) is not None
