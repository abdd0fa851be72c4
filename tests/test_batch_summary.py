"""The summary of a batch: it counts every row once, in any order, and tells what moved against an earlier batch."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from surrogate.canonical import canonical_bytes
from surrogate.cli import main
from surrogate.corpus.batch.summary.drifting import Drift, compare_summaries, drift_between
from surrogate.corpus.batch.summary.grouped_counts import GroupedCounts
from surrogate.corpus.batch.summary.opened import open_batch
from surrogate.corpus.batch.summary.row_tally import RowTally
from surrogate.corpus.batch.summary.shifts import compare_counts, compare_histograms
from surrogate.corpus.batch.summary.summarizing import WORDS, Summary, summarize
from surrogate.corpus.batch.summary.summary_table import summary_csv
from surrogate.corpus.batch.summary.writing_summary import FILES, summary_record, write_summary
from surrogate.corpus.batch.workers.one_text import STOPPING
from surrogate.errors import InputError
from surrogate.exporting.plain import defused_back
from surrogate.report.batch import render_batch
from surrogate.report.batch.context import fidelity_bins
from surrogate.report.batch.look_first import PARTS, look_first, needs_attention
from surrogate.report.batch.row_errors import _ERRORS
from surrogate.report.batch.terminal import print_batch
from tests.batch_folder_toys import BATCH, Row, batch, error_row, many, row, surrogate, word
from tests.test_accessibility import CHROMIUM, axe, browser, violations  # noqa: F401 - two of them are fixtures

BAD = "=cmd|' /C calc'!A0<script>alert(1)</script>{{ 7*7 }}{0.__class__}\u202e[red]"


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return many(400)


@pytest.fixture(scope="module")
def folder(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return batch(tmp_path_factory.mktemp("batches") / "a", rows, n_parts=3)


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Other shares of decisions, lower fidelity, other words; half of the texts are those of the first."""
    moved = many(300, seed=1, shares=(0.8, 0.1, 0.1), fidelity=0.65)
    for one in moved:
        for told in one["words"]:
            told["text"] = {"fee": "charge", "card": "CARD"}.get(told["text"], told["text"])
    return batch(tmp_path_factory.mktemp("batches") / "b", moved, n_parts=2)


@pytest.fixture(scope="module")
def summary(folder: Path) -> Summary:
    return summarize(folder)


@pytest.fixture(scope="module")
def drift(folder: Path, later: Path) -> Drift:
    return drift_between(folder, later)


def page(summary: Summary, drift: Drift | None = None, **options: Any) -> str:
    return render_batch("html", summary_record(summary, drift), **options).decode()


# --- counting


def test_counts_are_those_of_the_rows(summary: Summary, rows: list[Row]) -> None:
    statuses = Counter(one["status"] for one in rows)
    assert {name: summary.counts[name] for name in statuses} == dict(statuses)
    assert summary.counts["rows"] == len(rows) == sum(statuses.values())
    decisions = Counter(one["decision"] for one in rows if one["decision"])
    assert {one["label"]: one["rows"] for one in summary.decisions} == dict(decisions)
    assert all(one["explained"] + one["withheld"] == one["rows"] for one in summary.decisions)
    assert sum(one["rows"] for one in summary.errors) == statuses["error"]
    assert sum(one["rows"] for one in summary.withheld) == statuses["withheld"]
    assert sum(n for _, n in summary.fidelity["thousandths"]) == summary.fidelity["n"] == len(rows) - statuses["error"]
    for one in summary.surrogates:
        assert sum(one["verdicts"].values()) == len(rows) - statuses["error"]


def test_words_are_counted_as_in_memory(summary: Summary, rows: list[Row]) -> None:
    for one in summary.reasons:
        own = [each for each in rows if each["status"] == "explained" and each["decision"] == one["decision"]]
        for told in one["words"]:
            found = [
                each["coefficient"] for own_row in own for each in own_row["words"] if each["text"] == told["text"]
            ]
            assert told["rows"] == len(found) == one["rows"]
            assert told["positive"] == sum(value > 0 for value in found)
            assert told["mean"] == pytest.approx(np.mean(found), abs=1e-9)


