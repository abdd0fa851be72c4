"""axe-core finds no violation of WCAG 2.2 AA on any page, light or dark, in headless Chromium."""

from __future__ import annotations

import importlib.resources
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from surrogate.report.corpus.page import render_page
from surrogate.report.html import render_html
from tests.test_audit import explained  # noqa: F401 - a fixture
from tests.test_report_cases import record_of_case

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core, as a package ships it."""
    return (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(browser: Any, axe: str, page: str, folder: Path, scheme: str) -> list[str]:
    """What axe-core objects to, with everything that is folded opened."""
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    context = browser.new_context(color_scheme=scheme, bypass_csp=True, offline=True)
    tab = context.new_page()
    tab.goto(path.as_uri())
    tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    tab.evaluate(axe)
    found = tab.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)
    context.close()
    assert len(found["passes"]) > 20
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["panel", "withheld", "hostile"])
def test_no_violation_on_the_page_of_a_text(browser: Any, axe: str, name: str, scheme: str, tmp_path: Path) -> None:
    assert violations(browser, axe, render_html(record_of_case(name)), tmp_path, scheme) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_violation_on_the_page_of_a_corpus(
    browser: Any,
    axe: str,
    explained: Any,  # noqa: F811
    scheme: str,
    tmp_path: Path,
) -> None:
    assert violations(browser, axe, render_page(explained.to_dict()), tmp_path, scheme) == []


def test_a_page_that_is_wrong_is_found(browser: Any, axe: str, tmp_path: Path) -> None:
    page = render_html(record_of_case("withheld")).replace('<html lang="en">', "<html>")
    assert violations(browser, axe, page, tmp_path, "light") != []
