"""Many episodes side by side, with the methods of ``gymnasium.vector.VectorEnv``: one call steps all of them."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from .client import Client, MynahError
from .env import add_rewards
from .types import Action, Episode, JsonObject, JsonValue, Observation

VectorResult = Tuple[List[Observation], List[float], List[bool], List[bool], List[JsonObject]]


class VectorEnv:
    """``num_envs`` episodes; an episode that has ended begins anew with the next step (Gymnasium's ``NEXT_STEP``).

    That step takes no action of its episode: it gives the first observation, reward 0 and no end. Episode number ``n`` of place ``i``
    has the seed ``seed + i + n * num_envs``, so a seed fixes all of them.
    """

    metadata: Dict[str, Any] = {"autoreset_mode": "NextStep", "render_modes": []}

    def __init__(
        self,
        num_envs: int,
        client: Union[Client, str] = "http://127.0.0.1:7071",
        *,
        task: Optional[str] = None,
        labels: Optional[Mapping[str, str]] = None,
        faults: Optional[Mapping[str, JsonValue]] = None,
        token: Optional[str] = None,
    ) -> None:
        if num_envs < 1:
            raise ValueError("num_envs must be at least 1")
        self.num_envs = num_envs
        self.client = client if isinstance(client, Client) else Client(client, token=token)
        self._owns_client = not isinstance(client, Client)
        start = {"task": task, "labels": labels, "faults": faults}
        self._start = {name: value for name, value in start.items() if value is not None}
        self._seeds = list(range(num_envs))
        self._ended = [True] * num_envs
        self.episodes: List[Optional[Episode]] = [None] * num_envs

    def reset(
        self, *, seed: Union[int, Sequence[int], None] = None, options: Optional[JsonObject] = None
    ) -> Tuple[List[Observation], List[JsonObject]]:
        """Begins all episodes: ``seed`` for the first, one more for each of the others, or a list of seeds."""
        first = 0 if seed is None else seed
        self._seeds = [first + place for place in range(self.num_envs)] if isinstance(first, int) else list(first)
        if len(self._seeds) != self.num_envs:
            raise ValueError(f"{len(self._seeds)} seeds for {self.num_envs} episodes")
        self._begin(range(self.num_envs), options)
        begun = [episode for episode in self.episodes if episode is not None]
        return [one["observation"] for one in begun], [{**one["info"], "episode": one["id"]} for one in begun]

    def step(self, actions: Sequence[Union[Action, Mapping[str, JsonValue]]]) -> VectorResult:
        """One action for every episode, in order."""
        if len(actions) != self.num_envs:
            raise ValueError(f"{len(actions)} actions for {self.num_envs} episodes")
        if any(episode is None for episode in self.episodes):
            raise RuntimeError("the episodes have not begun: call reset")
        over = [place for place in range(self.num_envs) if self._ended[place]]
        under_way = [place for place in range(self.num_envs) if not self._ended[place]]
        results: List[Any] = [None] * self.num_envs
        for place in over:
            self._seeds[place] += self.num_envs
        self._begin(over, None)
        for place in over:
            begun = self._episode(place)
            results[place] = (begun["observation"], 0.0, False, False, {**begun["info"], "episode": begun["id"]})
        stepping = [place for place in under_way if "answer" not in actions[place]]
        stepped = self.client.step_many({self._episode(place)["id"]: actions[place] for place in stepping})  # type: ignore[misc]
        for place in under_way:
            if "answer" in actions[place]:
                ended = self._finish(place, actions[place]["answer"])  # type: ignore[typeddict-item]
                nothing = {"status": 0, "headers": {}, "body": None}
                results[place] = (nothing, float(ended["reward"]), ended["terminated"], ended["truncated"], ended["info"])
                continue
            one = stepped[self._episode(place)["id"]]
            if isinstance(one, MynahError):
                raise one
            results[place] = self._result(place, one)
        observations, rewards, terminated, truncated, infos = (list(part) for part in zip(*results))
        return observations, rewards, terminated, truncated, infos

    def close(self) -> None:
        """Ends the connection, unless the client was given."""
        if self._owns_client:
            self.client.close()

    def __enter__(self) -> "VectorEnv":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _begin(self, places: Sequence[int], options: Optional[JsonObject]) -> None:
        if not places:
            return
        start = {**self._start, **(options or {})}
        for place, episode in zip(places, self.client.create_many([{**start, "seed": self._seeds[place]} for place in places])):
            self.episodes[place] = episode
            self._ended[place] = False

    def _result(self, place: int, one: JsonObject) -> Tuple[Observation, float, bool, bool, JsonObject]:
        reward, info = float(one["reward"]), one["info"]
        if one["terminated"] or one["truncated"]:
            last = self._finish(place, None)
            reward += float(last["reward"])
            info = {**info, "final": last["info"], "rewards": add_rewards(info["rewards"], last["rewards"])}
        return one["observation"], reward, one["terminated"], one["truncated"], info

    def _finish(self, place: int, answer: JsonValue) -> JsonObject:
        self._ended[place] = True
        return self.client.finish(self._episode(place)["id"], answer)

    def _episode(self, place: int) -> Episode:
        episode = self.episodes[place]
        assert episode is not None
        return episode
