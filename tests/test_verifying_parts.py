"""What the verifier is made of, each part compared with the package that everybody else uses."""

from __future__ import annotations

import gzip
import json
import math
import struct

import jsonschema
import numpy as np
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from surrogate.evidence.binomial import binomial_interval
from surrogate.evidence.coverage import reached_coverage
from surrogate.literals import Literal
from surrogate.report.record.schema import published_schema
from surrogate.verifying.canonical_json import canonical_json, es6_number
from surrogate.verifying.coverage import reached_share
from surrogate.verifying.digests import answer_digests
from surrogate.verifying.dsse import exact_base64, read_envelope, signed_bytes
from surrogate.verifying.ed25519 import verify_ed25519
from surrogate.verifying.evidence import unzipped
from surrogate.verifying.folder import is_safe_name
from surrogate.verifying.numeric import beta_tail, half_digit, interval_ends_fit, log_sum_exp, votes_shown
from surrogate.verifying.problems import UnreadableError
from surrogate.verifying.schema import SchemaError, schema_problems
from surrogate.verifying.strict_json import strict_json
from surrogate.votes import shown_by_votes

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)

#: Public key, message and signature (RFC 8032, section 7.1: tests 1, 2, 3 and SHA(abc)).
VECTORS = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
)


@settings(deadline=None)
@given(JSON)
def test_canonical_json_is_that_of_rfc8785(value) -> None:
    try:
        expected = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        return
    assert canonical_json(value) == expected


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_written_so_that_it_is_read_back(number: float) -> None:
    assert float(es6_number(number)) == number


@settings(deadline=None)
@given(JSON)
def test_strict_json_reads_what_is_written(value) -> None:
    assert strict_json(json.dumps(value).encode(), "a.json") == value


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"a":1,"a":1}',
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"9007199254740993",
        b"1" * 5000,
        b"\xff",
        b"\xef\xbb\xbf{}",
        b'"\\ud800"',
        b"[" * 65 + b"]" * 65,
        b'{"a":' * 2_000_000,
        b"[" * 10_000_000,
        b'["' + b"\\" * 5_000_000,
        b"{} {}",
    ],
    ids=lambda content: repr(content[:12]),
)
def test_strict_json_refuses(content: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"^a\.json: "):
        strict_json(content, "a.json")


def test_brackets_in_strings_are_no_depth() -> None:
    assert strict_json(json.dumps(["[" * 1000 + '"\\']).encode(), "a.json") == ["[" * 1000 + '"\\']


def test_large_files_are_not_read() -> None:
    with pytest.raises(UnreadableError, match="11 bytes; at most 10"):
        strict_json(b'"123456789"', "a.json", 10)


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_ed25519_vectors_of_the_rfc(public: str, message: str, signature: str) -> None:
    key, text, signed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert verify_ed25519(key, text, signed)
    assert not verify_ed25519(key, text + b"x", signed)
    for place in (0, 31, 32, 63):
        assert not verify_ed25519(key, text, signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :])


