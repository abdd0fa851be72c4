"""Shared fixtures, and the rule that nothing is skipped in silence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Equal bits are promised on the CPU.  Where the variable is set, torch sees the GPUs that it names.
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

HERE = Path(__file__).parent
DATA = Path(os.environ.get("SURROGATE_DATA", HERE.parent.parent / "shared" / "data"))
ALLOWED_SKIPS = (HERE / "allowed_skips.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="session")
def data() -> Path:
    """Folder of the public data sets that tests measure on."""
    if not DATA.is_dir():
        pytest.skip("the public data sets are not here (set SURROGATE_DATA)")
    return DATA


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's answer store, or reaches a model hub."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def _skipped(reporter: pytest.TerminalReporter) -> list[tuple[str, str]]:
    rows = []
    for report in reporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        rows.append((report.nodeid, reason.removeprefix("Skipped: ")))
    return rows


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """End with a table of what was skipped and why."""
    rows = _skipped(terminalreporter)
    terminalreporter.section("skipped tests")
    if not rows:
        terminalreporter.line("none")
    for nodeid, reason in rows:
        listed = "listed" if _is_allowed(nodeid) else "NOT LISTED"
        terminalreporter.line(f"{listed:<10}  {nodeid}: {reason}")


def _is_allowed(nodeid: str) -> bool:
    return any(line and not line.startswith("#") and nodeid.startswith(line) for line in ALLOWED_SKIPS)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where CI is set, a skip that is not in allowed_skips.txt fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and session.exitstatus == 0:
        unlisted = [nodeid for nodeid, _ in _skipped(reporter) if not _is_allowed(nodeid)]
        if unlisted:
            session.exitstatus = 1
