"""Prompts as token ids: the text stays text, whatever it says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from surrogate.blackbox.spec import Prompt
from surrogate.errors import ModelError

__all__ = ["PromptEncoder"]

# private-use characters: no template writes them by itself
_PLACE = "\ue000text\ue001"


@dataclass(frozen=True, eq=False)
class PromptEncoder:
    """Turns a text into the token ids of a prompt.

    Parameters
    ----------
    tokenizer : transformers tokenizer
    before, after : str
        What stands around the text, chat markup included.
    bos : tuple of int
        Token ids put in front of everything.
    label_space : str
        What stands between prompt and label: a space unless the prompt ends in white space or markup.
    max_length : int
        Tokens of the longest prompt.
    control : re.Pattern or None
        Finds the tokenizer's control tokens in a string.

    Examples
    --------
    >>> PromptEncoder(None, "Sort: ", "", (), " ", 64, None).after
    ''
    """

    tokenizer: Any
    before: str
    after: str
    bos: tuple[int, ...]
    label_space: str
    max_length: int
    control: re.Pattern[str] | None

    @classmethod
    def from_prompt(cls, tokenizer: Any, prompt: Prompt, max_length: int) -> PromptEncoder:
        """Use the tokenizer's chat template if there is one, else the plain prompt followed by "Answer:".

        Raises
        ------
        ModelError
            ``prompt-without-text`` when the template drops the text or the prompt alone is too long.
        """
        before, after = prompt.around_text()
        if tokenizer.chat_template:
            turn = [{"role": "user", "content": f"{before}{_PLACE}{after}"}]
            rendered = tokenizer.apply_chat_template(turn, tokenize=False, add_generation_prompt=True)
            if rendered.count(_PLACE) != 1:
                raise ModelError("prompt-without-text", "The model's chat template does not show the user's turn once.")
            before, after = rendered.split(_PLACE)
            bos, space = (), ""
        else:
            after = after or "\nAnswer:"
            first = tokenizer("a")["input_ids"][:1]
            bos = tuple(first) if first and first[0] == tokenizer.bos_token_id else ()
            space = "" if after[-1].isspace() else " "
        return cls(tokenizer, before, after, bos, space, max_length, _control_tokens(tokenizer))._with_place()

    @classmethod
    def for_encoder(cls, tokenizer: Any, prompt: Prompt, max_length: int, bos: tuple[int, ...]) -> PromptEncoder:
        """Use the plain prompt, for the encoder of a model whose decoder answers.

        Raises
        ------
        ModelError
            ``prompt-without-text`` when the prompt alone is too long.
        """
        before, after = prompt.around_text()
        return cls(tokenizer, before, after, bos, "", max_length, _control_tokens(tokenizer))._with_place()

    def _with_place(self) -> PromptEncoder:
        """Check that there is a place for the text."""
        alone = len(self.encode([""])[0][0])
        if alone >= self.max_length:
            raise ModelError(
                "prompt-without-text",
                f"The prompt alone takes {alone} tokens and the model reads {self.max_length}: there is no place for "
                "the text. Shorten the instruction.",
            )
        return self

    def encode(self, texts: list[str]) -> tuple[list[list[int]], list[bool]]:
        """Token ids of each prompt, and whether its text was cut at the end to fit."""
        prompts = self._joint(texts)
        # an empty prompt alone may be too long; that is for the caller to refuse
        truncated = [len(ids) > self.max_length and text != "" for ids, text in zip(prompts, texts, strict=True)]
        for row in [row for row, cut in enumerate(truncated) if cut]:
            prompts[row] = self._cut(texts[row])
        return prompts, truncated

    def lengths(self, texts: list[str]) -> list[int]:
        """Tokens of each prompt before its text is cut."""
        return [len(ids) for ids in self._joint(texts)]

    def label_ids(self, labels: Iterable[str], end: str | None) -> list[tuple[int, ...]]:
        """Token ids of each label as they follow the prompt, then those of ``end``.

        Raises
        ------
        ModelError
            ``bad-labels`` for a label without tokens, two with the same tokens, or one that changes the tokens of the
            prompt.
        """
        tail = [] if end is None else self.tokenizer(end, add_special_tokens=False)["input_ids"]
        if end is not None and not tail:
            raise ModelError("bad-labels", f"The end of the labels, {end!r}, has no tokens in this model's tokenizer.")
        prompt = self._parsed([f"{self.before}text{self.after}"])[0]
        found: dict[tuple[int, ...], str] = {}
        for label in labels:
            joint = self._parsed([f"{self.before}text{self.after}{self.label_space}{label}"])[0]
            if joint[: len(prompt)] != prompt:
                raise ModelError(
                    "bad-labels",
                    f"The label {label!r} merges with the end of the prompt when both are split into tokens. End the "
                    "prompt with a line break or a token of its own.",
                )
            ids = tuple(joint[len(prompt) :])
            if not ids:
                raise ModelError("bad-labels", f"The label {label!r} has no tokens in this model's tokenizer.")
            if ids in found:
                raise ModelError(
                    "bad-labels",
                    f"The labels {found[ids]!r} and {label!r} are the same tokens to this model. Rename one of them.",
                )
            found[ids] = label
        return [(*ids, *tail) for ids in found]

    def _joint(self, texts: list[str]) -> list[list[int]]:
        """Prompts tokenized as one string, as the deployed model reads them, unless the text holds control tokens."""
        whole = [f"{self.before}{text}{self.after}" for text in texts]
        control = self.control
        if control is None:
            return self._parsed(whole)
        own = control.findall(self.before) + control.findall(self.after)
        plain = [control.findall(prompt) == own for prompt in whole]
        parsed = iter(self._parsed([prompt for prompt, fine in zip(whole, plain, strict=True) if fine]))
        return [next(parsed) if fine else self._spliced(text, control) for text, fine in zip(texts, plain, strict=True)]

    def _parsed(self, prompts: list[str]) -> list[list[int]]:
        if not prompts:
            return []
        ids = self.tokenizer(prompts, add_special_tokens=False, verbose=False)["input_ids"]
        return [[*self.bos, *row] for row in ids]

    def _spliced(self, text: str, control: re.Pattern[str]) -> list[int]:
        """Parse the markup of the prompt only; between its last and its next control token everything is plain text."""
        ends = [found.end() for found in control.finditer(self.before)]
        starts = [found.start() for found in control.finditer(self.after)]
        last, first = (ends[-1] if ends else 0), (starts[0] if starts else len(self.after))
        head = self._parsed([self.before[:last]])[0] if last else list(self.bos)
        tail = self.tokenizer(self.after[first:], add_special_tokens=False)["input_ids"] if self.after[first:] else []
        return [*head, *self._plain(f"{self.before[last:]}{text}{self.after[:first]}"), *tail]

    def _plain(self, text: str) -> list[int]:
        """Token ids without any added token, special or not."""
        backend = getattr(self.tokenizer, "backend_tokenizer", None)
        if backend is None:
            return list(self.tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"])
        if backend.normalizer is not None:
            text = backend.normalizer.normalize_str(text)
        pieces = [text]
        if backend.pre_tokenizer is not None:
            pieces = [piece for piece, _ in backend.pre_tokenizer.pre_tokenize_str(text)]
        return [token.id for piece in pieces for token in backend.model.tokenize(piece)]

    def _cut(self, text: str) -> list[int]:
        """Encode the prompt with as much of the start of the text as fits, found by bisection."""
        fits, too_long = 0, len(text)
        while too_long - fits > 1:
            middle = (fits + too_long) // 2
            if len(self._joint([text[:middle]])[0]) <= self.max_length:
                fits = middle
            else:
                too_long = middle
        return self._joint([text[:fits]])[0]


def _control_tokens(tokenizer: Any) -> re.Pattern[str] | None:
    contents = {token.content for token in tokenizer.added_tokens_decoder.values()}
    # some tokenizers add runs of white space, which are ordinary text
    ordered = sorted((content for content in contents if content.strip()), key=len, reverse=True)
    return re.compile("|".join(re.escape(content) for content in ordered)) if ordered else None
