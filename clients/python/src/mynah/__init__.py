"""Episodes of a Mynah clone, in the shape of Gymnasium. Standard library only."""

from .client import Client, MynahError
from .env import Env
from .types import Action, Credential, Episode, JsonObject, JsonValue, Observation, Summary
from .vector import VectorEnv

__all__ = [
    "Action",
    "Client",
    "Credential",
    "Env",
    "Episode",
    "JsonObject",
    "JsonValue",
    "MynahError",
    "Observation",
    "Summary",
    "VectorEnv",
]
__version__ = "0.1.0"
