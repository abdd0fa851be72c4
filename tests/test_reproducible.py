"""The same recorded answers give the same bytes: in any order, company, process and number of threads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import surrogate
from surrogate import explanation_of, load
from surrogate.canonical import canonical_bytes
from tests.toys import MESSAGE, card_box

OTHER = "my transfer of money is late and I want to know where the new card is as well"
ROOT = Path(__file__).parent.parent


def record(text: str = MESSAGE) -> bytes:
    return canonical_bytes(surrogate.explain(text, card_box(fingerprint="toy:1")).to_dict())


def test_a_second_time_and_from_the_store() -> None:
    assert record() == record()


def test_alone_or_among_others_and_in_any_order() -> None:
    records = set()
    for texts in ([MESSAGE], [MESSAGE, OTHER], [OTHER, MESSAGE]):
        pipe = load("local", card_box(fingerprint="toy:1")).set_params(perturb__n_samples=200).fit(texts)
        records.add(canonical_bytes(explanation_of(pipe, MESSAGE, recipe_name="local").to_dict()))
    assert len(records) == 1


@pytest.mark.parametrize(
    "environment",
    [
        {"OMP_NUM_THREADS": "1", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "1"},
        {"OMP_NUM_THREADS": "2", "LC_ALL": "C", "PYTHONHASHSEED": "2"},
    ],
)
def test_in_another_process(environment: dict[str, str]) -> None:
    code = "import sys; from tests.test_reproducible import record; sys.stdout.buffer.write(record())"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT, env={**os.environ, **environment}
    )
    assert done.stdout == record()


def test_a_record_names_no_clock_host_or_path() -> None:
    text = record().decode()
    assert str(Path.home()) not in text
    assert str(ROOT) not in text
    assert os.uname().nodename not in text
