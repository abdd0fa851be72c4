"""Decision endpoints: typed questions answered with a probability for every option."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from surrogate.answers import Answers
from surrogate.blackbox.base import Identity
from surrogate.blackbox.checks import check_labels
from surrogate.blackbox.endpoints.access import Access, endpoint_fingerprint, public_name
from surrogate.blackbox.endpoints.decision_replies import read_decisions, read_systemone
from surrogate.blackbox.endpoints.endpoint import DECIMALS, Endpoint, check_probabilities, one_answer, refused_answer
from surrogate.blackbox.endpoints.questions import Question, read_question
from surrogate.blackbox.endpoints.state import check_state, filled
from surrogate.blackbox.endpoints.transport import Transport
from surrogate.errors import InputError

__all__ = ["DecisionEndpoint"]

FORMS = ("systemone", "decisions")


class DecisionEndpoint(Endpoint):
    """A model that answers typed questions with probabilities, behind ``/v1/systemone`` or ``/v1/decisions``.

    The ``probabilities`` are explained, never the ``confidence``, which is another function of them.

    Parameters
    ----------
    access : Access
    model : str
        The model id that requests name.
    questions : mapping of str to mapping
        By name, each with ``type`` ("choice", "score" or "noul"), ``instructions`` and ``criteria``, as ``/v1/systemone``
        takes them.  All are sent, since the answer to one may depend on the others.
    explain : str or sequence of str, optional
        The question to explain; several noul questions are explained as one classifier with several labels.  May be left
        out where there is one question.
    form : {"systemone", "decisions"}, default "systemone"
        ``/v1/systemone`` as ``transformers serve`` answers it, or ``/v1/decisions`` as OpenAI documents it.
    state : JSON value, default "{text}"
        What the text is handed over in, with ``{text}`` once, where it goes: as the deployed system does it.
    revision : str, default ""
        The user's name for this state of the service; part of the fingerprint.
    name : str, default ""
        What a report calls the model.

    Raises
    ------
    InputError
        ``bad-endpoint``.
    ModelError
        ``bad-labels`` or ``prompt-without-text``.

    Examples
    --------
    >>> route = {"type": "choice", "instructions": "Which desk?", "criteria": {"card": "lost cards", "cash": ""}}
    >>> box = DecisionEndpoint(Access.to("http://localhost:8000"), "router", {"route": route})
    >>> box.classes_.tolist(), box.multi_label
    (['card', 'cash'], False)
    """

    kind_name: ClassVar[str] = "decision-endpoint"

    def __init__(
        self,
        access: Access,
        model: str,
        questions: Mapping[str, Mapping[str, Any]],
        *,
        explain: str | Sequence[str] | None = None,
        form: str = "systemone",
        state: Any = "{text}",
        revision: str = "",
        name: str = "",
    ) -> None:
        if form not in FORMS:
            raise InputError("bad-endpoint", f"'form' must be one of {', '.join(FORMS)}; got {form!r}.")
        asked = {each: read_question(each, table) for each, table in questions.items()}
        self._explained = _explained(asked, explain)
        self._template = _template(model, asked, form)
        self._form = form
        self._given = check_state(state)
        if form == "decisions" and not isinstance(state, str):
            raise InputError("bad-endpoint", "A state that is not a string is only taken by /v1/systemone.")
        several = len(self._explained) > 1
        labels = [each.name for each in self._explained] if several else self._explained[0].options
        super().__init__(
            Identity(
                name=name or public_name(model),
                kind=self.kind_name,
                labels=check_labels(labels),
                fingerprint=endpoint_fingerprint(
                    self.kind_name, model, revision, list(labels), self._all_that_decides()
                ),
                multi_label=several,
                details={
                    "model": public_name(model),
                    "revision": revision or None,
                    "form": f"/v1/{form}",
                    "question": ", ".join(each.name for each in self._explained),
                    "question_type": self._explained[0].type,
                    "n_questions": len(asked),
                    "explained": "probabilities",
                    "log_probability_decimals": DECIMALS,
                },
            ),
            access,
        )

    def _all_that_decides(self) -> dict[str, Any]:
        explained = [each.name for each in self._explained]
        return {"form": self._form, "request": self._template, "state": self._given, "explained": explained}

    @property
    def sent_beside(self) -> tuple[str, ...]:
        """The questions, and what the text is handed over in."""
        given = "" if self._given == "{text}" else json.dumps(filled(self._given, ""), ensure_ascii=False)
        return (json.dumps(self._template, ensure_ascii=False) + given,)

    async def ask(self, transport: Transport, text: str, draw: int) -> Answers:
        """Ask about one text; an Answers of length 1."""
        place = self.access.address.place
        field = "state" if self._form == "systemone" else "input"
        body = {**self._template, field: filled(self._given, text)}
        reply = await transport.post(f"/v1/{self._form}", body, text)
        self.check_served(reply)
        read = read_systemone if self._form == "systemone" else read_decisions
        answers = [read(reply, question, place) for question in self._explained]
        known = [answer for answer in answers if answer is not None]
        if len(known) < len(answers):
            return refused_answer(len(self.classes_))
        values = [answer.values[0] for answer in known] if self.multi_label else known[0].values
        mass = None if self.multi_label else known[0].label_mass
        return one_answer(check_probabilities(values, place, self.multi_label), mass)


def _explained(asked: Mapping[str, Question], explain: str | Sequence[str] | None) -> tuple[Question, ...]:
    if not asked:
        raise InputError("bad-endpoint", "A decision endpoint needs at least one question.")
    if explain is None:
        if len(asked) > 1:
            raise InputError("bad-endpoint", f"Say with explain which question is meant: {', '.join(asked)}.")
        return tuple(asked.values())
    names = [explain] if isinstance(explain, str) else list(explain)
    missing = [name for name in names if name not in asked]
    if missing or not names:
        raise InputError(
            "bad-endpoint", f"There is no question {', '.join(missing)!r} to explain. Questions: {', '.join(asked)}."
        )
    chosen = tuple(asked[name] for name in names)
    if len(chosen) > 1 and any(question.type != "noul" for question in chosen):
        raise InputError(
            "bad-endpoint", "Several questions can be explained together only where all are noul questions."
        )
    return chosen


def _template(model: str, asked: Mapping[str, Question], form: str) -> dict[str, Any]:
    """The request without the text."""
    if form == "systemone":
        return {"model": model, "questions": {name: question.systemone() for name, question in asked.items()}}
    return {"model": model, "questions": [question.decisions() for question in asked.values()]}
