"""The wheel: what travels in it, and that the main job runs from it outside the checkout with the network off."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Imported first in every process of the test environment: nothing may open a connection.
NO_NETWORK = """
import socket
def refuse(*args, **kwargs):
    raise OSError("the network is off in this test")
socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = refuse
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(
        ROOT,
        source,
        ignore=shutil.ignore_patterns(
            ".git", ".venv", "build", "*.egg-info", "__pycache__", ".*_cache", "surrogate-report"
        ),
    )
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "-w",
        str(folder),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("surrogate_explainer-*.whl"))


def test_recipes_and_models_travel_inside_the_package(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "surrogate/pipelines/local.toml" in names
    assert "surrogate/report/templates/corpus/page.html.j2" in names
    assert "surrogate/pipelines/audit.toml" in names
    for model in ("bank-router", "bank-router-lm", "bank-mlm"):
        for file in ("model.toml", "model.safetensors", "tokenizer.json", "config.json", "README.md"):
            assert f"surrogate/models/{model}/{file}" in names
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"surrogate"}


def test_the_metadata_names_both_licences(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    metadata = archive.read(next(name for name in archive.namelist() if name.endswith("METADATA"))).decode()
    assert "License-Expression: BSD-3-Clause AND CC-BY-4.0" in metadata
    assert "License-File: NOTICE" in metadata
    assert "Name: surrogate-explainer" in metadata


@pytest.mark.slow
def test_the_main_job_runs_from_the_wheel_with_the_network_off(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    (site / "sitecustomize.py").write_text(NO_NETWORK)
    work = tmp_path / "work"
    work.mkdir()
    # The dependencies come from this environment, the package from the wheel alone.
    path = os.pathsep.join([str(site), sysconfig.get_paths()["purelib"]])
    code = (
        "import sys; sys.path = [p for p in sys.path if 'editable' not in p]; import surrogate, surrogate.cli;"
        f"assert surrogate.__file__.startswith({str(site)!r}), surrogate.__file__;"
        "sys.exit(surrogate.cli.main(['explain', 'I lost my card yesterday, please freeze it.', '--out', 'report']))"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-S", "-c", "import sitecustomize;" + code],
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (work / "report" / "report.html").exists()
    assert (work / "report" / "report.json").exists()