def test_quantiles_are_those_of_the_rows_to_a_thousandth(summary: Summary, rows: list[Row]) -> None:
    values = [one["fidelity"] for one in rows if one["fidelity"] is not None]
    for share in (5, 50, 95):
        exact = np.quantile(values, share / 100, method="inverted_cdf")
        assert 0 <= exact - summary.fidelity[f"q{share}"] < 0.001 + 1e-9


def told_of(folder: Path) -> dict[str, Any]:
    """A summary without what says how the batch is cut."""
    record = summarize(folder).to_dict()
    record["batch"] = {
        name: value for name, value in record["batch"].items() if name not in ("n_parts", "batch_sha256")
    }
    return record


def test_how_a_batch_is_cut_does_not_matter(rows: list[Row], tmp_path: Path) -> None:
    whole = told_of(batch(tmp_path / "1", rows, n_parts=1))
    assert whole == told_of(batch(tmp_path / "7", rows, n_parts=7))


def test_the_order_of_parts_does_not_matter(folder: Path) -> None:
    opened = open_batch(folder)
    columns = [name for name in many(1)[0] if name != "row_sha256"]
    parts = [list(replace(opened, parts=(number,)).rows(columns)) for number in opened.parts]
    told = []
    for order in (parts, parts[::-1], parts[1:] + parts[:1]):
        with GroupedCounts() as grouped:
            tally = RowTally(grouped)
            for part in order:
                for group in part:
                    tally.add(group)
            words = [list(grouped.most("word", place, 99)) for place, _ in grouped.places("word")]
            counts = (tally.counts, tally.decisions, tally.probabilities, tally.fidelity, tally.surrogates)
            told.append(json.dumps([words, tally.worst.to_dict(), *(sorted(map(str, one.items())) for one in counts)]))
    assert told[0] == told[1] == told[2]


def test_the_same_rows_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    copies = [tmp_path / name for name in "xy"]
    for copy in copies:
        shutil.copytree(folder, copy)
        write_summary(copy, summarize(copy), formats=("html", "csv"))
    for name in ("summary.json", "summary.html", "summary.csv"):
        assert (copies[0] / name).read_bytes() == (copies[1] / name).read_bytes()
        assert str(tmp_path) not in (copies[0] / name).read_text(encoding="utf-8")


def test_a_summary_is_the_same_before_and_after_the_index_is_written(rows: list[Row], tmp_path: Path) -> None:
    before = summarize(batch(tmp_path / "1", rows, complete=False))
    assert before == summarize(batch(tmp_path / "2", rows))
    assert before.batch["is_complete"]
    stated = json.loads((tmp_path / "2" / "index.json").read_bytes())["content_sha256"]
    assert before.batch["rows_sha256"] == stated


def test_summaries_and_drifts_are_read_back(summary: Summary, drift: Drift) -> None:
    for one in (summary, drift):
        written = canonical_bytes(one.to_dict())
        assert type(one).from_dict(json.loads(written)) == one
        assert canonical_bytes(type(one).from_dict(json.loads(written)).to_dict()) == written


def test_a_text_in_many_rows_is_asked_and_listed_once(tmp_path: Path) -> None:
    repeated = [row(str(number), text="the same", margin=0.1) for number in range(30)]
    found = summarize(batch(tmp_path / "a", [*repeated, row("other", margin=0.5)]))
    assert (found.counts["rows"], found.counts["texts"], found.counts["calls"]) == (31, 2, 128)
    assert [one["id"] for one in found.worst["closest"]] == ["0", "other"]


def test_a_word_counts_once_in_a_row_whatever_its_places_and_case(tmp_path: Path) -> None:
    words = [
        word("Card", 1.0),
        word("card", 0.5, start=9),
        word("tiny", 0.1),
        word("gone", 3.0, grade="not reportable"),
    ]
    words += [{**word("card", 9.0), "surrogate": "shapley"}]
    found = summarize(batch(tmp_path / "a", [row("1", words=words)])).reasons[0]["words"]
    assert found == [
        {"text": "card", "rows": 1, "clear": 1, "positive": 1, "mean": 1.5},
        {"text": "tiny", "rows": 1, "clear": 0, "positive": 1, "mean": 0.1},
    ]


