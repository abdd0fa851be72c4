"""Chat endpoints: OpenAI-compatible servers whose chat model answers with a label."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.blackbox.base import Detail, Identity
from surrogate.blackbox.checks import check_labels
from surrogate.blackbox.endpoints.access import Access, endpoint_fingerprint, public_name
from surrogate.blackbox.endpoints.decoding import Decoding
from surrogate.blackbox.endpoints.embedding_replies import read_embeddings
from surrogate.blackbox.endpoints.endpoint import DECIMALS, Endpoint, one_answer, refused_answer
from surrogate.blackbox.endpoints.top_logprobs import label_masses
from surrogate.blackbox.endpoints.transport import Transport
from surrogate.blackbox.endpoints.votes import named_label, response_format, vote_counts, vote_shares
from surrogate.blackbox.spec import Prompt
from surrogate.errors import InputError, ModelError

__all__ = ["ChatEndpoint"]

_OURS = {"model", "messages", "logprobs", "top_logprobs", "n", "stream", "response_format", "seed"}


class ChatEndpoint(Endpoint):
    r"""A chat model behind ``/v1/chat/completions`` that is asked for one of some labels.

    Parameters
    ----------
    access : Access
    model : str
        The model id that requests name.
    labels : sequence of str
        The answers that the model chooses from.
    prompt : Prompt
        The user's turn, with ``{text}`` where the text goes.
    system : str, default ""
        The system's turn; empty: none.
    decoding : Decoding, optional
        How probabilities are had: from listed log-probabilities, or from repeated votes.
    request : mapping, optional
        More fields of the request, as the server takes them; a field that is None is left out of the request.
    embedding_model : str, default ""
        Ask ``/v1/embeddings`` for an embedding of each text, with this model; empty: do not.
    revision : str, default ""
        The user's name for this state of the service; part of the fingerprint.
    name : str, default ""
        What a report calls the model.

    Notes
    -----
    With log-probabilities, probabilities are those among the labels, and ``label_mass`` is what all listed labels had
    together; a label that is not listed is given the least listed probability, which bounds that of its own token, or an
    equal share of what the list leaves over, where that is less.  An answer
    beside which no label is listed counts as refused.

    With votes, ``label_mass`` is the share of votes that named a label, and a text counts as refused when less than half
    did.  A vote is binomial: the standard error of a share is at most ``0.5 / sqrt(n_votes)``.

    Raises
    ------
    InputError
        ``bad-endpoint``.
    ModelError
        ``bad-labels``.

    Examples
    --------
    >>> box = ChatEndpoint(Access.to("http://localhost:8000"), "m", ["cards", "cash"], Prompt("Which desk?\n{text}"))
    >>> box.stochastic, box.details["method"], box.details["top_logprobs"]
    (False, 'logprobs', 20)
    """

    kind_name: ClassVar[str] = "chat-endpoint"

    def __init__(
        self,
        access: Access,
        model: str,
        labels: Sequence[str],
        prompt: Prompt,
        *,
        system: str = "",
        decoding: Decoding | None = None,
        request: Mapping[str, Any] | None = None,
        embedding_model: str = "",
        revision: str = "",
        name: str = "",
    ) -> None:
        names = _distinct(check_labels(labels))
        self._decoding = decoding or Decoding()
        self._around = prompt.around_text()
        self._system = system
        self._embedding_model = embedding_model
        self._template = _template(model, names, self._decoding, request or {})
        self._most_written = _most_written(self._template, self._decoding)
        decides = {
            "request": self._template,
            "turns": [system, *self._around],
            "votes": _votes(self._decoding),
            "embedding_model": embedding_model,
        }
        details = _details(self._decoding) | {
            "model": public_name(model),
            "revision": revision or None,
            "prompt_sha256": _digest(decides["turns"]),
            "request_sha256": _digest(self._template),
            "embedding_model": public_name(embedding_model) or None,
        }
        super().__init__(
            Identity(
                name=name or public_name(model),
                kind=self.kind_name,
                labels=names,
                fingerprint=endpoint_fingerprint(self.kind_name, model, revision, names, decides),
                embeds=bool(embedding_model),
                stochastic=self._decoding.method == "votes",
                details=details,
            ),
            access,
        )
        if self.stochastic:
            # Four standard errors of the difference of two shares.
            self.tolerance = min(1.0, access.tolerance + 4 * (0.5 / self._decoding.n_votes) ** 0.5)

    @property
    def requests_per_text(self) -> int:
        """Requests that one text needs."""
        return (self._decoding.n_votes if self.stochastic else 1) + bool(self._embedding_model)

    @property
    def sent_beside(self) -> tuple[str, ...]:
        """The turns around the text, for each request that is completed; nothing where the text is embedded."""
        turns = "\n".join(part for part in (self._system, *self._around) if part)
        n_completed = self.requests_per_text - bool(self._embedding_model)
        return (turns,) * n_completed + ("",) * bool(self._embedding_model)

    @property
    def most_written(self) -> int:
        """Tokens that one answer may have at most."""
        return self._most_written

    async def ask(self, transport: Transport, text: str, draw: int) -> Answers:
        """Ask about one text; an Answers of length 1."""
        embedding = await self._embed(transport, text) if self._embedding_model else None
        if self.stochastic:
            return await self._vote(transport, text, draw, embedding)
        choice = await self._complete(transport, text, {})
        listed = (choice.get("logprobs") or {}).get("content")
        if (choice.get("message") or {}).get("refusal"):
            return refused_answer(len(self.classes_), 0.0, embedding)
        if not isinstance(listed, list) or not listed:
            raise self._bad(
                "no log-probabilities with its answer. Where the server cannot give them, explain repeated answers instead: "
                'method = "votes" in [decoding]'
            )
        try:
            masses = label_masses(listed, [str(label) for label in self.classes_])
        except (KeyError, TypeError, ValueError, OverflowError):
            raise self._bad("log-probabilities in another form than OpenAI's") from None  # it may quote the answer
        if masses.label_mass <= 0:
            return refused_answer(len(self.classes_), 0.0, embedding)
        return one_answer(masses.probabilities(), masses.label_mass, embedding)

    async def _vote(self, transport: Transport, text: str, draw: int, embedding: NDArray[np.float32] | None) -> Answers:
        decoding, labels = self._decoding, [str(label) for label in self.classes_]
        # Votes of a text that could not be finished are kept: they are paid for.
        votes = self._state.votes.setdefault((text, draw), [])
        while len(votes) < decoding.n_votes:
            seed = {} if decoding.seed is None else {"seed": decoding.seed + draw * decoding.n_votes + len(votes)}
            choice = await self._complete(transport, text, seed)
            message = choice.get("message") or {}
            refused = bool(message.get("refusal"))
            votes.append(None if refused else named_label(message.get("content"), labels, decoding.structured))
        del self._state.votes[text, draw]
        counts = vote_counts(votes, len(labels))
        share = int(counts.sum()) / len(votes)
        if share < 0.5:
            return refused_answer(len(labels), share, embedding, counts)
        return one_answer(vote_shares(votes, len(labels), decoding.pseudo_count), share, embedding, counts)

    @property
    def n_votes(self) -> int | None:
        """Votes by which each text is answered; None: the server states probabilities."""
        return self._decoding.n_votes if self.stochastic else None

    async def _complete(self, transport: Transport, text: str, more: dict[str, Any]) -> dict[str, Any]:
        before, after = self._around
        turns = [{"role": "user", "content": f"{before}{text}{after}"}]
        if self._system:
            turns.insert(0, {"role": "system", "content": self._system})
        body = {**self._template, **more, "messages": turns}
        reply = await transport.post("/v1/chat/completions", body, text, self._most_written)
        self.check_served(reply)
        choices = reply.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, dict) or not isinstance(choice.get("message"), dict):
            raise self._bad("no choices with a message")
        if not isinstance(choice.get("logprobs"), dict | None):
            raise self._bad("log-probabilities in another form than OpenAI's")
        return choice

    async def _embed(self, transport: Transport, text: str) -> NDArray[np.float32]:
        reply = await transport.post("/v1/embeddings", {"model": self._embedding_model, "input": text}, text)
        vector: NDArray[np.float32] = read_embeddings(reply, 1, self.access.address.place)[0]
        return vector

    def _bad(self, what: str) -> ModelError:
        return ModelError("bad-reply", f"{self.access.address.place} gives {what}.")


def _distinct(labels: tuple[str, ...]) -> tuple[str, ...]:
    plain = [label.strip().casefold() for label in labels]
    if len(set(plain)) < len(plain):
        raise ModelError("bad-labels", "Labels of a chat endpoint must differ in more than case and white space.")
    return labels


def _template(model: str, labels: tuple[str, ...], decoding: Decoding, request: Mapping[str, Any]) -> dict[str, Any]:
    """The request without the turns."""
    taken = sorted(_OURS & set(request))
    if taken:
        raise InputError("bad-endpoint", f"The request field {taken[0]!r} is set by [decoding] or by the prompt.")
    body: dict[str, Any] = {"model": model, "max_tokens": decoding.max_tokens, "temperature": decoding.heat}
    if decoding.method == "logprobs":
        body |= {"logprobs": True, "top_logprobs": decoding.top_logprobs}
    if decoding.structured:
        body["response_format"] = response_format(labels)
    return {key: value for key, value in {**body, **request}.items() if value is not None and value != ""}


def _most_written(template: Mapping[str, Any], decoding: Decoding) -> int:
    """Tokens that an answer may have, for the budget."""
    named = [template.get(key) for key in ("max_tokens", "max_completion_tokens")]
    return max([decoding.max_tokens, *(value for value in named if isinstance(value, int))])


def _votes(decoding: Decoding) -> list[Any]:
    """What decides how votes are read; answers that were stored without their number of votes are not used again."""
    decides = [decoding.method, decoding.n_votes, decoding.smoothing, decoding.seed]
    return [*decides, "counted"] if decoding.method == "votes" else decides


def _details(decoding: Decoding) -> dict[str, Detail]:
    details: dict[str, Detail] = {
        "method": decoding.method,
        "temperature": decoding.heat,
        "log_probability_decimals": DECIMALS,
    }
    if decoding.method == "logprobs":
        return details | {
            "top_logprobs": decoding.top_logprobs,
            "unlisted_labels": "given the least listed probability, or an equal share of what the list leaves over",
            "label_mass": "probability of the tokens of all listed labels together",
        }
    return details | {
        "n_votes": decoding.n_votes,
        "smoothing": decoding.smoothing,
        "structured": decoding.structured,
        "seed": decoding.seed,
        "noise": f"binomial; standard error of a share at most {0.5 / decoding.n_votes**0.5:.3f}",
        "label_mass": "share of votes that named a label; below one half the text counts as refused",
    }


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
