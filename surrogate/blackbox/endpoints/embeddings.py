"""Embedding endpoints: OpenAI-compatible servers that are asked for embeddings of texts, many in one request."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.blackbox.base import Identity
from surrogate.blackbox.checks import check_texts
from surrogate.blackbox.endpoints.access import Access, endpoint_fingerprint, public_name
from surrogate.blackbox.endpoints.crew import each_result
from surrogate.blackbox.endpoints.embedding_replies import read_embeddings
from surrogate.blackbox.endpoints.endpoint import Endpoint
from surrogate.blackbox.endpoints.state import filled
from surrogate.blackbox.endpoints.transport import Transport, opened
from surrogate.errors import InputError, ModelError

__all__ = ["EmbeddingEndpoint"]

_OURS = {"model", "input", "encoding_format", "dimensions"}
_PLACE = "{text}"


class EmbeddingEndpoint(Endpoint):
    """A model behind ``/v1/embeddings`` that is asked for embeddings only: a black box without classes.

    Parameters
    ----------
    access : Access
        Its ``tolerance`` is of the cosine: how far below one that of two embeddings of one text may be, and by which share
        their lengths may differ.
    model : str
        The model id that requests name.
    dimensions : int, optional
        How many numbers an embedding is asked to have; None: as many as the model gives.
    batch_size : int, default 32
        Texts in one request, at most.
    text_form : str, default "{text}"
        What is sent of a text, with ``{text}`` once, where it goes: as the model wants it, for instance ``"query: {text}"``.
    request : mapping, optional
        More fields of the request, as the server takes them.
    revision : str, default ""
        The user's name for this state of the service; part of the fingerprint.
    name : str, default ""
        What a report calls the model.

    Notes
    -----
    Servers differ in what they make of an empty text: some refuse the request and all texts in it.  So nothing is sent of a
    text that would be empty, or white space alone: its answer is flagged as refused and has no embedding.

    The fingerprint is of address, model, revision, dimensions and form: many servers of embeddings answer to any name.

    Raises
    ------
    InputError
        ``bad-endpoint``.
    ModelError
        ``prompt-without-text``.

    Examples
    --------
    >>> box = EmbeddingEndpoint(Access.to("http://localhost:8000"), "m", batch_size=16)
    >>> box.classes_.tolist(), box.embeds
    ([], True)
    >>> box.announcement(100, "the corpus")
    'Up to 100 texts (the corpus) may be sent to localhost:8000 in up to 7 requests.'
    """

    kind_name: ClassVar[str] = "embeddings-endpoint"

    def __init__(
        self,
        access: Access,
        model: str,
        *,
        dimensions: int | None = None,
        batch_size: int = 32,
        text_form: str = _PLACE,
        request: Mapping[str, Any] | None = None,
        revision: str = "",
        name: str = "",
    ) -> None:
        self.dimensions = None if dimensions is None else _whole("dimensions", dimensions)
        self.batch_size = _whole("batch_size", batch_size)
        self._form = _checked_form(text_form)
        self._template = _template(model, self.dimensions, request or {})
        decides = {"address": access.address.url(""), "request": self._template, "form": text_form}
        form_digest = None if text_form == _PLACE else hashlib.sha256(text_form.encode()).hexdigest()
        super().__init__(
            Identity(
                name=name or public_name(model),
                kind=self.kind_name,
                labels=(),
                fingerprint=endpoint_fingerprint(self.kind_name, model, revision, (), decides),
                accepts_empty=bool(filled(text_form, "").strip()),
                embeds=True,
                details={
                    "model": public_name(model),
                    "revision": revision or None,
                    "dimensions": self.dimensions,
                    "text_form_sha256": form_digest,
                },
            ),
            access,
        )

    def announcement(self, n_texts: int, which: str = "for their embeddings") -> str:
        """What will be sent where, before anything is sent.

        Parameters
        ----------
        n_texts : int
            Texts at most.
        which : str
            Whose texts they are.
        """
        return self._announced(n_texts, -(-n_texts // self.batch_size), which)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embedding of each text, shape (n_texts, n_dimensions).

        Raises
        ------
        InputError
            ``empty-text`` where nothing would be sent of one of them; ``not-text``, ``not-utf8``, ``missing-key``.
        ModelError
            As :meth:`answer`.
        """
        answers = self.answer(texts)
        if answers.refused.any():
            row = int(np.flatnonzero(answers.refused)[0])
            raise InputError(
                "empty-text",
                f"Text {row + 1:,} of {len(texts):,} is empty, and an endpoint is not asked for the embedding of nothing. Leave "
                "it out.",
            )
        return np.empty((0, 0), np.float32) if answers.embeddings is None else answers.embeddings

    def answer_each(self, texts: Sequence[str], keep: Callable[[list[str], Answers], None], draw: int = 0) -> None:
        """Ask about distinct texts, many in one request, and hand on the answers to each request as they come.

        Parameters
        ----------
        texts : sequence of str
        keep : callable (list of str, Answers) -> None
            Called in the thread of the caller; after an interrupt it may get an answer a second time.
        draw : int, default 0
            Makes no difference: embeddings do not vary.

        Raises
        ------
        InputError, ModelError
            As :meth:`answer`; the answers that came before, and those in flight, have been handed on.
        KeyboardInterrupt
            Likewise.
        """
        listed = check_texts(texts)
        sent = [text for text in listed if filled(self._form, text).strip()]
        empty = [text for text in listed if not filled(self._form, text).strip()]
        if empty:
            keep(empty, _without_embedding(len(empty)))
        if sent:
            size = self.batch_size
            self._ask_batches([sent[start : start + size] for start in range(0, len(sent), size)], keep)

    def _ask_batches(self, batches: list[list[str]], keep: Callable[[list[str], Answers], None]) -> None:
        key = self.access.key.read()

        def open_session(stop: asyncio.Event) -> AbstractAsyncContextManager[Transport]:
            return opened(self.access.address, self.access.manners, key, self._state, stop)

        async def job(transport: Transport, number: int) -> Answers:
            return await self._ask_batch(transport, batches[number])

        def hand_on(results: list[tuple[int, Answers]]) -> None:
            for number, answers in results:
                keep(batches[number], answers)

        each_result(open_session, job, len(batches), self.access.manners.concurrency, hand_on)

    async def ask(self, transport: Transport, text: str, draw: int) -> Answers:
        """Ask about one text; an Answers of length 1."""
        return await self._ask_batch(transport, [text])

    async def _ask_batch(self, transport: Transport, texts: list[str]) -> Answers:
        body = {**self._template, "input": [filled(self._form, text) for text in texts]}
        reply = await transport.post("/v1/embeddings", body, texts)
        self.check_served(reply)
        vectors = read_embeddings(reply, len(texts), self.access.address.place)
        self._check_dimensions(vectors.shape[1])
        nobody = np.zeros(len(texts), dtype=bool)
        return Answers(np.empty((len(texts), 0)), vectors, None, nobody, nobody)

    def _check_dimensions(self, found: int) -> None:
        place = self.access.address.place
        if self.dimensions is not None and found != self.dimensions:
            raise ModelError(
                "bad-reply",
                f"{place} was asked for embeddings of {self.dimensions:,} numbers and gives {found:,}. Leave dimensions out, or "
                "ask a model that can be asked for them.",
            )
        known = self._state.dimensions
        if known and found != known:
            raise ModelError(
                "model-changed",
                f"The endpoint at {place} gave embeddings of {known:,} numbers, and now of {found:,}: another model answers. "
                "Name an exact version as model.",
            )
        self._state.dimensions = found


def _without_embedding(n_texts: int) -> Answers:
    """Answers that say that nothing was asked."""
    everyone = np.ones(n_texts, dtype=bool)
    return Answers(np.empty((n_texts, 0)), np.empty((n_texts, 0), np.float32), None, everyone, ~everyone)


def _whole(key: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InputError("bad-endpoint", f"{key!r} must be a whole number of at least 1; got {value!r}.")
    return value


def _checked_form(form: str) -> str:
    n_places = form.count(_PLACE)
    if n_places != 1:
        raise ModelError(
            "prompt-without-text",
            f"'text_form' needs {_PLACE} exactly once, where the text goes; not {n_places} times.",
        )
    return form


def _template(model: str, dimensions: int | None, request: Mapping[str, Any]) -> dict[str, Any]:
    """The request without the texts."""
    taken = sorted(_OURS & set(request))
    if taken:
        raise InputError(
            "bad-endpoint", f"The request field {taken[0]!r} has a key of its own; leave it out of request."
        )
    own: dict[str, Any] = {"model": model, "encoding_format": "float"}
    return {**own, **({} if dimensions is None else {"dimensions": dimensions}), **request}