def test_reasons_that_differ_in_numbers_only_are_one(tmp_path: Path) -> None:
    told = ("R2 is -0.40 (95 % interval -1.10 to 0.2).", "R2 is 0.31 (95 % interval 0.1 to 0.4).", "Another.")
    made = [row(str(n), fidelity=0.2, reason=reason) for n, reason in enumerate(told)]
    found = summarize(batch(tmp_path / "a", made)).withheld
    assert [one["rows"] for one in found] == [2, 1]
    assert found[0]["example"] == told[0]


def test_lists_of_words_are_bounded_and_say_of_how_many(tmp_path: Path) -> None:
    made = [row(str(n), words=[word(f"w{n}", 1.0), word("all", 1.0, start=9)]) for n in range(WORDS + 30)]
    found = summarize(batch(tmp_path / "a", made)).reasons[0]
    assert (len(found["words"]), found["n_words"]) == (WORDS, WORDS + 31)
    assert found["words"][0]["text"] == "all"


def test_counts_beyond_what_is_held_in_memory_are_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surrogate.corpus.batch.summary.grouped_counts._HELD", 3)
    with GroupedCounts() as counts:
        for number in range(100):
            counts.add("word", "a", f"w{number % 7}", coefficient=0.1, example=f"{number:03}")
        found = {name: (n, total, example) for name, n, _, _, total, example in counts.most("word", "a", 99)}
    assert sum(n for n, _, _ in found.values()) == 100
    assert found["w1"] == (15, pytest.approx(1.5), "001")


def test_a_coefficient_that_none_can_be_is_refused() -> None:
    for value in (float("nan"), float("inf"), 1e9):
        with GroupedCounts() as counts, pytest.raises(InputError, match="which none can be"):
            counts.add("word", "a", "b", coefficient=value)


def test_worst_rows_are_the_worst(summary: Summary, rows: list[Row]) -> None:
    withheld = sorted(one["fidelity"] for one in rows if one["status"] == "withheld")
    closest = sorted(one["margin"] for one in rows if one["status"] == "explained")
    assert [one["fidelity"] for one in summary.worst["withheld"]] == withheld[:20]
    assert [one["margin"] for one in summary.worst["closest"]] == closest[:20]
    assert {one["decision"] for one in summary.worst["adverse"]} == {"fees"}
    assert {one["error_code"] for one in summary.worst["errors"]} == {"empty-text", "text-too-long"}


# --- batches that are not as usual


@pytest.mark.parametrize(
    ("made", "headline"),
    [
        ([], "The batch has no rows."),
        ([error_row("1"), error_row("2")], "2 rows: 0\u00a0% explained, 0\u00a0% withheld, 100\u00a0% with an error"),
        ([row("1")], "1 row: 100\u00a0% explained, 0\u00a0% withheld, 0\u00a0% with an error"),
        ([row("1", fidelity=0.1)], "1 row: 0\u00a0% explained, 100\u00a0% withheld, 0\u00a0% with an error"),
        ([row("1", fidelity=0.1, reason=None)], "1 row: 0\u00a0% explained, 100\u00a0% withheld"),
    ],
)
def test_odd_batches_have_a_page_a_table_and_a_drift(made: list[Row], headline: str, tmp_path: Path) -> None:
    own = batch(tmp_path / "a", made)
    found, moved = summarize(own), drift_between(own, own)
    for told in (page(found), page(found, moved), page(found, moved, locale="zh")):
        assert "<h1>" in told
    assert headline in page(found)
    assert summary_csv(summary_record(found, moved)).startswith(b"section,key,measure,value")
    assert moved.told_first == []
    print_batch(summary_record(found, moved), Console(file=io.StringIO()))
    assert render_batch("md", summary_record(found, moved))


def test_an_unfinished_batch_says_how_much_is_there(rows: list[Row], tmp_path: Path) -> None:
    found = summarize(batch(tmp_path / "a", rows[:10], complete=False, n_rows=1200))
    told = page(found)
    assert "Not finished. So far 10 rows" in told
    assert "10 of 1,200 rows are there" in told
    (tmp_path / "b" / "rows").mkdir(parents=True)
    shutil.copy(tmp_path / "a" / "batch.json", tmp_path / "b")
    assert "No row is there yet." in page(summarize(tmp_path / "b"))


