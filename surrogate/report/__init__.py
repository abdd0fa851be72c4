"""Report: the record of an explanation and its renderings for people (page, terminal, Markdown, figure)."""

from surrogate.report.write import FORMATS, check_formats, write_report

__all__ = ["FORMATS", "check_formats", "write_report"]
