"""model.toml of an endpoint: where it is, what it is asked, and with which manners."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any

from surrogate.blackbox.endpoints.access import DAY, Access
from surrogate.blackbox.endpoints.chat import ChatEndpoint
from surrogate.blackbox.endpoints.decision import DecisionEndpoint
from surrogate.blackbox.endpoints.decoding import Decoding
from surrogate.blackbox.endpoints.endpoint import Endpoint
from surrogate.blackbox.endpoints.manners import Manners
from surrogate.blackbox.spec import Prompt
from surrogate.errors import ModelError

__all__ = ["ENDPOINT_KINDS", "load_endpoint"]

_COMMON = {
    "schema",
    "name",
    "kind",
    "summary",
    "url",
    "model",
    "served_model",
    "revision",
    "api_key_env",
    "keyring",
    "expires_after",
    "tolerance",
    "manners",
}
_DECISION = _COMMON | {"form", "explain", "questions", "state"}
_CHAT = _COMMON | {"labels", "prompt", "decoding", "request", "embedding_model"}


def load_endpoint(table: Mapping[str, Any], where: str, *, allow_remote: bool = False) -> Endpoint:
    """Make an endpoint of the table of a model.toml; nothing is sent.

    Parameters
    ----------
    table : mapping
    where : str
        What messages call the file.
    allow_remote : bool, default False

    Raises
    ------
    InputError
        ``bad-endpoint`` or ``remote-not-allowed``.
    ModelError
        ``bad-model-file`` naming the key, ``bad-labels``, ``prompt-without-text``.

    Examples
    --------
    >>> table = {"schema": 1, "name": "router", "kind": "chat-endpoint", "url": "http://localhost:8000", "model": "m",
    ...          "labels": ["card", "cash"], "prompt": {"user": "Which desk? {text}"}}
    >>> load_endpoint(table, "router/model.toml").name
    'router'
    """
    kind = table.get("kind")
    if table.get("schema") != 1:
        raise ModelError("bad-model-file", f"{where}: 'schema' must be 1.")
    return ENDPOINT_KINDS[str(kind)](table, where, allow_remote)


def _decision(table: Mapping[str, Any], where: str, allow_remote: bool) -> DecisionEndpoint:
    _only(table, _DECISION, where)
    questions = _part(table, "questions", where)
    explain = table.get("explain")
    if isinstance(explain, list) and all(isinstance(name, str) for name in explain):
        explain = tuple(explain)
    elif explain is not None and not isinstance(explain, str):
        raise _wrong(where, "explain", "the name of a question, or a list of names")
    for name in questions:
        _part(questions, name, f"{where} [questions]")
    return DecisionEndpoint(
        _access(table, where, allow_remote),
        _text(table, "model", where),
        questions,
        explain=explain,
        form=_text(table, "form", where, "systemone"),
        state=table.get("state", "{text}"),
        revision=_text(table, "revision", where, ""),
        name=_text(table, "name", where),
    )


def _chat(table: Mapping[str, Any], where: str, allow_remote: bool) -> ChatEndpoint:
    _only(table, _CHAT, where)
    labels = table.get("labels")
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise _wrong(where, "labels", "a list of strings")
    asked = _part(table, "prompt", where)
    at = f"{where} [prompt]"
    _only(asked, {"system", "user", "instruction"}, at)
    return ChatEndpoint(
        _access(table, where, allow_remote),
        _text(table, "model", where),
        labels,
        Prompt(_text(asked, "user", at), _text(asked, "instruction", at, "")),
        system=_text(asked, "system", at, ""),
        decoding=Decoding(**_fields(table, "decoding", Decoding, where)),
        request=_part(table, "request", where) if "request" in table else None,
        embedding_model=_text(table, "embedding_model", where, ""),
        revision=_text(table, "revision", where, ""),
        name=_text(table, "name", where),
    )


#: What reads the table of each kind.
ENDPOINT_KINDS: dict[str, Callable[[Mapping[str, Any], str, bool], Endpoint]] = {
    DecisionEndpoint.kind_name: _decision,
    ChatEndpoint.kind_name: _chat,
}


def _access(table: Mapping[str, Any], where: str, allow_remote: bool) -> Access:
    return Access.to(
        _text(table, "url", where),
        allow_remote=allow_remote,
        api_key_env=_text(table, "api_key_env", where, ""),
        keyring=_text(table, "keyring", where, ""),
        manners=Manners(**_fields(table, "manners", Manners, where)),
        expires_after=_above_zero(table, "expires_after", where, DAY),
        tolerance=_above_zero(table, "tolerance", where, 0.01),
        served_model=_text(table, "served_model", where, ""),
    )


def _above_zero(table: Mapping[str, Any], key: str, where: str, default: float) -> float:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise _wrong(where, key, "a number above 0")
    return float(value)


def _fields(table: Mapping[str, Any], key: str, settings: Any, where: str) -> dict[str, Any]:
    part = _part(table, key, where) if key in table else {}
    _only(part, {each.name for each in fields(settings)}, f"{where} [{key}]")
    return dict(part)


def _part(table: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    value = table.get(key)
    if not isinstance(value, dict):
        raise _wrong(where, key, "a table")
    return value


def _text(table: Mapping[str, Any], key: str, where: str, default: str | None = None) -> str:
    value = table.get(key, default)
    if not isinstance(value, str) or (default is None and not value):
        raise _wrong(where, key, "a string" if default is not None else "given, a string")
    return value


def _only(table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, list(known), n=1)
            meant = f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(sorted(known))}."
            raise ModelError("bad-model-file", f"{where}: there is no key {key!r}. {meant}")


def _wrong(where: str, key: str, wanted: str) -> ModelError:
    return ModelError("bad-model-file", f"{where}: {key!r} must be {wanted}.")
