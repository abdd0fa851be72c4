"""Every export of real audits, run on 5,000 documents that the audit never saw and on every conformance vector.

Run ``python -m benchmarks.exports``; it needs banking77 (``--data FOLDER`` or the variable SURROGATE_DATA) and asks the shipped
model bank-router.  The features of the 5,000 documents are computed as features.json says; those of metadata from what it says
is asked of each column.  ``--pmml-xsd FILE`` also validates the PMML against a schema of version 4.4.  Writes
``benchmarks/results/exports.md``; no text of a document is in it.
"""

from __future__ import annotations

import argparse
import csv
import json
import platform
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.sentiment import default_data
from surrogate.corpus.audit import audit
from surrogate.corpus.audited import wording_of
from surrogate.describe.applying import features_of
from surrogate.documents import Documents
from surrogate.evidence.corpus_gate import CorpusPolicy
from surrogate.exporting import FORMATS, export_record, members_of
from surrogate.store import MemoryStore

RESULTS = Path(__file__).parent / "results"
MODEL = "bank-router"
N_ROWS = 5_000

Row = dict[str, Any]


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=default_data())
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--pmml-xsd", type=Path, help="a schema of PMML 4.4")
    parser.add_argument("--files", type=Path, help="write the exports here, too")
    parser.add_argument("--documents", type=int, default=1_500, help="the most that are audited")
    return parser.parse_args(arguments)


def read(path: Path) -> Documents:
    """A file of banking77 with its label, and the number of words, as columns beside the texts."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list({row["text"]: row for row in csv.DictReader(file)}.values())
    return Documents(
        tuple(row["text"] for row in rows),
        tuple(str(number) for number in range(1, len(rows) + 1)),
        metadata={
            "label": tuple(row["label"] for row in rows),
            "words": tuple(float(len(row["text"].split())) for row in rows),
        },
    )


def rows_of(record: Row, listing: Row, documents: Documents) -> list[dict[str, bool]]:
    """Which features documents have: words as the package tells them, columns as features.json says."""
    named = {feature.name: feature for member in members_of(record)[0] for feature in member.model.features}
    found = features_of(documents.texts, tuple(named.values()), **wording_of(record["production"]["recipe"]))
    present = found.presence.toarray().astype(bool)
    told = {feature.name: present[:, place] for place, feature in enumerate(found.named)}
    for one in listing["features"]:
        if one["kind"] == "column":
            told[one["feature"]] = np.array([holds(one["asks"], documents, row) for row in range(len(documents))])
    left = {name: np.zeros(len(documents), dtype=bool) for name in named if name not in told}
    columns = (told | left).items()
    return [{name: bool(column[row]) for name, column in columns} for row in range(len(documents))]


def holds(asks: Row, documents: Documents, row: int) -> bool:
    """What features.json says about a column, carried out."""
    value = documents.metadata[asks["column"]][row]
    if asks["test"] == "missing":
        return value is None
    if asks["test"] == "above":
        return isinstance(value, float) and value > asks["value"]
    return value is not None and str(value) == asks["value"]


def measure(name: str, options: argparse.Namespace, corpus: Documents, seen: Documents, store: Any) -> Row:
    """One audit, its exports, and what every engine said."""
    print(f"{name}: audit", flush=True)
    concepts = name == "with concepts"
    # On terms alone the tree agrees with the model too seldom to be shown: the policy lets it pass, so that it can be run.
    policy = None if concepts else CorpusPolicy(min_agreement=0.3)
    record = audit(corpus, MODEL, embeddings="auto" if concepts else "none", store=store, policy=policy).to_dict()
    listing = json.loads(export_record(record, ["json"])["features.json"])
    rows = rows_of(record, listing, seen)
    print(f"{name}: exports", flush=True)
    start = time.perf_counter()
    files = export_record(record, tuple(FORMATS), rows, ["tree"] if concepts else None)
    seconds = time.perf_counter() - start
    if options.files:
        keep(options.files / name.replace(" ", "-"), files)
    kinds: dict[str, int] = {}
    for one in listing["features"]:
        kinds[one["kind"]] = kinds.get(one["kind"], 0) + 1
    valid = {file: valid_pmml(content, options.pmml_xsd) for file, content in files.items() if file.endswith(".pmml")}
    return {
        "name": name,
        "listing": json.loads(files["exports.json"]),
        "seconds": seconds,
        "kinds": kinds,
        "pmml": valid,
    }


def keep(folder: Path, files: dict[str, bytes]) -> None:
    """Write the files of one audit."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (folder / file).write_bytes(content)


