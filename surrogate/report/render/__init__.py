"""Renderings made from the page: PDF, DOCX and Markdown; and tables of the record as XLSX."""

from __future__ import annotations

__all__: list[str] = []
