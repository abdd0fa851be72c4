"""PDF, DOCX, XLSX and Markdown: they say what the page says, safely, and always in the same bytes."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pikepdf
import pypdfium2
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from markdown_it import MarkdownIt

from surrogate.canonical import canonical_bytes, digest
from surrogate.cli import main
from surrogate.errors import InputError
from surrogate.report.corpus.page import render_page
from surrogate.report.edition import Edition
from surrogate.report.html import render_html
from surrogate.report.record import kind_of
from surrogate.report.render import render
from surrogate.report.render.blocks import page_blocks
from surrogate.report.render.docx import render_docx
from surrogate.report.render.fonts import font_files
from surrogate.report.render.layout import strings_in
from surrogate.report.render.markdown import render_markdown
from surrogate.report.render.pdf import render_pdf
from surrogate.report.render.xlsx import render_xlsx
from surrogate.report.visible import visible
from tests import test_precedents
from tests.precedent_toys import toy_audit
from tests.test_report_calls import comparison
from tests.test_report_cases import copy_of, explanation_of_case
from tests.test_rules_that_fired import explained as explained_with_rules

ROOT = Path(__file__).parent.parent
HOSTILE = (
    '<script>alert("x")</script> =cmd()|calc #panic("x") #import "a.typ" $x$ *b* _i_ `c` \\ [a](b:c) &amp; ]]> <!-- '
    "{{ 7*7 }} \u202egnp.exe \x00\x07 <w:p/> @x /*c*/ https://e.org <b>"
)
LONG = "x" * 1_000_000

#: What is kept apart is fast; each record is of a kind of its own.
LOCAL = ("panel", "constant", "chinese", "exhaustive", "unbroken", "long_list")


def _rounds(record: dict[str, Any]) -> None:
    record["stopping"]["rounds"] = [
        {"calls": calls, "r2": {"linear": r2, "tree": r2 - 0.1}, "same_terms": 0.6, "same_decisions": 0.9, "r2_change": 0.1,
         "constant": False}
        for calls, r2 in ((64, 0.5), (128, 0.9))
    ]  # fmt: skip


@cache
def text_of_record(name: str) -> str:
    if name == "global":
        return json.dumps(toy_audit().to_dict())
    if name == "global_rules":
        return json.dumps(explained_with_rules().to_dict())
    if name == "precedents":
        return json.dumps(test_precedents.record())
    if name == "long_list":
        record = copy_of("many_labels")
        _rounds(record)
        record["side_by_side"] = [comparison("linear", None, n_test_asked=0), comparison("<i>LIME</i>", "0.2")]
        return json.dumps(record)
    return json.dumps(copy_of(name))


def record_named(name: str) -> dict[str, Any]:
    return json.loads(text_of_record(name))


def hostile_record(text: str = HOSTILE) -> dict[str, Any]:
    """A small record with a text in every place that people or models fill."""
    record = record_named("exhaustive")
    old, new = record["decision"]["label"], f"label {text}"
    record = json.loads(json.dumps(record, ensure_ascii=False).replace(json.dumps(old)[1:-1], json.dumps(new)[1:-1]))
    record["model"].update(name=text, details={"key": text, text[:20]: "value"})
    record["findings"], record["limits"] = [text], [text]
    record["production"]["recipe"].update(name=text, toml=text)
    record["flips"][0]["text"] = text
    record["surrogates"][0]["verdict"]["reason"] = text
    for member in record["surrogates"]:
        member["misses"][0]["text"] = text
    return record


def page_of(record: dict[str, Any]) -> str:
    return render_page(record) if kind_of(record) == "global" else render_html(record)


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b·]+", "", text)


class Said(HTMLParser):
    """The text of a page: without what decorates, and without what repeats something for a narrow window."""

    VOID = ("meta", "br")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.silent: list[bool] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        hidden = values.get("aria-hidden") == "true" or {"narrow", "narrow-only"} & set(
            (values.get("class") or "").split()
        )
        if tag not in self.VOID:
            self.silent.append(bool(hidden) or tag in ("svg", "head") or (bool(self.silent) and self.silent[-1]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if not (self.silent and self.silent[-1]) and squeezed(data):
            self.texts.append(squeezed(data))


def texts_of(blocks: Any) -> str:
    """All texts of blocks in order, but for drawings and their text alternatives."""
    if isinstance(blocks, list):
        return "".join(map(texts_of, blocks))
    if "text" in blocks:
        return str(blocks["text"])
    order = ("caption", "term", "runs", "head", "rows", "cells", "items", "blocks")
    return "".join(texts_of(blocks[key]) for key in order if key in blocks)


def pdf_text(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return squeezed("".join(page.get_textpage().get_text_bounded() for page in document)).replace("\ufffe", "")


def docx_texts(content: bytes) -> list[str]:
    body = docx.Document(io.BytesIO(content)).element.body
    return ["".join(part.itertext()) for part in body.iter() if part.tag.endswith("}p")]


def cells_of(content: bytes) -> list[Any]:
    return [cell for sheet in openpyxl.load_workbook(io.BytesIO(content)) for row in sheet.iter_rows() for cell in row]


NAMES = (*LOCAL, "global_rules", "precedents", "global")


@pytest.mark.parametrize("name", NAMES)
def test_blocks_docx_and_markdown_say_all_that_the_page_says(name: str) -> None:
    record = record_named(name)
    page = page_of(record)
    said, blocks = Said(page).texts, page_blocks(page)["blocks"]
    whole = squeezed(texts_of(blocks))
    assert not [text for text in said if text not in whole]
    if name != "global":  # What is folded inside a table of the global page stands after it.
        assert "".join(said) == whole
    document = squeezed("".join(docx_texts(render_docx(record))))
    markdown = squeezed(re.sub(r"\\(?=[^\w\s])|</?(?:b|i|sup|sub|del|ins|code|br)>|\*\*", "", render_markdown(record)))
    missing = [text for text in said if text not in document]
    assert not missing
    assert not [text for text in said if re.sub(r"[\\*]", "", text) not in re.sub(r"[\\*]", "", markdown)]


@pytest.mark.parametrize("name", ["panel", "global"])
def test_the_pdf_holds_the_text_of_the_blocks(name: str) -> None:
    record = record_named(name)
    # Ligatures, accents and the order of right-to-left letters differ in what a reader takes out: letters are counted.
    wanted = Counter(squeezed(texts_of(page_blocks(page_of(record))["blocks"])))
    found = Counter(pdf_text(render_pdf(record)))
    short = {letter: number - found[letter] for letter, number in wanted.items() if found[letter] < number}
    assert sum(short.values()) <= 0.002 * sum(wanted.values()), short


@pytest.mark.parametrize(
    "inside",
    ["<video></video>", "<p><table></table></p>", "<ul>loose</ul>", "<table><tr></tr></table>", "<dl><p></p></dl>",
     "<table><tbody><tr><td><video></video></td></tr></tbody></table>", "<svg viewBox='0 0 1 1'></svg>", "<p>", "</p>"],
)  # fmt: skip
def test_what_cannot_be_shown_is_an_error_and_never_left_out(inside: str) -> None:
    page = f"<html lang='en'><head><title>t</title></head><body>{inside}</body></html>"
    with pytest.raises(InputError) as caught:
        page_blocks(page)
    assert caught.value.code == "bad-page"


def test_a_chart_is_taken_once_and_names_what_it_shortened() -> None:
    blocks = page_blocks(page_of(record_named("panel")))["blocks"]
    figures = [block for block in blocks if block["kind"] == "figure"]
    assert len({figure["svg"] for figure in figures}) == len(figures) >= 3
    assert all(figure["alt"] and "var(" not in figure["svg"] for figure in figures)


def digests(record: dict[str, Any]) -> dict[str, str]:
    return {name: digest(render(name, record)) for name in ("html", "text", "md", "pdf", "docx", "xlsx")}


def test_another_process_locale_time_zone_and_hash_seed_give_the_same_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.json" for name in ("exhaustive", "global")]
    for path in paths:
        path.write_bytes(canonical_bytes(record_named(path.stem)))
    code = (
        "import json, sys; from tests.test_renderings import digests; "
        "print(json.dumps([digests(json.load(open(path))) for path in sys.argv[1:]]))"
    )
    changed = {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-c", code, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **changed})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [digests(json.loads(path.read_bytes())) for path in paths]


def test_the_pdf_is_archival_and_accessible_and_holds_the_record() -> None:
    record = record_named("panel")
    edition = Edition(record, {"author": "Ann Lee", "date": "2026-11-22"})
    with pikepdf.open(io.BytesIO(render_pdf(edition))) as pdf:
        root = pdf.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "en"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert root.OutputIntents[0].S == "/GTS_PDFA1"
        with pdf.open_metadata() as told:
            assert (told["pdfaid:part"], told["pdfaid:conformance"], told["pdfuaid:part"]) == ("3", "A", "1")
            assert told["dc:title"].startswith("Explanation of one decision of")
            assert told["dc:creator"] == ["Ann Lee"]
        attached = root.AF[0]
        assert str(attached.AFRelationship) == "/Source"
        assert attached.UF == "report.json"
        assert bytes(attached.EF.F.read_bytes()) == canonical_bytes(record)
        figures = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure"]
        assert figures
        assert all(str(one.Alt) for one in figures)
        kinds = {
            str(one.S) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/S" in one and "/P" in one
        }
        assert {"/H1", "/H2", "/H3", "/P", "/Table", "/TR", "/TH", "/TD", "/L", "/LI", "/Figure", "/Caption"} <= kinds
        fonts = [
            one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"
        ]
        assert fonts
        assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(one.keys()) for one in fonts)
        assert root.Pages.Count > 3
    text = pdf_text(render_pdf(edition))
    assert text.count(f"SHA-256{digest(canonical_bytes(record))}") >= 4
    assert "page1of" in text


def test_a_date_that_nobody_stated_is_not_that_of_the_clock() -> None:
    with pikepdf.open(io.BytesIO(render_pdf(record_named("exhaustive")))) as pdf:
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:1970")


@pytest.mark.parametrize("name", ["exhaustive", "global"])
def test_hostile_text_is_shown_as_text_everywhere(name: str) -> None:
    record = hostile_record()
    if name == "global":
        record = record_named(name)
        record["model"].update(name=HOSTILE, details={"key": HOSTILE})
        record["findings"], record["limits"] = [HOSTILE], [HOSTILE]
        record["production"]["recipe"]["toml"] = HOSTILE
        place = next(iter(record["quoted"]))
        record["quoted"][place]["text"] = HOSTILE
    shown = visible(HOSTILE)
    assert squeezed(shown) in pdf_text(render_pdf(record))
    assert any(shown in text for text in docx_texts(render_docx(record)))
    cells = [cell for cell in cells_of(render_xlsx(record)) if cell.value is not None]
    assert any(cell.value == shown for cell in cells)
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not any(cell.hyperlink for cell in cells)
    check_markdown(render_markdown(record), shown)


def check_markdown(text: str, shown: str) -> None:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = parser.parse(text)
    inline = [child for token in tokens for child in token.children or []]
    elements = {token.content for token in inline if token.type == "html_inline"}
    assert elements <= {
        f"<{end}{name}>" for end in ("", "/") for name in ("b", "i", "sup", "sub", "del", "ins", "code", "br")
    }
    assert not any(token.type == "html_block" for token in tokens)
    assert not any(token.type in ("link_open", "image", "code_inline") for token in inline)
    lines = ["".join(child.content for child in token.children or [] if child.type == "text") for token in tokens]
    assert any(re.sub(r"\s+", " ", shown) in re.sub(r"\s+", " ", line) for line in lines)


def test_a_string_of_a_megabyte_is_shown_whole() -> None:
    record = record_named("exhaustive")
    record["limits"] = [LONG]
    assert pdf_text(render_pdf(record)).count("x") >= len(LONG)
    assert any(LONG in text for text in docx_texts(render_docx(record)))
    values = [cell.value for cell in cells_of(render_xlsx(record)) if isinstance(cell.value, str)]
    assert sum(value.count("x") for value in values) >= len(LONG)
    assert max(map(len, values)) <= 32_767
    assert any(value.startswith("(continued) ") for value in values)
    assert LONG in render_markdown(record)


def tiny_font(path: Path, character: str) -> Path:
    """A font with one letter."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((500, 0))
    pen.lineTo((250, 700))
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "one"])
    builder.setupCharacterMap({ord(character): "one"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "one": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (500, 0), "one": (500, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Tiny", "styleName": "Regular", "psName": "Tiny-Regular"})
    builder.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    builder.save(path)
    return path


def test_a_missing_glyph_is_an_error_until_a_font_is_given(tmp_path: Path) -> None:
    letter = "\U00012345"
    record = record_named("exhaustive")
    record["findings"] = [f"a {letter}"]
    with pytest.raises(InputError, match=r"U\+12345 \(CUNEIFORM SIGN.*--font PATH") as caught:
        render_pdf(record, system=False)
    assert caught.value.code == "missing-glyph"
    font = tiny_font(tmp_path / "tiny.ttf", letter)
    for given in ([font], [tmp_path]):
        assert letter in pdf_text(render_pdf(record, fonts=given, system=False))
    with pytest.raises(InputError, match="There is no font at"):
        render_pdf(record, fonts=[tmp_path / "none.ttf"])
    (tmp_path / "bad.ttf").write_bytes(b"no font")
    with pytest.raises(InputError, match="cannot be read as a font"):
        render_pdf(record, fonts=[tmp_path / "bad.ttf"], system=False)


def test_chinese_and_other_scripts_are_drawn_without_fonts_of_the_system() -> None:
    assert squeezed("我的card还没到transfer请帮忙") in pdf_text(render_pdf(record_named("chinese"), system=False))
    names = " ".join(font_files("我 で 한", system=False))
    assert "NotoSans" in names
    assert font_files("Ωж שלום مرحبا ไทย ␀", system=False).keys() == font_files("a", system=False).keys()


def test_the_document_has_real_headings_tables_and_figures() -> None:
    record = record_named("panel")
    content = render_docx(Edition(record, {"author": "Ann Lee", "date": "2026-11-22"}))
    document = docx.Document(io.BytesIO(content))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles[0] == "Heading 1"
    assert {"Heading 2", "Heading 3", "List Bullet", "List Number", "Caption"} <= set(styles)
    assert all(table.rows[0]._tr.trPr.xpath("w:tblHeader") for table in document.tables)
    assert len(document.inline_shapes) >= 3
    assert all(shape._inline.docPr.get("descr") for shape in document.inline_shapes)
    properties = document.core_properties
    assert (properties.author, properties.created.year, properties.language) == ("Ann Lee", 2026, "en")
    assert digest(canonical_bytes(record)) in document.sections[0].footer.paragraphs[0].text
    assert {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(content)).infolist()} == {(1980, 1, 1, 0, 0, 0)}
    numbers = [paragraph._p.xpath("string(w:pPr/w:numPr/w:numId/@w:val)") for paragraph in document.paragraphs]
    assert len(set(numbers) - {""}) == len(
        [block for block in page_blocks(page_of(record))["blocks"] if block.get("ordered")]
    )


def test_marks_are_told_without_colour() -> None:
    document = docx.Document(io.BytesIO(render_docx(record_named("panel"))))
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs]
    assert any(run.font.underline not in (None, False) for run in runs)
    assert any(run.font.strike for run in runs)
    assert any(run.font.superscript and run.text.startswith("+") for run in runs)
    markdown = render_markdown(record_named("panel"))
    assert re.search(r"<b>lost</b><sup>\+\d", markdown)
    assert re.search(r"<del>\w+</del>", markdown)


def test_the_workbook_holds_rules_terms_cases_and_fidelity() -> None:
    for name in ("panel", "global"):
        record = record_named(name)
        book = openpyxl.load_workbook(io.BytesIO(render_xlsx(record)))
        assert book.sheetnames[:5] == ["Summary", "Rules", "Terms", "Cases", "Fidelity"]
        text = {sheet.title: list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book}
        members = record["members"] if name == "global" else record["surrogates"]
        assert len(text["Rules"]) == sum(len(one["rules"]) + (one["kind"] == "anchor") for one in members)
        assert ("SHA-256 of report.json", digest(canonical_bytes(record))) in text["Summary"]
        assert all(isinstance(row[2], int | float) for row in text["Fidelity"] if "Same decision" in row[1])
        column = [cell.value for cell in book["Rules"][1]].index("Precision")
        assert all(isinstance(row[column], int | float | None) for row in text["Rules"])
    checked = {
        **record_named("exhaustive"),
        "checklist": [{"field": 1, "name": "id", "status": "evidenced", "where": "/a", "reason": ""}],
    }
    assert openpyxl.load_workbook(io.BytesIO(render_xlsx(checked))).sheetnames[-1] == "Checklist"


def test_what_is_withheld_is_in_no_rendering() -> None:
    record = record_named("constant")
    values = [cell.value for cell in cells_of(render_xlsx(record)) if isinstance(cell.value, str)]
    assert sum("none in this report" in value for value in values) == 2
    assert any(value.startswith("Withheld. ") for value in values)
    assert "Withheld" in pdf_text(render_pdf(record))


def folder_with(record: dict[str, Any], folder: Path) -> Path:
    folder.mkdir()
    content = canonical_bytes(record)
    (folder / "report.json").write_bytes(content)
    (folder / "run.json").write_text(json.dumps({"sha256": {"report.json": digest(content)}}), encoding="utf-8")
    return folder


def test_the_verb_renders_again_and_overwrites_nothing_silently(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = record_named("exhaustive")
    folder = folder_with(record, tmp_path / "r")
    verb = ["report", str(folder), "--to", "pdf,docx,xlsx, md,html,text"]
    assert main(verb) == 0
    assert len(capsys.readouterr().out.splitlines()) == 6
    names = ("pdf", "docx", "xlsx", "md", "html", "txt")
    before = {name: (folder / f"report.{name}").read_bytes() for name in names}
    assert before["pdf"] == render_pdf(record)
    assert all((folder / f"report.{name}").stat().st_mode & 0o077 == 0 for name in names)
    assert main(verb) == 0  # The same again changes nothing.
    (folder / "report.md").write_text("mine", encoding="utf-8")
    assert main(verb) == 2
    assert "output-exists" in capsys.readouterr().err
    assert (folder / "report.md").read_text(encoding="utf-8") == "mine"
    assert main([*verb, "--overwrite"]) == 0
    assert (folder / "report.md").read_bytes() == before["md"]
    assert main(["report", str(folder), "--to", "md", "--out", str(tmp_path / "other")]) == 0
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["report.md"]


def test_a_report_is_written_in_every_format(tmp_path: Path) -> None:
    folder = explanation_of_case("exhaustive").report(tmp_path / "r", ("pdf", "docx", "xlsx"))
    told = json.loads((folder / "run.json").read_bytes())["sha256"]
    assert set(told) == {"report.json", "report.pdf", "report.docx", "report.xlsx"}
    assert all(digest((folder / name).read_bytes()) == found for name, found in told.items())


@pytest.mark.parametrize("by", ["run.json", "manifest.json"])
def test_a_record_that_was_changed_is_not_rendered(by: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_with(record_named("exhaustive"), tmp_path / "r")
    path = folder / "report.json"
    if by == "manifest.json":
        (folder / "run.json").unlink()
        subject = [{"name": "report.json", "digest": {"sha256": digest(path.read_bytes())}}]
        (folder / by).write_text(json.dumps({"subject": subject}), encoding="utf-8")
    path.write_bytes(path.read_bytes().replace(b"cards", b"cardz"))
    assert main(["report", str(folder), "--to", "md"]) == 2
    assert "bad-record" in capsys.readouterr().err
    assert not (folder / "report.md").exists()


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"banner": 1}', b'{"banner": 1, "surrogates": []}'])
def test_what_is_no_record_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_bytes(content)
    assert main(["report", str(tmp_path), "--to", "md"]) == 2
    assert main(["report", str(tmp_path / "none"), "--to", "md"]) == 2
    assert main(["report", str(tmp_path), "--to", "word"]) == 2


def test_every_text_of_the_layout_is_visible() -> None:
    for name in ("exhaustive", "global"):
        blocks = page_blocks(page_of(record_named(name)))
        assert all(visible(text) == text for text in strings_in(blocks))