def valid_pmml(content: bytes, schema: Path | None) -> bool | None:
    """Whether a document is valid against a schema; None: no schema was given."""
    from lxml import etree

    return (
        None if schema is None else bool(etree.XMLSchema(etree.parse(str(schema))).validate(etree.fromstring(content)))
    )


def lines_of(found: Row) -> list[str]:
    """A line to an export and engine."""
    lines = []
    for one in found["listing"]["exports"]:
        named = f"| {found['name']} | {one['surrogate']} | {one['format']} |"
        if not one["offered"]:
            lines.append(f"{named} not offered: {one['reason']} | | | | |")
            continue
        for check in one["conformance"]:
            by = check["engine"] if check["independent"] else f"{check['engine']} (ours)"
            numbers = f"{check['vectors']:,} | {check['rows']:,} | {check['distinct']:,} | {check['disagreements']:,}"
            lines.append(f"{named} {by} {check['version']} | {numbers} |")
    for surrogate, reason in found["listing"]["withheld"].items():
        lines.append(f"| {found['name']} | {surrogate} | all | not offered: {reason} | | | | |")
    return lines


def page(measured: list[Row], options: argparse.Namespace) -> str:
    """The page of results."""
    checks = [check for found in measured for one in found["listing"]["exports"] for check in one["conformance"]]
    asked = sum(check["vectors"] + check["rows"] for check in checks)
    wrong = sum(check["disagreements"] or 0 for check in checks)
    dmn = [
        one["schema"]
        for found in measured
        for one in found["listing"]["exports"]
        if one["format"] == "dmn" and one["offered"]
    ]
    pmml = [valid for found in measured for valid in found["pmml"].values()]
    kinds = "; ".join(
        f"{found['name']}: {', '.join(f'{n} {kind}' for kind, n in sorted(found['kinds'].items()))}"
        for found in measured
    )
    seconds = ", ".join(f"{found['seconds']:.0f} s" for found in measured)
    told = "not checked: no schema was given" if None in pmml else f"{sum(pmml)} of {len(pmml)} valid"
    return "\n".join(
        [
            "# Exports, run row for row",
            "",
            "`python -m benchmarks.exports`: banking77's test file audited with the shipped model bank-router and the shipped",
            f"recipe; every export run on all conformance vectors and on {N_ROWS:,} documents of the training file, which the",
            "audit never saw, and compared with the fitted surrogate: the class, and the rule that spoke where the engine tells",
            "it. Rows with the same features are run once and counted each. CSV is data and is not run. On terms alone the tree",
            "would be withheld: the policy is lowered so that it can be run.",
            "",
            f"**{wrong:,} disagreements** in {asked:,} comparisons.",
            "",
            "| audit | surrogate | format | engine | vectors | rows | distinct | disagreements |",
            "|---|---|---|---|---|---|---|---|",
            *(line for found in measured for line in lines_of(found)),
            "",
            f"* DMN: {sum(bool(one['valid']) for one in dmn)} of {len(dmn)} valid against {dmn[0]['source']}.",
            f"* PMML against {options.pmml_xsd.name if options.pmml_xsd else 'its schema'}: {told}.",
            f"* Features by kind ({kinds}).",
            f"* To write and run all exports of an audit: {seconds}.",
            f"* {platform.machine()}, Python {platform.python_version()}, shared with other work.",
            "",
        ]
    )


def main(arguments: list[str] | None = None) -> None:
    """Measure, and write the page."""
    options = parse(arguments)
    corpus = read(options.data / "banking77" / "test.csv")
    corpus = corpus.take(list(range(min(options.documents, len(corpus)))))
    seen = read(options.data / "banking77" / "train.csv")
    seen = seen.take(list(range(N_ROWS)))
    plain = Documents(corpus.texts, corpus.ids)
    store = MemoryStore()
    measured = [
        measure("terms", options, plain, seen, store),
        measure("terms and metadata", options, corpus, seen, store),
        measure("with concepts", options, plain, seen, store),
    ]
    options.out.mkdir(parents=True, exist_ok=True)
    text = page(measured, options)
    (options.out / "exports.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
