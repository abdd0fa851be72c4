"""The terminal view and the Markdown."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from surrogate.report.render.markdown import render_markdown
from surrogate.report.text import print_report, render_text
from tests.test_report_cases import CASES, record_of_case


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("width", [60, 100])
def test_text_without_colour_has_no_codes_and_fits(name: str, width: int) -> None:
    from rich.cells import cell_len

    rendered = render_text(record_of_case(name), width=width)
    assert "\x1b" not in rendered
    assert max(cell_len(line) for line in rendered.splitlines()) <= width


def test_text_with_colour_has_codes_and_the_same_words() -> None:
    record = record_of_case("contrast")
    assert "\x1b[" in render_text(record, color=True)
    assert Console(file=io.StringIO()).render_str(render_text(record)) is not None


def test_text_does_not_depend_on_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    record = record_of_case("contrast")
    plain = render_text(record)
    for name, setting in {
        "FORCE_COLOR": "1",
        "COLUMNS": "40",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }.items():
        monkeypatch.setenv(name, setting)
    assert render_text(record) == plain


def test_a_typical_text_fits_a_screen_or_so() -> None:
    assert render_text(record_of_case("contrast")).count("\n") <= 75


def test_signs_read_without_colour() -> None:
    rendered = render_text(record_of_case("contrast"))
    assert "card[+" in rendered
    assert "transfer[−" in rendered


def test_user_text_is_never_markup() -> None:
    assert "[bold]b[/bold]" in render_text(record_of_case("hostile"))
    assert "[red]a|b" in render_text(record_of_case("hostile_labels"))


def test_print_report_writes_to_the_console_it_is_given() -> None:
    stream = io.StringIO()
    print_report(record_of_case("explained"), Console(file=stream, width=100, color_system=None))
    assert "IF “lost” is kept AND “card” is kept THEN cards" in " ".join(stream.getvalue().split())


def test_markdown_escapes_what_the_user_wrote() -> None:
    rendered = render_markdown(record_of_case("hostile"))
    assert "<script" not in rendered.replace("\\<script", "")
    assert "\\<img src" in rendered
    assert "\\{\\{ 7\\*7 \\}\\}" in rendered
    assert "| \\[red\\]a\\|b |" in render_markdown(record_of_case("hostile_labels"))


def test_markdown_keeps_the_lines_of_a_text_inside_its_quotation() -> None:
    rendered = render_markdown(record_of_case("lines"))
    quoted = rendered.split("## The text\n\n")[1].split("\n\n")[0].replace("**", "").replace("<b>", "")
    assert all(line.startswith("> ") for line in quoted.split("\n"))
    assert re.sub(r"<.*?>|[\\\u00a0> ]", "", re.sub("<sup>.*?</sup>", "", quoted)).split() == [
        "mycard",
        "islost",
        "please",
    ]
