"""What the control plane is sent and what it answers."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, TypedDict

# JSON is recursive, which type checkers of this age do not agree on.
JsonValue = Any
JsonObject = Dict[str, Any]


class _Request(TypedDict):
    method: str
    path: str


class Action(_Request, total=False):
    """A request of the agent. A body that is no text is sent as JSON."""

    query: JsonObject
    headers: Dict[str, Any]
    body: JsonValue
    service: str


class Observation(TypedDict):
    """All that the agent may be shown. Before the first step the status is 0 and the body holds the goal."""

    status: int
    headers: Dict[str, Any]
    body: JsonValue


class Credential(TypedDict):
    """Headers with which a request is that principal's."""

    principal: str
    service: str
    headers: Dict[str, str]


class Episode(TypedDict):
    """An episode that was begun, with all that lets an agent at it."""

    id: str
    url: str
    services: Dict[str, str]
    proxy_url: str
    mcp_url: str
    credentials: List[Credential]
    observation: Observation
    info: JsonObject


class _Figures(TypedDict):
    id: str
    seed: int
    task: Optional[str]
    step_count: int
    reward_total: float
    rewards: Dict[str, float]
    terminated: bool
    truncated: bool
    finished: bool


class Summary(_Figures, total=False):
    """An episode in figures. `truncation` says why it is truncated."""

    truncation: str
    labels: Dict[str, str]
    created_at: int
