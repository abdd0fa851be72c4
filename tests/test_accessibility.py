"""axe-core finds no violation of WCAG 2.2 AA on any page, light or dark, in headless Chromium."""

from __future__ import annotations

import importlib.resources
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from surrogate.reasons import ReasonTable, reason_case
from surrogate.reasons.page import case_page
from surrogate.report.corpus.page import render_page
from surrogate.report.edition import Edition
from surrogate.report.html import render_html
from surrogate.report.issuance import Issuance
from surrogate.report.page import edition_page
from surrogate.report.record.migrate import migrate
from tests.test_audit import explained  # noqa: F401 - a fixture
from tests.test_record import STATED, old
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


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        *(
            ("stated", "light"),
            ("business", "dark"),
            ("person", "light"),
            ("person", "dark"),
            ("global-business", "light"),
        ),
        *(("reasons-en", "light"), ("reasons-zh", "dark")),
    ],
)
def test_no_violation_on_views_and_reasons(browser: Any, axe: str, name: str, scheme: str, tmp_path: Path) -> None:
    record, corpus = (migrate(old(kind)) for kind in ("local-panel-1.0", "global-1.0"))
    said = Issuance.from_dict(tomllib.loads(STATED)).to_dict()
    codes = ReasonTable({"C": {"en": "A card is named.", "zh": "提到了银行卡。"}}, {("term", "card"): "C"})
    pages = {
        "stated": lambda: edition_page(Edition(record, said)),
        "business": lambda: edition_page(Edition(record, said, audience="business")),
        "person": lambda: edition_page(Edition(record, said, audience="person")),
        "global-business": lambda: edition_page(Edition(corpus, said, audience="business")),
        "reasons-en": lambda: case_page(reason_case(record, codes)),
        "reasons-zh": lambda: case_page(reason_case(record, codes, "zh")),
    }
    assert violations(browser, axe, pages[name](), tmp_path, scheme) == []


def test_a_page_that_is_wrong_is_found(browser: Any, axe: str, tmp_path: Path) -> None:
    page = render_html(record_of_case("withheld")).replace('<html lang="en">', "<html>")
    assert violations(browser, axe, page, tmp_path, "light") != []
