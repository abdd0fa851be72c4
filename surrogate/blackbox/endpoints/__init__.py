"""Black boxes behind HTTP: decision endpoints and chat endpoints."""

from __future__ import annotations

from surrogate.blackbox.endpoints.access import Access
from surrogate.blackbox.endpoints.chat import ChatEndpoint
from surrogate.blackbox.endpoints.decision import DecisionEndpoint
from surrogate.blackbox.endpoints.decoding import Decoding
from surrogate.blackbox.endpoints.endpoint import Endpoint
from surrogate.blackbox.endpoints.manners import Manners

__all__ = ["Access", "ChatEndpoint", "DecisionEndpoint", "Decoding", "Endpoint", "Manners"]
