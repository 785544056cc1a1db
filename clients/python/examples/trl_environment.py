"""An environment for TRL's ``GRPOTrainer(environment_factory=CloneEnvironment, reward_funcs=reward)``.

TRL makes one for every generation (so serve with room for as many episodes), calls ``reset`` with the columns of the data set,
and offers the public methods to the model as tools, described by their docstrings. TRL is not needed to import this file.
"""

import json
import os
from typing import Any, List

import mynah

URL = os.environ.get("MYNAH_CONTROL_URL", "http://127.0.0.1:7071")


class CloneEnvironment:
    def __init__(self) -> None:
        self._env = mynah.Env(URL)
        self._over = True
        self.reward = 0.0

    def reset(self, **columns: Any) -> str:
        """Begins an episode. The data set may have the columns ``seed`` and ``task``."""
        options = {"task": columns["task"]} if columns.get("task") else {}
        observation, _info = self._env.reset(seed=columns.get("seed"), options=options)
        self.reward, self._over = 0.0, False
        body = observation["body"]
        return body["goal"] if isinstance(body, dict) and "goal" in body else ""

    def request(self, method: str, path: str, body: str = "") -> str:
        """
        Send one HTTP request to the API.

        Args:
            method: GET, POST, PUT, PATCH or DELETE.
            path: Path with query, for example /notes?state=open.
            body: JSON text of the body, empty for none.

        Returns:
            The status and the body of the answer.
        """
        return self._take({"method": method, "path": path, **({"body": body} if body else {})})

    def answer(self, text: str) -> str:
        """
        Give the final answer. Nothing can be done after it.

        Args:
            text: The answer.

        Returns:
            A confirmation.
        """
        return self._take({"answer": text})

    def _take(self, action: dict) -> str:
        if self._over:
            return "The task is over."
        try:
            observation, reward, terminated, truncated, _info = self._env.step(action)
        except mynah.MynahError as error:
            return f"That is no request: {error.detail}"
        self.reward += reward
        self._over = terminated or truncated
        return "The task is over." if "answer" in action else f"{observation['status']} {json.dumps(observation['body'])}"


def reward(environments: List[CloneEnvironment], **_others: Any) -> List[float]:
    """What each environment's episode has earned."""
    return [environment.reward for environment in environments]
