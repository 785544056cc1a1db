"""Rollouts in Ray actors: each has a connection of its own, and seeds say which episodes it plays.

    python ray_actor.py http://127.0.0.1:7071 4

Without Ray the same class runs in this process.
"""

import sys
from typing import Callable, List

import mynah

try:
    import ray
except ImportError:
    ray = None

Policy = Callable[[mynah.Observation, int], dict]


class RolloutActor:
    """Plays episodes with a policy. Make it remote with ``ray.remote(RolloutActor)``."""

    def __init__(self, url: str, policy: Policy) -> None:
        self._env = mynah.Env(url, labels={"run": "ray"})
        self._policy = policy

    def play(self, seed: int) -> float:
        observation, _info = self._env.reset(seed=seed)
        total, step, over = 0.0, 0, False
        while not over:
            observation, reward, terminated, truncated, _info = self._env.step(self._policy(observation, step))
            total, step, over = total + reward, step + 1, terminated or truncated
        return total


def first_then_answer(_observation: mynah.Observation, step: int) -> dict:
    return {"method": "GET", "path": "/notes"} if step == 0 else {"answer": "done"}


def play_all(url: str, seeds: List[int], actors: int = 2) -> List[float]:
    if ray is None:
        actor = RolloutActor(url, first_then_answer)
        return [actor.play(seed) for seed in seeds]
    remote = ray.remote(RolloutActor)
    pool = [remote.remote(url, first_then_answer) for _ in range(actors)]
    return ray.get([pool[seed % actors].play.remote(seed) for seed in seeds])


if __name__ == "__main__":
    print(play_all(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:7071", list(range(int(sys.argv[2]) if len(sys.argv) > 2 else 1))))
