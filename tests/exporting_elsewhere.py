"""Another system: computes the features from what features.json says, with nothing of the package.

Regular expressions by ``regex``, words of scripts without spaces by ICU, stems by Snowball: as the algorithms there name them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import regex
import snowballstemmer
from icu4py.breakers import WordBreaker


class Elsewhere:
    def __init__(self, said: dict[str, Any]) -> None:
        self.said = said
        named = said["algorithms"]["expressions"]
        self.unit = regex.compile(named["UNIT"], regex.VERSION1 | regex.VERBOSE)
        others = ("EMOJI", "HYPHENS", "EDGES", "UNSPACED")
        self.emoji, self.hyphens, self.edges, self.unspaced = (
            regex.compile(named[one], regex.VERSION1) for one in others
        )
        language = said["language"]
        self.stemmer = snowballstemmer.stemmer("english" if language in ("auto", "none") else language)

    def present(self, text: str) -> list[str]:
        words = list(self.words(text))
        return sorted(one["column"] for one in self.said["features"] if self.holds(one, words))

    def words(self, text: str) -> Iterator[str]:
        text = unicodedata.normalize("NFC", text).replace("\u2019", "'")
        for found in self.unit.finditer(text):
            if not found.group().isspace():
                pieces = self.cut(found.group()) if found.lastgroup else [found.group()]
                for piece in pieces:
                    yield from self.written(piece.lower())

    def cut(self, run: str) -> list[str]:
        pieces: list[str] = []
        for piece in WordBreaker(run, "root"):
            if pieces and all(unicodedata.category(one) == "Cf" for one in piece):
                pieces[-1] += piece
            else:
                pieces.append(piece)
        return pieces

    def written(self, unit: str) -> list[str]:
        if unit.isascii() and unit.isalpha():
            return [unit if len(unit) <= 64 else ""]
        if self.emoji.match(unit):
            return [unit]
        bare = [self.edges.sub("", part) for part in self.hyphens.split(unit)]
        return [word if len(word) <= 64 else "" for word in bare]

    def stem(self, word: str) -> str | None:
        if self.said["language"] == "none" or not word:
            return None
        if self.said["language"] == "auto" and not regex.fullmatch(r"[\p{Latin}']+", word):
            return None
        return self.stemmer.stemWord(word) or None

    def holds(self, one: dict[str, Any], words: list[str]) -> bool:
        kind, key = one["kind"], one["key"]
        if kind == "word":
            return key in words
        if kind == "stem":
            return any(self.stem(word) == key for word in words)
        if kind == "prefix":
            return any(self.begins(word, key) for word in words)
        if kind == "phrase":
            written = [(self.stem(word) or word) if self.said["phrases_of_stems"] else word for word in words]
            return any(" ".join(run) == key for run in self.runs(written, len(key.split(" "))))
        if kind == "character":
            told = groupby(words, lambda word: bool(word) and self.unspaced.match(word) is not None)
            return any(key in "".join(run) for unspaced, run in told if unspaced)
        entries = [list(self.words(entry)) for entry in one["entries"]]
        return any(run == entry for entry in entries for run in self.runs(words, len(entry)))

    def begins(self, word: str, key: str) -> bool:
        if not word.startswith(key) or self.unspaced.match(word):
            return False
        after = word[len(key) : len(key) + 1]
        return not after or not unicodedata.category(after).startswith("M")

    def runs(self, words: list[str], size: int) -> Iterator[list[str]]:
        for start in range(len(words) - size + 1):
            run = words[start : start + size]
            if "" not in run:
                yield run
