"""Deliberate edits of reports: what somebody might change to make a model, or a surrogate, look better than it is."""

from __future__ import annotations

import base64
import gzip
import json
import shutil
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report_folders import Signer, seal, sign
from surrogate.canonical import canonical_bytes
from surrogate.report.edition import Edition
from surrogate.report.render import render

__all__ = ["FORGERIES", "Forgery", "forge"]

Record = dict[str, Any]


@dataclass(frozen=True)
class Forgery:
    """One edit of a report.

    Parameters
    ----------
    name : str
    kind : {"local", "global"}
    edit : callable (folder) -> None
    seen_by : {"numbers", "rebuilding", "signature"}
        What finds it first, where all digests are redone: the numbers of the evidence, making the report again, or nothing but
        the signature.
    """

    name: str
    kind: str
    edit: Callable[[Path], None]
    seen_by: str


def forge(folder: Path, target: Path, forgery: Forgery, stranger: Signer) -> Path:
    """A copy of a report with an edit, all digests redone, and signed by a stranger in the place of the signers."""
    shutil.copytree(folder, target)
    forgery.edit(target)
    shutil.rmtree(target / "signatures", ignore_errors=True)
    seal(target)
    sign(target, stranger)
    return target


def _record(change: Callable[[Record], None]) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        record = json.loads((folder / "report.json").read_bytes())
        before = canonical_bytes(record)
        change(record)
        after = canonical_bytes(record)
        if before == after:
            raise ValueError("The edit changes nothing.")
        (folder / "report.json").write_bytes(after)
        _page_again(folder, record)

    return edit


def _page_again(folder: Path, record: Record) -> None:
    """A forger would render the changed record again."""
    stated = json.loads((folder / "issuance.json").read_bytes())
    for suffix, name in (("html", "html"), ("md", "md"), ("txt", "text")):
        path = folder / f"report.{suffix}"
        if path.exists():
            path.write_bytes(render(name, Edition(record, stated)))


def _set(*steps: str | int, to: Any) -> Callable[[Path], None]:
    """Set a place in the record; a callable is given what stands there."""

    def change(record: Record) -> None:
        place: Any = record
        for step in steps[:-1]:
            place = place[step]
        place[steps[-1]] = to(place[steps[-1]]) if callable(to) else to

    return _record(change)