@settings(deadline=None, max_examples=5)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=64))
def test_ed25519_agrees_with_cryptography(secret: bytes, message: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(secret)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verify_ed25519(public, message, signature)
    larger = int.from_bytes(signature[32:], "little") + 2**252 + 27742317777372353535851937790883648493
    assert not verify_ed25519(public, message, signature[:32] + larger.to_bytes(32, "little"))


@pytest.mark.parametrize("public", ["01" + "00" * 31, "00" * 32, "ee" + "ff" * 30 + "7f", "00" * 31 + "80"])
def test_keys_of_small_order_sign_nothing(public: str) -> None:
    assert not verify_ed25519(bytes.fromhex(public), b"any", bytes.fromhex("01" + "00" * 63))
    assert not verify_ed25519(bytes.fromhex(public)[:31], b"any", bytes(64))


def test_dsse_encoding_of_the_specification() -> None:
    assert (
        signed_bytes("http://example.com/HelloWorld", b"hello world")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@pytest.mark.parametrize("text", ["aGk", "aGk=\n", "aGl=", "a-_=", None, 7, "é"])
def test_base64_has_one_form(text) -> None:
    with pytest.raises(UnreadableError):
        exact_base64(text, "a")


def test_an_envelope_says_no_more_than_it_must() -> None:
    good = {"payload": "e30=", "payloadType": "t", "signatures": [{"keyid": "ab", "sig": "aGk="}]}
    assert read_envelope(canonical_json(good), "a").payload == b"{}"
    for wrong in (
        {**good, "more": 1},
        {**good, "signatures": []},
        {**good, "payloadType": None},
        {**good, "signatures": [{}]},
    ):
        with pytest.raises(UnreadableError):
            read_envelope(canonical_json(wrong), "a")
    with pytest.raises(UnreadableError, match="canonical"):
        read_envelope(json.dumps(good).encode(), "a")


SCHEMAS = (
    {"type": ["integer", "null"], "minimum": 2, "exclusiveMaximum": 9, "multipleOf": 0.5},
    {
        "properties": {"a": {"$ref": "#/$defs/n"}},
        "required": ["a"],
        "additionalProperties": False,
        "$defs": {"n": {"type": "number"}},
    },
    {
        "patternProperties": {"^x": {"type": "string"}},
        "additionalProperties": {"const": 1},
        "propertyNames": {"maxLength": 3},
    },
    {"prefixItems": [{"enum": [1, "a"]}], "items": {"type": "boolean"}, "minItems": 1, "uniqueItems": True},
    {"anyOf": [{"type": "string", "pattern": "^a+$"}, {"maxProperties": 1, "minProperties": 1, "type": "object"}]},
    {"oneOf": [{"type": "number"}, {"minLength": 2}], "not": {"const": 4}},
    {"if": {"type": "string"}, "then": {"maxLength": 2}, "else": {"allOf": [{"exclusiveMinimum": 0}, {"maximum": 5}]}},
    {"maxItems": 2, "items": {"type": "integer"}},
    True,
    False,
)
INSTANCES = st.recursive(
    st.sampled_from([None, True, False, 0, 1, 1.0, 2, 4, 5.5, 9, -1, "", "a", "aa\n", "aaa", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "x", "xyzw"]), inner, max_size=2),
    max_leaves=6,
)


@pytest.mark.parametrize("schema", SCHEMAS, ids=repr)
@settings(deadline=None, max_examples=150)
@given(instance=INSTANCES)
def test_schema_agrees_with_jsonschema(schema, instance) -> None:
    validator = jsonschema.Draft202012Validator(schema)
    ours = not list(schema_problems(instance, schema))
    if instance == "aa\n" or "aa\n" in str(instance):
        return  # ECMAScript's $ does not match before a line feed, jsonschema's does
    assert ours == validator.is_valid(instance)


def test_every_keyword_of_the_published_schemas_is_understood() -> None:
    for name in ("record", "issuance"):
        schema = published_schema(name)
        for part in (schema, *schema.get("$defs", {}).values()):
            for instance in ({}, [], [{}], "", 1, None):
                list(schema_problems(instance, part, schema))


@pytest.mark.parametrize(
    "schema", [{"format": "date"}, {"$ref": "other.json"}, {"$ref": "#/$defs/x"}, {"unevaluatedItems": False}]
)
def test_a_keyword_that_is_not_understood_is_an_error(schema) -> None:
    with pytest.raises(SchemaError):
        list(schema_problems({}, schema))


@settings(deadline=None)
@given(st.floats(0.5, 300), st.floats(0.5, 300), st.just(0.0) | st.floats(1e-9, 1))
def test_beta_tail_is_that_of_scipy(a: float, b: float, x: float) -> None:
    assert math.isclose(beta_tail(a, b, x), beta.cdf(x, a, b), rel_tol=1e-9, abs_tol=1e-11)


@settings(deadline=None)
@given(st.floats(1, 5000), st.just(0.0) | st.floats(1e-6, 1), st.sampled_from([0.95, 0.995, 0.9]))
def test_interval_ends_are_found_by_their_equations(n: float, share: float, level: float) -> None:
    low, high = binomial_interval(share * n, n, level)
    assert interval_ends_fit(low, high, share * n, n, level, 1e-9) == (True, True)
    wrong_low, wrong_high = interval_ends_fit(low + 1e-5, high - 1e-5, share * n, n, level, 1e-9)
    assert not wrong_low or low > 1 - 1e-4
    assert not wrong_high or high < 1e-4


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_coverage_is_that_of_the_package(data) -> None:
    n_units, kind = data.draw(st.integers(1, 9)), data.draw(st.sampled_from(["sizes", "uniform"]))
    literals = st.lists(st.tuples(st.integers(0, n_units - 1), st.booleans()), max_size=4).map(tuple)
    own, earlier = data.draw(literals), data.draw(st.lists(literals.filter(len), max_size=3))
    expected = reached_coverage(
        [Literal(*one) for one in own], [[Literal(*o) for o in one] for one in earlier], n_units, kind
    )
    assert math.isclose(reached_share(own, earlier, n_units, kind), expected, rel_tol=0, abs_tol=1e-12)


@settings(deadline=None)
@given(st.floats(-13, 13), st.integers(1, 20))
def test_votes_show_what_the_package_says(log_odds: float, n: int) -> None:
    expected = shown_by_votes(np.array([log_odds]), np.array([float(n)]))[0][0]
    assert math.isclose(votes_shown(log_odds, n), expected, rel_tol=1e-9, abs_tol=1e-9)


@settings(deadline=None)
@given(st.lists(st.floats(-50, 0) | st.just(-math.inf), min_size=1))
def test_log_sum_exp_is_that_of_numpy(logs: list[float]) -> None:
    assert math.isclose(log_sum_exp(logs), np.logaddexp.reduce(logs), rel_tol=1e-12, abs_tol=1e-12)


@settings(deadline=None)
@given(st.floats(-1e6, 1e6).filter(lambda number: abs(number) > 1e-6))
def test_rounding_moves_a_number_by_half_a_digit_at_most(number: float) -> None:
    assert abs(float(f"{number:.10g}") - number) <= half_digit(number) * (1 + 1e-5)


def test_a_probability_on_the_edge_is_rounded_both_ways() -> None:
    edge = math.log(0.12345678905)
    assert len(answer_digests([("a", [edge, math.log(0.5)])])) == 2
    assert len(answer_digests([("a", [edge] * 3)])) == 8
    assert answer_digests([("a", [edge] * 7)]) == set()


def test_a_packed_file_is_not_unpacked_without_end() -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(UnreadableError, match="unpacks to more than"):
        unzipped(bomb, "evidence.json.gz", 10_000_000)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no gzip",
        gzip.compress(b"{}", mtime=0)[:-3],
        gzip.compress(b"{}", mtime=0) + b"more",
        gzip.compress(b"{}", mtime=0) * 2,
    ],
)
def test_a_packed_file_is_whole_and_alone(content: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"^e: "):
        unzipped(content, "e")


def test_a_wrong_checksum_is_found() -> None:
    content = gzip.compress(b"hello", mtime=0)
    with pytest.raises(UnreadableError):
        unzipped(content[:-8] + struct.pack("<I", 7) + content[-4:], "e")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/a",
        "../a",
        "a/../b",
        "a//b",
        "a/",
        "./a",
        "a\\b",
        "C:\\a",
        "c:a",
        "a\0b",
        "a\nb",
        "CON",
        "aux.txt",
        "a.",
        "a ",
        ".git/x",
        "x" * 300,
    ],
)
def test_names_that_are_not_safe(name: str) -> None:
    assert not is_safe_name(name)
