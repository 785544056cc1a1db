"""A plain loop: one episode for each seed, by a policy that asks for the list of notes and answers.

    python rollout.py http://127.0.0.1:7071 3
"""

import sys

import mynah


def policy(observation: mynah.Observation, step: int) -> dict:
    """Yours: what the agent does when it sees this."""
    return {"method": "GET", "path": "/notes"} if step == 0 else {"answer": "done"}


def rollout(env: mynah.Env, seed: int) -> float:
    observation, _info = env.reset(seed=seed)
    total, step, over = 0.0, 0, False
    while not over:
        observation, reward, terminated, truncated, _info = env.step(policy(observation, step))
        total, step, over = total + reward, step + 1, terminated or truncated
    return total


def main(url: str, count: int) -> None:
    with mynah.Env(url, labels={"run": "rollout"}) as env:
        for seed in range(count):
            print(f"seed {seed}: {rollout(env, seed)}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:7071", int(sys.argv[2]) if len(sys.argv) > 2 else 1)
