"""One episode after another, with the methods of ``gymnasium.Env``."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Tuple, Union

from .client import Client
from .types import Action, Episode, JsonObject, JsonValue, Observation

StepResult = Tuple[Observation, float, bool, bool, JsonObject]


class Env:
    """``reset`` begins an episode, ``step`` sends one request of the agent, or its answer: ``{"answer": …}``.

    An episode that has ended is finished at once, so that the reward of its last step holds what outcome and guard probes gave.
    ``terminated`` and ``truncated`` are as Gymnasium means them; ``info["truncation"]`` says why an episode is truncated.

    :param client: a client, or the URL of a control plane
    :param task: what every episode is about; where it is absent, the seed selects
    :param labels: by which the episodes are found again
    :param faults: share of the steps that meet a gateway's error: ``{"rate": 0.05}``; the server's where it is absent
    """

    metadata: Dict[str, Any] = {"render_modes": []}
    render_mode = None

    def __init__(
        self,
        client: Union[Client, str] = "http://127.0.0.1:7071",
        *,
        task: Optional[str] = None,
        labels: Optional[Mapping[str, str]] = None,
        faults: Optional[Mapping[str, JsonValue]] = None,
        token: Optional[str] = None,
    ) -> None:
        self.client = client if isinstance(client, Client) else Client(client, token=token)
        self._owns_client = not isinstance(client, Client)
        self._task = task
        self._labels = labels
        self._faults = faults
        self._ended = True
        self.episode: Optional[Episode] = None

    def reset(self, *, seed: Optional[int] = None, options: Optional[JsonObject] = None) -> Tuple[Observation, JsonObject]:
        """Begins an episode. ``options["task"]`` names a task for this one; equal seeds give equal episodes."""
        task = (options or {}).get("task", self._task)
        self.episode = self.client.create(seed=seed, task=task, labels=self._labels, faults=self._faults)
        self._ended = False
        return self.episode["observation"], {**self.episode["info"], "episode": self.episode["id"]}

    def step(self, action: Union[Action, Mapping[str, JsonValue]]) -> StepResult:
        """One request, or ``{"answer": …}``, which ends the episode. :raises RuntimeError: before a reset and after the end"""
        if self.episode is None or self._ended:
            raise RuntimeError("the episode has ended or has not begun: call reset")
        id = self.episode["id"]
        if "answer" in action:
            return self._finished(self.client.finish(id, action["answer"]), _nothing_seen(), 0.0)
        stepped = self.client.step(id, action)  # type: ignore[arg-type]
        observation, reward = stepped["observation"], float(stepped["reward"])
        if stepped["terminated"] or stepped["truncated"]:
            last = self.client.finish(id)
            info = {**stepped["info"], "final": last["info"]}
            self._ended = True
            rewards = add_rewards(stepped["info"]["rewards"], last["rewards"])
            return observation, reward + float(last["reward"]), stepped["terminated"], stepped["truncated"], {**info, "rewards": rewards}
        return observation, reward, False, False, stepped["info"]

    def finish(self, answer: JsonValue = None) -> StepResult:
        """Ends the episode with an answer, as the action ``{"answer": …}`` does."""
        return self.step({"answer": answer})

    def close(self) -> None:
        """Ends the connection, unless the client was given."""
        if self._owns_client:
            self.client.close()

    def __enter__(self) -> "Env":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _finished(self, ended: JsonObject, observation: Observation, reward: float) -> StepResult:
        self._ended = True
        info = {**ended["info"], "rewards": ended["rewards"]}
        return observation, reward + float(ended["reward"]), ended["terminated"], ended["truncated"], info


def _nothing_seen() -> Observation:
    return {"status": 0, "headers": {}, "body": None}


def add_rewards(first: Mapping[str, float], second: Mapping[str, float]) -> Dict[str, float]:
    """Rewards by probe, added up."""
    return {probe: first.get(probe, 0.0) + second.get(probe, 0.0) for probe in {**first, **second}}