def damage(folder: Path, what: str) -> None:
    part = folder / "rows" / "part-00001.parquet"
    content = part.read_bytes()
    if what == "cut short":
        part.write_bytes(content[: len(content) // 2])
    elif what == "a byte":
        part.write_bytes(content[:200] + bytes([content[200] ^ 1]) + content[201:])
    elif what == "missing":
        part.unlink()
    elif what == "another part":
        shutil.copy(folder / "rows" / "part-00000.parquet", part)
    elif what == "rows of another batch":
        told = json.loads((folder / "batch.json").read_bytes())
        (folder / "batch.json").write_bytes(canonical_bytes({**told, "part_texts": 7}))
    elif what == "no JSON":
        (folder / "batch.json").write_bytes(b"[1")
    elif what == "no batch":
        (folder / "batch.json").unlink()
    else:
        (folder / "index.json").write_bytes(b"{}")


@pytest.mark.parametrize(
    "what",
    ["cut short", "a byte", "missing", "another part", "rows of another batch", "no JSON", "no batch", "another index"],
)
def test_a_damaged_folder_is_an_error_that_says_where(
    what: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "a"
    shutil.copytree(folder, own)
    damage(own, what)
    with pytest.raises(InputError, match=r"part-00001|batch\.json|index\.json") as error:
        summarize(own)
    assert error.value.code == "bad-batch"
    assert main(["summary", str(own)]) == 2
    assert "[bad-batch]" in capsys.readouterr().err


def test_settings_that_are_no_table_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="was changed, or is none"):
        summarize(batch(tmp_path / "a", [row("1")], settings=[1]))


# --- drift


def test_a_batch_does_not_drift_against_itself(folder: Path, summary: Summary) -> None:
    drift = drift_between(folder, folder)
    for compared in (drift.decisions, drift.statuses):
        assert compared["distance"]["value"] == 0
        assert compared["test"]["p"] == pytest.approx(1)
    assert (drift.fidelity["test"]["distance"], drift.reasons, drift.told_first) == (0, [], [])
    texts = drift.matched["texts"] if drift.matched else {}
    assert texts["n_both"] == texts["n_before"] == summary.counts["texts"]
    assert (texts["decision_changed"]["n"], texts["status_changed"]["n"], texts["moved"]) == (0, 0, [])
    told = page(summary, drift)
    assert "Nothing moved since the earlier batch by more than chance gives" in told


def test_a_known_shift_is_found(drift: Drift, later: Path) -> None:
    assert drift.decisions["distance"]["low"] > drift.decisions["distance"]["by_chance"]
    assert drift.decisions["test"]["p"] < 1e-6
    assert drift.statuses["test"]["p"] < 1e-6
    assert drift.fidelity["test"]["p"] < 1e-6
    shares = {one["name"]: one for one in drift.decisions["shares"]}
    assert shares["fees"]["after"]["value"] - shares["fees"]["before"]["value"] == pytest.approx(0.3, abs=0.1)
    changes = {(one["decision"], one["text"]): one["change"] for one in drift.reasons}
    assert changes == {("fees", "charge"): "added", ("fees", "fee"): "removed"}
    told = page(summarize(later), drift)
    assert (
        "Moved since the earlier batch: decisions on the same texts, the shares of decisions, what is explained, fidelity"
        in told
    )


def test_texts_are_matched_by_what_they_are_and_ids_where_the_text_is_another(tmp_path: Path) -> None:
    before = [row("1", "fees", text="a"), row("2", "cards", text="b"), row("3", "cards", text="c"), row("4", text="d")]
    after = [row("9", "cards", text="a", fidelity=0.1), row("2", "cards", text="b"), row("3", "fees", text="new")]
    after += [row("10", "cards", text="a", fidelity=0.1)]
    matched = drift_between(batch(tmp_path / "a", before), batch(tmp_path / "b", after)).matched or {}
    texts = matched["texts"]
    assert (texts["n_before"], texts["n_after"], texts["n_both"]) == (4, 3, 2)
    assert (texts["decision_changed"]["n"], texts["decision_changed"]["total"]) == (1, 2)
    assert texts["decisions"] == [{"before": "fees", "after": "cards", "n": 1}]
    assert texts["statuses"] == [{"before": "explained", "after": "withheld", "n": 1}]
    assert texts["moved"][0]["after"] == {"id": "10", "decision": "cards", "probability": 0.9}
    assert matched["ids"]["n_both"] == 1
    assert matched["ids"]["decision_changed"]["n"] == 1


def test_an_id_is_found_again_also_where_another_row_has_its_text(tmp_path: Path) -> None:
    before = [row("1", "fees", text="a"), row("2", "fees", text="a")]
    after = [row("2", "cards", text="b"), row("0", "cards", text="b")]
    ids = (drift_between(batch(tmp_path / "a", before), batch(tmp_path / "b", after)).matched or {})["ids"]
    assert (ids["n_both"], ids["decision_changed"]["n"]) == (1, 1)


def test_a_word_that_never_speaks_clearly_is_no_frequent_reason(tmp_path: Path) -> None:
    before = batch(tmp_path / "a", [row("1", words=[word("fee", 1.0)])])
    after = batch(tmp_path / "b", [row("1", words=[word("fee", 1.0), word("faint", 0.1, start=9, half=1.0)])])
    assert not compare_summaries(summarize(before), summarize(after)).reasons


def test_another_model_or_recipe_is_said_first(tmp_path: Path, folder: Path) -> None:
    other = {"model": {"name": "m", "fingerprint": "another"}, "versions": {"torch": "9"}}
    settings = {**BATCH["settings"], "recipe": "name = 'other'", "calls": 128}
    own = batch(tmp_path / "a", [row("1")], complete=False, n_rows=5, settings=settings, **other)
    drift = drift_between(folder, own)
    assert [one["what"] for one in drift.told_first] == ["incomplete", "model", "recipe", "calls", "versions"]
    told = page(summarize(own), drift)
    assert told.index("The model is another") < told.index("Text by text")
    unknown = batch(tmp_path / "b", [row("1")], model={"name": "f", "fingerprint": None})
    assert drift_between(unknown, unknown).told_first[0]["what"] == "no fingerprint"


def test_a_word_that_a_full_list_leaves_out_is_not_said_to_be_gone_for_good(tmp_path: Path) -> None:
    many_words = [word(f"w{n:02}", 1.0, start=9 * n) for n in range(WORDS)]
    before = batch(tmp_path / "a", [row("1", words=[word("rare", 1.0)])])
    after = batch(tmp_path / "b", [row("1", words=many_words), row("2", words=many_words)])
    gone = {one["text"]: one for one in compare_summaries(summarize(before), summarize(after)).reasons}
    assert gone["rare"]["after"]["n"] is None
    assert gone["w00"]["before"]["n"] == 0


def test_distances_and_tests_agree_with_scipy() -> None:
    from scipy.stats import ks_2samp, power_divergence

    found = compare_counts(["a", "b", "c"], [10, 20, 30], [30, 20, 0])
    expected = np.outer([60, 50], [40, 40, 30]) / 110
    g = power_divergence([[10, 20, 30], [30, 20, 0]], expected, lambda_="log-likelihood", axis=None).statistic
    assert found["test"]["g"] == pytest.approx(g)
    assert found["distance"]["low"] <= found["distance"]["value"] <= found["distance"]["high"]
    one, other = np.arange(0, 500), np.arange(100, 600)
    binned = compare_histograms([[int(v), 1] for v in one], [[int(v), 1] for v in other])
    assert binned is not None
    exact = ks_2samp(one, other, method="asymp")
    assert binned["distance"] == pytest.approx(exact.statistic)
    assert binned["p"] == pytest.approx(exact.pvalue, rel=0.2)


def test_chance_alone_is_seldom_called_drift() -> None:
    generator = np.random.default_rng(0)
    beyond = 0
    for _ in range(100):
        counts = [generator.multinomial(400, [0.5, 0.3, 0.2]).tolist() for _ in range(2)]
        distance = compare_counts(["a", "b", "c"], *counts)["distance"]
        beyond += distance["value"] > distance["by_chance"]
    assert beyond <= 12


@pytest.mark.parametrize("moved", [0.0, 0.05, 0.2])
def test_intervals_of_distances_hold_the_distance_of_the_sources(moved: float) -> None:
    """Also where there is none, which no two draws show."""
    generator, missed = np.random.default_rng(0), 0
    for _ in range(30):
        one = generator.multinomial(300, np.full(10, 0.1)).tolist()
        other = generator.multinomial(
            300,
            [0.1 + moved, *[0.1] * 8, 0.1 - moved]
            if moved < 0.1
            else [0.1 + moved, *[0.1] * 6, *[0.1 - moved / 3] * 3],
        ).tolist()
        distance = compare_counts(list("abcdefghij"), one, other)["distance"]
        missed += not distance["low"] <= moved <= distance["high"]
    assert missed <= 4


# --- the page and the table


def hostile(tmp_path: Path) -> tuple[Summary, Drift]:
    long = "x" * 20_000
    made = [
        row(BAD, BAD, fidelity=0.2, text="a", words=[], reason=BAD, findings=[BAD], text_sha256="../../etc"),
        row("2", BAD, target=BAD, words=[word(BAD, 1.0), word(long, -1.0, start=99)], text="b", record_sha256="0" * 64),
        row(long, long, text="c", margin=0.01),
        error_row(f"{BAD} error", "not-a-code", BAD),
    ]
    settings = {**BATCH["settings"], "recipe_name": BAD, "adverse": [BAD, long], BAD: BAD}
    told = {"settings": settings, "model": {"name": BAD, "fingerprint": BAD, "labels": [BAD], BAD: [BAD]}}
    own = batch(tmp_path / "a", made, complete=False, **told)
    return summarize(own), drift_between(own, own)


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_hostile_values_stay_text(locale: str, tmp_path: Path) -> None:
    found, drift = hostile(tmp_path)
    told = page(found, replace(drift, reasons=[_word_gone()]), links=True, locale=locale)
    assert "<script" not in told
    assert "\u202e" not in told
    assert "&lt;script&gt;" in told
    assert "{{ 7*7 }}" in told
    assert "{0.__class__}" in told
    assert "../.." not in told
    assert "max-width:340px" in told
    # Whole in titles only.
    assert "x" * 500 not in re.sub(r'title="[^"]*"', "", told)


def _word_gone() -> dict[str, Any]:
    side = {"n": 1, "total": 2, "value": 0.5, "low": 0.1, "high": 0.9, "mean": 1.0}
    return {"decision": BAD, "target": BAD, "text": BAD, "change": "sign", "before": side, "after": side}


def test_no_cell_of_the_table_is_a_formula_and_all_is_read_back(tmp_path: Path) -> None:
    found, drift = hostile(tmp_path)
    lines = list(csv.reader(io.StringIO(summary_csv(summary_record(found, drift)).decode(), newline="")))
    assert lines[0] == ["section", "key", "measure", "value"]
    assert all(len(line) == 4 for line in lines)
    for line in lines[1:]:
        for cell in line[:3]:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        if line[3].startswith(("=", "+", "@", "-")):
            float(line[3])
    assert BAD in {defused_back(line[1]) for line in lines}


def test_bins_below_zero_are_numbers_in_the_table(tmp_path: Path) -> None:
    table = summary_csv(summary_record(summarize(batch(tmp_path / "a", [row("1", fidelity=-0.25)]))))
    assert b"fidelity in thousandths,-250,rows,1\r\n" in table


def test_no_rendering_of_another_summary_is_left(tmp_path: Path, summary: Summary) -> None:
    other = summarize(batch(tmp_path / "a", [row("1")]))
    out = write_summary(tmp_path / "out", other, formats=("html", "md"))
    write_summary(out, other, formats=("csv",))
    assert (out / "summary.md").is_file()
    write_summary(out, summary, formats=("csv",))
    assert {path.name for path in out.iterdir()} == {"summary.csv", "summary.json"}


def test_links_lead_to_full_reports_only_and_only_beside_the_batch(tmp_path: Path) -> None:
    made = [row("1", margin=0.1, record_sha256="0" * 64), row("2", margin=0.2)]
    own = batch(tmp_path / "a", made)
    found = summarize(own)
    inside, outside = write_summary(own, found), write_summary(tmp_path / "out", found, batch=own)
    told = (inside / "summary.html").read_text(encoding="utf-8")
    assert set(re.findall(r'href="([^#"]+)"', told)) == {f"reports/{made[0]['text_sha256'][:16]}/report.html"}
    assert not re.findall(r'href="([^#"]+)"', (outside / "summary.html").read_text(encoding="utf-8"))


def test_every_place_that_is_led_to_is_there(folder: Path, summary: Summary, tmp_path: Path) -> None:
    for found, drift in ((summary, drift_between(folder, folder)), hostile(tmp_path)):
        told = page(found, drift)
        ids = re.findall(r'id="(\w+)"', told)
        assert set(re.findall(r'href="#(\w+)"', told)) <= set(ids)
        assert len(ids) == len(set(ids))


def test_what_stands_out_is_told_in_order(tmp_path: Path) -> None:
    made = [row(f"f{n}", "fees") for n in range(40)] + [row(f"c{n}", "cards", fidelity=0.1) for n in range(10)]
    made += [row("adverse", "fees", fidelity=0.1, truncated=True), error_row("e")]
    found = summarize(batch(tmp_path / "a", made, complete=False, n_rows=99))
    told = look_first(summary_record(found))
    assert [part for part, _ in told] == ["settings", "errors", "adverse", "decisions", "settings", "closest"]
    assert "“cards” is withheld clearly more often than the rest: 100\u00a0% of its rows" in told[3][1]


def test_the_closest_decisions_and_no_drift_ask_for_no_look(tmp_path: Path) -> None:
    own = batch(tmp_path / "a", [row(f"{n}") for n in range(20)])
    found, drift = summarize(own), drift_between(own, own)
    assert not needs_attention(summary_record(found, drift))
    assert needs_attention(summary_record(found, replace(drift, told_first=[{"what": "model"}])))


def test_of_many_decisions_chance_singles_out_none(tmp_path: Path) -> None:
    """Five of fifteen where a tenth is withheld in all: of one decision much, of forty what chance gives."""
    made = [
        row(f"{label} {n}", f"label {label}", fidelity=0.1 if n < 1 else 0.9) for label in range(40) for n in range(10)
    ]
    made += [row(f"odd {n}", "odd", fidelity=0.1 if n < 5 else 0.9) for n in range(15)]
    told = look_first(summary_record(summarize(batch(tmp_path / "a", made))))
    assert "decisions" not in [part for part, _ in told]


def test_a_sentence_leads_to_a_heading_of_that_name(folder: Path, summary: Summary) -> None:
    told = page(summary, drift_between(folder, folder))
    for part, name in PARTS.items():
        assert (
            f'<h2 id="{part}">{name}</h2>' in told
            or f'<h3 id="{part}">{name}</h3>' in told
            or f'id="{part}"' not in told
        )


def test_what_is_left_out_of_a_list_is_said(tmp_path: Path) -> None:
    made = [
        row(f"{n} {letter}", fidelity=0.1, reason=f"Because of {letter}.", findings=[f"Found {letter}."])
        for letter in "abcdefghijkl"
        for n in range(2 if letter < "k" else 1)
    ]
    told = page(summarize(batch(tmp_path / "a", made)))
    assert "2 rows have other reasons, each rarer than these." in told
    assert "Only the 10 most frequent are listed." in told


def test_the_terminal_says_what_it_leaves_out(tmp_path: Path) -> None:
    made = [row(f"{n}", f"label {n}", fidelity=0.9) for n in range(14)]
    made += [row(f"w{n}", "label 0", fidelity=0.1, reason=f"Because of {'abcdefg'[n]}.") for n in range(7)]
    own = batch(tmp_path / "a", made)
    console = Console(file=io.StringIO(), width=100)
    print_batch(summary_record(summarize(own), drift_between(own, own)), console)
    told = console.file.getvalue()  # type: ignore[attr-defined]
    assert told.count("and 2 more decisions") == 3
    assert told.count("and 2 more rows") == 1


def test_only_words_that_speak_clearly_are_listed_and_their_scale_is_told(tmp_path: Path) -> None:
    points = {**surrogate("linear", "pass", "", 0.9), "scale": "probability"}
    words = [word("fee", 0.3), word("faint", 0.01, start=9)]
    found = summarize(batch(tmp_path / "a", [row("1", words=words, surrogates=[points])]))
    told = page(found)
    assert "faint" not in told
    assert "on the probability" in told
    assert "on the log-odds" not in told
    faint = summarize(batch(tmp_path / "b", [row("1", words=words[1:])]))
    assert "No word speaks clearly." in page(faint)
    console = Console(file=io.StringIO(), width=100)
    print_batch(summary_record(found), console)
    assert "faint" not in console.file.getvalue()  # type: ignore[attr-defined]


def test_errors_that_end_a_batch_are_no_errors_of_rows() -> None:
    assert not STOPPING & _ERRORS.keys()
    assert {"row-failed", "same-label", "bad-answer-shape", "bad-answer-values"} <= _ERRORS.keys()
    # Rows that are there are kept.
    assert not any("run the same command" in way_out for _, way_out in _ERRORS.values())


def test_bars_hold_every_row(summary: Summary) -> None:
    for width in (50, 100):
        bins = fidelity_bins(summary.fidelity["thousandths"], width)
        assert sum(one["rows"] for one in bins) == summary.fidelity["n"]
    assert fidelity_bins([[-1000, 3], [1000, 2]])[0]["rows"] == 3


def test_the_page_has_no_outside_resource(summary: Summary, drift: Drift) -> None:
    told = page(summary, drift)
    assert not re.findall(r'(?:src|href)="https?:', told)
    assert "default-src 'none'" in told


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
@pytest.mark.parametrize(("scheme", "locale"), [("light", "en"), ("dark", "zh")])
def test_no_violation_on_the_page(
    browser: Any,  # noqa: F811
    axe: str,  # noqa: F811
    scheme: str,
    locale: str,
    later: Path,
    drift: Drift,
    tmp_path: Path,
) -> None:
    told = page(summarize(later), drift, links=True, locale=locale)
    assert violations(browser, axe, told, tmp_path, scheme) == []


# --- writing and the verb


def test_the_verb_writes_every_form_and_says_so(
    folder: Path, later: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    command = ["summary", str(later), "--against", str(folder), "-o", str(out), "--to", "html,md,csv,json,pdf,docx"]
    assert main(command) == 0
    printed = capsys.readouterr().out
    assert "300 rows:" in printed
    assert "Against the earlier batch" in printed
    assert {one.name for one in out.iterdir()} == set(FILES.values())
    assert (out / "summary.pdf").read_bytes().startswith(b"%PDF")
    before = {one.name: one.read_bytes() for one in out.iterdir()}
    assert main(command) == 0
    assert {one.name: one.read_bytes() for one in out.iterdir()} == before
    assert main(["summary", str(folder), "-o", str(out), "-q"]) == 2
    assert "[output-exists]" in capsys.readouterr().err
    assert main(["summary", str(folder), "-o", str(out), "-q", "--overwrite"]) == 0


def test_the_verb_prints_json_and_a_line(folder: Path, summary: Summary, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(canonical_bytes(summary_record(summary)))
    assert main(["summary", str(folder), "-q"]) == 0
    assert capsys.readouterr().out.startswith("400 rows:")
    assert main(["summary", str(folder), "--to", "xlsx"]) == 2


def test_a_summary_that_the_index_states_is_not_replaced(folder: Path, tmp_path: Path) -> None:
    from surrogate.corpus.batch.rows.index import seal_batch

    own = tmp_path / "a"
    shutil.copytree(folder, own)
    found = summarize(own)
    write_summary(own, found)
    told = json.loads((own / "index.json").read_bytes())
    index = {name: value for name, value in told.items() if name not in ("schema", "files")}
    seal_batch(own, index, ("batch.json", "summary.json"))
    write_summary(own, summarize(own))
    with pytest.raises(InputError, match="whose index states the SHA-256 of its summary"):
        write_summary(own, found, drift_between(own, own))
