"""Rewriting by a chat model behind ``/v1/chat/completions``."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Self

from surrogate.blackbox.endpoints.access import Access, endpoint_fingerprint, public_name
from surrogate.blackbox.endpoints.crew import each_result
from surrogate.blackbox.endpoints.transport import State, Transport, opened
from surrogate.errors import InputError, ModelError
from surrogate.rewriting import RewriteTask

__all__ = ["INSTRUCTION", "ChatRewriter"]

#: What the model is told; the words and the text follow.
INSTRUCTION = (
    "Say the message below in other words, as another person might write it. Answer with the new message alone, in the "
    "language of the message, without quotation marks and without a comment."
)

_KEEP = "Use every one of these words: {words}."
_REMOVE = "Use none of these words, and nothing that means the same: {words}."

#: Tokens that an answer may have beyond those of the text, for the budget.
_SPARE_TOKENS = 64

_OURS = {"model", "messages", "n", "stream", "seed"}
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "'": "'"}


class ChatRewriter:
    """A chat model that says texts in other words.  Each task is asked once while the object lives.

    It is shared, never copied, by ``clone``.

    Parameters
    ----------
    access : Access
        Where it is and how it may be asked; without ``allow_remote`` on this machine only.
    model : str
        The model id that requests name.
    instruction : str
        What the model is told before the words to keep and to avoid, and the text.
    request : mapping, optional
        More fields of the request, as the server takes them; temperature 1 unless told otherwise.
    seeds : bool, default True
        Send a seed with each request, so that a server that heeds it repeats itself.
    revision : str, default ""
        The user's name for this state of the service; part of the fingerprint.

    Examples
    --------
    >>> rewriter = ChatRewriter(Access.to("http://localhost:8000"), "m")
    >>> rewriter.name, rewriter.rewrite([])
    ('m', [])
    >>> print(rewriter.prompt(RewriteTask("pay my bill", ("bill",), ("pay",))).splitlines()[1])
    Use every one of these words: bill.
    """

    def __init__(
        self,
        access: Access,
        model: str,
        *,
        instruction: str = INSTRUCTION,
        request: Mapping[str, Any] | None = None,
        seeds: bool = True,
        revision: str = "",
    ) -> None:
        taken = sorted(_OURS & set(request or {}))
        if taken:
            raise InputError(
                "bad-endpoint", f"The request's {' and '.join(taken)} is set here; leave it out of request."
            )
        self.access = access
        self.instruction = instruction
        self.seeds = seeds
        self.name = public_name(model)
        template = {"model": model, "temperature": 1.0, **(request or {})}
        self._template = {key: value for key, value in template.items() if value is not None}
        decides = {"request": self._template, "instruction": [instruction, _KEEP, _REMOVE], "seeds": seeds}
        self.fingerprint = endpoint_fingerprint("chat-rewriter", model, revision, (), decides)
        self._state = State.begin(access.manners)
        self._known: dict[RewriteTask, str | None] = {}

    def __sklearn_clone__(self) -> Self:
        return self

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in ("_state", "_known")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._state = State.begin(self.access.manners)
        self._known = {}

    def announcement(self, n_tasks: int) -> str:
        """What will be sent where, before anything is sent."""
        return f"The text may be sent to {self.access.address.place}, to be said in other words, in up to {n_tasks:,} requests."

    def prompt(self, task: RewriteTask) -> str:
        """What the model is asked."""
        wishes = [
            form.format(words=", ".join(words)) for form, words in ((_KEEP, task.keep), (_REMOVE, task.remove)) if words
        ]
        return "\n".join([self.instruction, *wishes, "", task.text])

    def rewrite(self, tasks: Sequence[RewriteTask]) -> list[str | None]:
        """A rewriting for each task; None where the model refused.

        Raises
        ------
        InputError
            ``missing-key``.
        ModelError
            When the endpoint cannot be reached, refuses the request, is busy for too long, answers otherwise than it should, or
            the budget is spent; what was answered before is remembered.
        """
        new = list(dict.fromkeys(task for task in tasks if task not in self._known))
        if new:
            self._ask(new)
        return [self._known[task] for task in tasks]

    def _ask(self, tasks: list[RewriteTask]) -> None:
        key = self.access.key.read()

        def open_session(stop: asyncio.Event) -> AbstractAsyncContextManager[Transport]:
            return opened(self.access.address, self.access.manners, key, self._state, stop)

        async def job(transport: Transport, number: int) -> str | None:
            return await self._say(transport, tasks[number])

        def keep(results: list[tuple[int, str | None]]) -> None:
            self._known |= {tasks[number]: said for number, said in results}

        each_result(open_session, job, len(tasks), self.access.manners.concurrency, keep)

    async def _say(self, transport: Transport, task: RewriteTask) -> str | None:
        body = {**self._template, "messages": [{"role": "user", "content": self.prompt(task)}]}
        if self.seeds:
            body["seed"] = task.number
        most = int(self._template.get("max_tokens", len(task.text) + _SPARE_TOKENS))
        reply = await transport.post("/v1/chat/completions", body, task.text, most)
        choices = reply.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        message = choice.get("message") if isinstance(choice, dict) else None
        content = message.get("content") if isinstance(message, dict) else None
        if not isinstance(message, dict) or not isinstance(content, str | None):
            raise ModelError(
                "bad-reply",
                f"The endpoint at {self.access.address.place} answers without a message in its choices. Check that the URL is "
                "that of a chat server.",
            )
        return None if message.get("refusal") or content is None else _unquoted(content)


def _unquoted(content: str) -> str:
    plain = content.strip()
    return plain[1:-1].strip() if len(plain) > 1 and _QUOTES.get(plain[0]) == plain[-1] else plain
