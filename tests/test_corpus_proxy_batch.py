"""A whole batch with a corpus proxy: fitted once, kept beside the rows, the same for all of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from surrogate.blackbox import FunctionBox
from surrogate.corpus.batch.folder.folder import BatchFolder
from surrogate.corpus.batch.opening import opened
from surrogate.corpus.batch.proxy.corpus_proxy import CorpusProxy
from surrogate.corpus.batch.request import BatchRequest
from surrogate.corpus.batch.rows.part_files import read_part
from surrogate.corpus.batch.run import run_batch
from surrogate.corpus.batch.running import read_runs
from surrogate.corpus.batch.workers.backends import Backend
from surrogate.errors import InputError
from tests import batch_models as models


def batch(out: Path, part_texts: int, corpus_proxy: int = 20, box: Any = None) -> dict[str, dict[str, object]]:
    source = models.write_csv(out.parent / "rows.csv", [(f"m{k}", text) for k, text in enumerate(models.messages(30))])
    request = BatchRequest(source, out, id="id", part_texts=part_texts, corpus_proxy=corpus_proxy)
    with opened(request, box or models.toy()) as one:
        run_batch(one, Backend("none"))
    rows = [row for path in sorted((out / "rows").iterdir()) for row in read_part(path)]
    return {str(row["id"]): row for row in rows}


def test_a_batch_fits_it_once_and_the_size_of_parts_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = batch(tmp_path / "out", 10)
    used = [row for row in rows.values() if row["proxy_used"]]
    assert used
    assert max(int(str(row["calls"])) for row in used) < 64
    kept = CorpusProxy.from_bytes((tmp_path / "out" / "proxy.npz").read_bytes())
    settings = json.loads((tmp_path / "out" / "batch.json").read_bytes())["settings"]
    assert settings["proxy_sha256"] == kept.sha256
    assert batch(tmp_path / "other", 24) == rows
    monkeypatch.setattr("surrogate.corpus.batch.proxy.frozen_proxy.fit_corpus_proxy", None)
    assert batch(tmp_path / "out", 10) == rows


def test_rows_that_fail_the_check_are_asked_about_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passes: list[int] = []

    def counted(texts: list[str]) -> np.ndarray:
        passes.append(len(texts))
        return models.desks(texts)

    monkeypatch.setattr("surrogate.corpus.batch.proxy.stages.STAGES", ((8, 2.0), (12, 2.0)))
    box = FunctionBox(counted, classes=["cards", "fees"], fingerprint="desks 1")
    rows = batch(tmp_path / "out", 30, box=box)
    assert len([row for row in rows.values() if row["proxy_check"] is not None]) == 10
    assert len(passes) == 4  # the sample; then two stages and all the rest, each of all rows
    assert sum(passes[1:]) == read_runs(tmp_path / "out")[0]["counts"]["asked"]


def test_nothing_is_asked_for_a_folder_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch(tmp_path / "out", 10, corpus_proxy=0)
    monkeypatch.setattr("surrogate.corpus.batch.proxy.frozen_proxy.fit_corpus_proxy", None)
    with pytest.raises(InputError, match=r"another settings\.corpus_proxy") as other:
        batch(tmp_path / "out", 10)
    assert other.value.code == "other-run"
    monkeypatch.undo()
    with pytest.raises(InputError) as few:
        batch(tmp_path / "new", 10, corpus_proxy=1)
    assert few.value.code == "bad-corpus-proxy"
    assert not (tmp_path / "new").exists()
    with BatchFolder.claim(tmp_path / "new"), pytest.raises(InputError) as running:
        batch(tmp_path / "new", 10)
    assert running.value.code == "batch-running"