def _replace(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        content = (folder / name).read_bytes()
        if old not in content:
            raise ValueError(f"{old!r} is not in {name}.")
        (folder / name).write_bytes(content.replace(old, new, 1))

    return edit


def _evidence(change: Callable[[Record], None]) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = folder / "evidence.json.gz"
        data = json.loads(gzip.decompress(path.read_bytes()))
        change(data)
        path.write_bytes(gzip.compress(canonical_bytes(data), mtime=0))

    return edit


def _other_answer(data: Record) -> None:
    """Turn the answer to one test row around."""
    reader, sample = data["readers"][0], data["sample"]
    text = next(place for place, role in zip(sample["text"], sample["role"], strict=True) if role == "test")
    width, row = reader["n_classes"], reader["text"].index(text)
    content = bytearray(base64.b64decode(reader["log_probabilities"]))
    own = slice(8 * width * row, 8 * width * (row + 1))
    numbers = struct.unpack(f"<{width}d", content[own])
    content[own] = struct.pack(f"<{width}d", *reversed(numbers))
    reader["log_probabilities"] = base64.b64encode(content).decode("ascii")


def _fewer_test_rows(data: Record) -> None:
    """Leave the last test row out of the sample."""
    sample = data["sample"]
    row = max(place for place, role in enumerate(sample["role"]) if role == "test")
    for name in ("text", "mask", "role", "pair", "weight"):
        del sample[name][row]


def _unheld(data: Record) -> None:
    """Say of a held-out document that it was fitted to."""
    role = data["sample"]["role"]
    role[role.index("test")] = "fit"


def _present(data: Record) -> None:
    """Say of a document that it has a feature that it has not."""
    one = data["sample"]["features"][0]
    content = bytearray(base64.b64decode(one["present"]))
    content[0] ^= 0xFF
    one["present"] = base64.b64encode(content).decode("ascii")


def _tree(record: Record) -> int:
    return next(place for place, one in enumerate(record["surrogates"]) if one["kind"] == "tree")


def _rule(record: Record) -> Record:
    rule: Record = record["surrogates"][_tree(record)]["rules"][0]
    return rule


def _member(record: Record, name: str) -> Record:
    return next(one for one in record["members"] if one["name"] == name)


def _another_author(folder: Path) -> None:
    """Change what is stated, and make the pages again from it."""
    path = folder / "issuance.json"
    path.write_bytes(canonical_bytes({**json.loads(path.read_bytes()), "author": "Somebody Else"}))
    _page_again(folder, json.loads((folder / "report.json").read_bytes()))


def _another_model(folder: Path) -> None:
    """Another name in the record, and in what the evidence says of the model."""
    _set("model", "name", to="a better model")(folder)
    _evidence(lambda data: data["readers"][0]["traits"].update(name="a better model"))(folder)


def _turn_literal(record: Record) -> None:
    literal = _rule(record)["literals"][0]
    literal["kept"] = not literal["kept"]


def _better_rule(record: Record) -> None:
    precision = next(one["precision"] for one in record["surrogates"][_tree(record)]["rules"] if one["precision"])
    precision.update(low=min(precision["low"] + 0.01, precision["value"]))


def _grade(record: Record) -> None:
    terms = record["surrogates"][0]["model"]["terms"]
    one = next(term for term in terms if term["grade"] == "stable")
    one["grade"] = "weak"


def _drop_worst_slice(record: Record) -> None:
    del _member(record, "rules")["slices"][0]


def _confirm(record: Record) -> None:
    one = _member(record, "rules")["rules"][0]
    one["grade"] = "supported" if one["grade"] == "confirmed" else "confirmed"


def _turn_rule(record: Record) -> None:
    rule = _member(record, "rules")["model"]["rules"][0]
    rule["class_index"] = (rule["class_index"] + 1) % len(record["model"]["labels"])


def _other_place(folder: Path) -> None:
    """Another example of a decision; where there are embeddings, another place on the map would do."""
    _set("examples", 0, "prototypes", to=lambda places: places[::-1])(folder)


def _accurate(record: Record) -> None:
    record["accuracy"]["model"].update(value=0.5, low=0.4, high=0.6)


def _checked(record: Record) -> None:
    one = next(row for row in record["checklist"] if row["status"] == "missing")
    one.update(reason="A person has stated it elsewhere.")


_LOCAL = (
    ("another decision", _set("decision", "label", to="other"), "numbers"),
    ("a higher probability", _set("decision", "log_odds", to=3.0), "numbers"),
    (
        "a larger coefficient",
        _set("surrogates", 0, "model", "terms", 0, "coefficient", to=lambda c: c * 1.01),
        "numbers",
    ),
    (
        "a coefficient with another sign",
        _set("surrogates", 0, "model", "terms", 1, "coefficient", to=lambda c: -c),
        "numbers",
    ),
    ("a higher fidelity", _set("surrogates", 0, "fidelity", "r2", "value", to=0.9876), "numbers"),
    (
        "a narrower interval of fidelity",
        _set("surrogates", 0, "fidelity", "r2", "low", to=lambda v: v + 1e-4),
        "rebuilding",
    ),
    ("a lower error", _set("surrogates", 0, "fidelity", "mae_probability", "value", to=0.001), "numbers"),
    ("more test copies", _set("surrogates", 0, "fidelity", "n_test", to=lambda n: n + 100), "numbers"),
    ("a rule turned around", _record(_turn_literal), "numbers"),
    ("a surer rule", _record(_better_rule), "numbers"),
    ("another grade of a term", _record(_grade), "numbers"),
    (
        "another effect of a unit",
        _set("surrogates", 0, "model", "effects", 0, "coefficient", to=lambda v: v + 0.1),
        "numbers",
    ),
    ("copies that change the decision left out", _set("flips", to=[]), "numbers"),
    ("the worst test copies left out", _set("surrogates", 0, "misses", to=lambda all_: all_[1:]), "numbers"),
    ("fewer calls", _set("calls", "total", to=lambda n: n - 1), "numbers"),
    ("another sentence of the verdict", _set("surrogates", 0, "verdict", "reason", to="All is well."), "numbers"),
    ("a limit taken out", _set("limits", to=lambda all_: all_[1:]), "rebuilding"),
    ("another model", _set("model", "fingerprint", to="f" * 64), "rebuilding"),
    ("another random state", _set("production", "random_state", to=7), "rebuilding"),
    ("another policy", _set("production", "policy", "min_r2", to=0.4), "numbers"),
    ("another row of the checklist", _record(_checked), "rebuilding"),
    ("another answer in the evidence", _evidence(_other_answer), "numbers"),
    ("a row less in the evidence", _evidence(_fewer_test_rows), "numbers"),
    ("another page", _replace("report.html", b"</h1>", b" (approved)</h1>"), "rebuilding"),
    ("another author, the pages made again", _another_author, "signature"),
    ("another model, in the evidence too", _another_model, "signature"),
    ("the evidence taken away", lambda folder: (folder / "evidence.json.gz").unlink(), "signature"),
)

_GLOBAL = (
    ("the worst slice left out", _record(_drop_worst_slice), "numbers"),
    ("a rule confirmed", _record(_confirm), "numbers"),
    ("a rule for another class", _record(_turn_rule), "numbers"),
    ("another accuracy", _record(_accurate), "numbers"),
    ("more documents", _set("documents", "n_rows", to=lambda n: n + 1000), "numbers"),
    (
        "another decision quoted",
        _record(lambda r: next(iter(r["quoted"].values())).update(decision="cards?")),
        "numbers",
    ),
    ("a held-out document fitted to", _evidence(_unheld), "numbers"),
    ("features of other documents", _evidence(_present), "numbers"),
    ("other findings", _set("findings", to=["Nothing stands out."]), "rebuilding"),
    ("other examples first", _other_place, "rebuilding"),
)

#: All edits.
FORGERIES = tuple(
    Forgery(name, kind, edit, seen_by)
    for kind, listed in (("local", _LOCAL), ("global", _GLOBAL))
    for name, edit, seen_by in listed
)
