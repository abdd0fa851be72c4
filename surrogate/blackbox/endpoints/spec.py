"""model.toml of an endpoint: where it is, what it is asked, and with which manners."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from surrogate.blackbox.endpoints.access import DAY, Access
from surrogate.blackbox.endpoints.chat import ChatEndpoint
from surrogate.blackbox.endpoints.decision import DecisionEndpoint
from surrogate.blackbox.endpoints.decoding import Decoding
from surrogate.blackbox.endpoints.embeddings import EmbeddingEndpoint
from surrogate.blackbox.endpoints.endpoint import Endpoint
from surrogate.blackbox.endpoints.manners import Manners
from surrogate.blackbox.spec import Prompt
from surrogate.blackbox.toml_table import Table, is_number

__all__ = ["ENDPOINT_KINDS", "load_embedding_endpoint", "load_endpoint"]

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
_EMBEDDINGS = _COMMON | {"dimensions", "batch_size", "text_form", "request"}


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
    read = Table(where, table)
    read.first_schema()
    return ENDPOINT_KINDS[str(table.get("kind"))](read, allow_remote)


def load_embedding_endpoint(table: Mapping[str, Any], where: str, *, allow_remote: bool = False) -> EmbeddingEndpoint:
    """Make an endpoint of embeddings of the table of a model.toml; nothing is sent.

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
        ``bad-model-file`` naming the key; ``prompt-without-text``.

    Examples
    --------
    >>> table = {"schema": 1, "name": "vectors", "kind": "embeddings-endpoint", "url": "http://localhost:8000", "model": "m"}
    >>> load_embedding_endpoint(table, "vectors/model.toml").batch_size
    32
    """
    read = Table(where, table)
    read.first_schema()
    read.only(_EMBEDDINGS)
    return EmbeddingEndpoint(
        _access(read, allow_remote),
        _given(read, "model"),
        dimensions=table.get("dimensions"),
        batch_size=table.get("batch_size", 32),
        text_form=read.text("text_form", "{text}"),
        request=read.part("request").table if "request" in table else None,
        revision=read.text("revision", ""),
        name=_given(read, "name"),
    )


def _decision(table: Table, allow_remote: bool) -> DecisionEndpoint:
    table.only(_DECISION)
    questions = table.part("questions")
    explain = table.table.get("explain")
    if isinstance(explain, list) and all(isinstance(name, str) for name in explain):
        explain = tuple(explain)
    elif explain is not None and not isinstance(explain, str):
        raise table.fail("explain", "the name of a question, or a list of names")
    return DecisionEndpoint(
        _access(table, allow_remote),
        _given(table, "model"),
        {name: questions.part(name).table for name in questions.table},
        explain=explain,
        form=table.text("form", "systemone"),
        state=table.table.get("state", "{text}"),
        revision=table.text("revision", ""),
        name=_given(table, "name"),
    )


def _chat(table: Table, allow_remote: bool) -> ChatEndpoint:
    table.only(_CHAT)
    labels, asked = table.texts("labels"), table.part("prompt")
    asked.only({"system", "user", "instruction"})
    return ChatEndpoint(
        _access(table, allow_remote),
        _given(table, "model"),
        labels,
        Prompt(_given(asked, "user"), asked.text("instruction", "")),
        system=asked.text("system", ""),
        decoding=Decoding(**_fields(table, "decoding", Decoding)),
        request=table.part("request").table if "request" in table.table else None,
        embedding_model=table.text("embedding_model", ""),
        revision=table.text("revision", ""),
        name=_given(table, "name"),
    )


#: What reads the table of each kind.
ENDPOINT_KINDS: dict[str, Callable[[Table, bool], Endpoint]] = {
    DecisionEndpoint.kind_name: _decision,
    ChatEndpoint.kind_name: _chat,
}


def _access(table: Table, allow_remote: bool) -> Access:
    return Access.to(
        _given(table, "url"),
        allow_remote=allow_remote,
        api_key_env=table.text("api_key_env", ""),
        keyring=table.text("keyring", ""),
        manners=Manners(**_fields(table, "manners", Manners)),
        expires_after=_above_zero(table, "expires_after", DAY),
        tolerance=_above_zero(table, "tolerance", 0.01),
        served_model=table.text("served_model", ""),
    )


def _given(table: Table, key: str) -> str:
    """A string that is not empty."""
    value = table.text(key, "")
    if not value:
        raise table.fail(key, "given, a string")
    return value


def _above_zero(table: Table, key: str, default: float) -> float:
    value = table.table.get(key, default)
    if not is_number(value) or not value > 0:
        raise table.fail(key, "a number above 0")
    return float(value)


def _fields(table: Table, key: str, settings: Any) -> dict[str, Any]:
    if key not in table.table:
        return {}
    part = table.part(key)
    part.only({each.name for each in fields(settings)})
    return dict(part.table)
