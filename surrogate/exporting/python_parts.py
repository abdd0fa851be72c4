"""The fixed text of rules.py: everything that runs in it; what users wrote stands between, as literals."""

from __future__ import annotations

__all__ = ["HEAD", "READ", "SCORES", "TABLE"]

HEAD = '''#!/usr/bin/env python3
"""Say what a surrogate says: an approximation of a model, not its decision logic.  Needs Python 3.8 and nothing else.

In Python: decide({"COLUMN": True, ...}) gives the class and the rule that spoke, by name; None: no rule holds.

On the command line: python THIS_FILE features.csv > answers.csv, or with --json for a line of JSON to each row.
The table has a column for each name in COLUMNS, with true or false (or 1 or 0) in every row; others are passed over.
In the answers an apostrophe stands before a cell that a spreadsheet would take for a formula.

How to compute the features is written in features.json beside this file.
"""

import csv
import json
import sys

NO_RULE = "no rule holds"
'''

TABLE = '''

def decide(features):
    """The first rule that holds speaks; features: dict of column name to bool, all of COLUMNS."""
    present = _present(features)
    for name, label, tests in RULES:
        if all(present[column] is wanted for column, wanted in tests):
            return {"class": CLASSES[label], "rule": name}
    return {"class": None, "rule": NO_RULE}
'''

SCORES = '''

def decide(features):
    """The class of the highest sum, the first of equals; features: dict of column name to bool, all of COLUMNS."""
    present = _present(features)
    best = None
    for label, intercept, weights in SCORES:
        score = 0.0
        for column, weight in weights:
            if present[column]:
                score += weight
        score += intercept
        if best is None or score > best[0]:
            best = (score, label)
    return {"class": CLASSES[best[1]], "rule": None}
'''

READ = """

def _present(features):
    missing = [name for name, _ in COLUMNS if name not in features]
    if missing:
        raise ValueError("%d of %d features are missing, such as %r" % (len(missing), len(COLUMNS), missing[0]))
    wrong = [name for name, _ in COLUMNS if not isinstance(features[name], bool)]
    if wrong:
        raise ValueError("%r must be True or False, got %r" % (wrong[0], features[wrong[0]]))
    return [features[name] for name, _ in COLUMNS]


_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def _truth(text, name, line):
    if text is None or text.strip().lower() not in _TRUTH:
        raise ValueError("line %d: %s must be true or false, got %r" % (line, name, text))
    return _TRUTH[text.strip().lower()]


def _defused(text):
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\\t", "\\r", "\\n", "'") else text


def _answers(path):
    with open(path, encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        named = reader.fieldnames or []
        absent = [name for name, _ in COLUMNS if named.count(name) != 1]
        if absent:
            raise ValueError("the table must have the column %r exactly once" % absent[0])
        for row in reader:
            yield decide({name: _truth(row[name], name, reader.line_num) for name, _ in COLUMNS})


def _write_csv(path, out):
    writer = csv.writer(out, lineterminator="\\r\\n")
    writer.writerow(["row", "surrogate_class", "surrogate_rule"])
    for number, said in enumerate(_answers(path), 1):
        writer.writerow([number, _defused(said["class"] or ""), _defused(said["rule"] or "")])


def _write_json(path, out):
    for said in _answers(path):
        out.write(json.dumps(said) + "\\n")


def _main(arguments):
    named = [one for one in arguments if one != "--json"]
    if len(named) != 1 or named[0] in ("-h", "--help"):
        print("usage: python %s [--json] features.csv > answers.csv" % sys.argv[0], file=sys.stderr)
        return 0 if named in (["-h"], ["--help"]) else 2
    sys.stdout.reconfigure(encoding="utf-8", newline="")
    try:
        (_write_json if "--json" in arguments else _write_csv)(named[0], sys.stdout)
    except (OSError, ValueError, csv.Error) as error:
        print("error: %s" % error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
"""
