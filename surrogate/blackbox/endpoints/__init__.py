"""Black boxes behind HTTP: decision endpoints and chat endpoints."""

from __future__ import annotations

from surrogate.blackbox.endpoints.access import Access
from surrogate.blackbox.endpoints.chat import ChatEndpoint
from surrogate.blackbox.endpoints.decision import DecisionEndpoint
from surrogate.blackbox.endpoints.decoding import Decoding
from surrogate.blackbox.endpoints.endpoint import Endpoint
from surrogate.blackbox.endpoints.manners import Manners
from surrogate.blackbox.endpoints.rewriting import ChatRewriter

__all__ = ["Access", "ChatEndpoint", "ChatRewriter", "DecisionEndpoint", "Decoding", "Endpoint", "Manners"]
