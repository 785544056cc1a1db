"""Against a server of the notes clone, whose control plane is at MYNAH_CONTROL_URL."""

import importlib.util
import inspect
import os
import pathlib
import socket
import threading
import typing
import unittest

import mynah

URL = os.environ["MYNAH_CONTROL_URL"]
EXAMPLES = pathlib.Path(__file__).parent.parent / "examples"
CREATE = {"method": "POST", "path": "/notes", "body": {"title": "bread"}}


def example(name: str):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class ConnectionTest(unittest.TestCase):
    def test_is_made_again_where_the_server_has_closed_it_meanwhile(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def answer_and_leave() -> None:
            connection, _address = listener.accept()
            connection.recv(65536)
            connection.sendall(b'HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{"tasks": []}')
            connection.close()

        with mynah.Client(f"http://127.0.0.1:{listener.getsockname()[1]}") as client:
            for _turn in range(2):
                server = threading.Thread(target=answer_and_leave)
                server.start()
                self.assertEqual(client.tasks(), [])
                server.join()


class EnvTest(unittest.TestCase):
    def setUp(self) -> None:
        self.env = mynah.Env(URL, task="write")
        self.addCleanup(self.env.close)

    def test_steps_and_ends_as_gymnasium_says(self) -> None:
        observation, info = self.env.reset(seed=3)
        self.assertEqual(observation, {"status": 0, "headers": {}, "body": {"goal": "Write two notes."}})
        self.assertEqual((info["seed"], info["task"]), (3, "write"))
        observation, reward, terminated, truncated, info = self.env.step(CREATE)
        self.assertEqual((observation["status"], reward, terminated, truncated), (201, 1.0, False, False))
        self.assertEqual(info["rewards"], {"made": 1})
        _observation, reward, terminated, truncated, info = self.env.step({"answer": "done"})
        self.assertEqual((reward, terminated, truncated), (2.0, True, False))
        self.assertEqual(info["reward_total"], 3)
        with self.assertRaises(RuntimeError):
            self.env.step(CREATE)

    def test_the_last_reward_holds_what_the_end_gave(self) -> None:
        self.env.reset(seed=1)
        self.env.step(CREATE)
        _observation, reward, terminated, truncated, info = self.env.step(CREATE)
        self.assertEqual((reward, terminated, truncated), (1.0, False, True))
        self.assertEqual((info["truncation"], info["final"]["reward_total"]), ("step-limit", 2))

    def test_a_probe_that_terminates_does_not_truncate(self) -> None:
        self.env.reset(seed=1)
        _observation, _reward, terminated, truncated, _info = self.env.step({"method": "DELETE", "path": "/notes/1"})
        self.assertEqual((terminated, truncated), (True, False))

    def test_equal_seeds_give_equal_episodes(self) -> None:
        def play(seed: int) -> list:
            return [self.env.reset(seed=seed)[0], self.env.step(CREATE)[:4], self.env.step({"answer": 1})[:4]]

        self.assertEqual(play(5), play(5))
        self.assertNotEqual(play(5)[1], play(6)[1])

    def test_the_seed_alone_selects_a_task(self) -> None:
        with mynah.Env(URL) as env:
            self.assertEqual([env.reset(seed=seed)[1]["task"] for seed in range(4)], ["write", "read", "write", "read"])
            self.assertEqual(env.reset(seed=0, options={"task": "read"})[1]["task"], "read")

    def test_meets_the_faults_that_it_was_asked_to_have(self) -> None:
        with mynah.Env(URL, faults={"rate": 1, "kinds": ["503"]}) as env:
            env.reset(seed=3)
            self.assertEqual(env.step(CREATE)[0]["status"], 503)
        with mynah.VectorEnv(2, URL, faults={"rate": 1, "kinds": ["429"]}) as envs:
            envs.reset(seed=3)
            self.assertEqual([one["status"] for one in envs.step([CREATE, CREATE])[0]], [429, 429])

    def test_is_told_where_a_clone_knows_no_latencies(self) -> None:
        with self.assertRaises(mynah.MynahError) as caught:
            self.env.client.create(latency=True)
        self.assertEqual((caught.exception.code, caught.exception.status), ("ERR_CALL_INVALID", 400))

    def test_needs_a_reset_first(self) -> None:
        with self.assertRaises(RuntimeError):
            mynah.Env(self.env.client).step(CREATE)


class VectorEnvTest(unittest.TestCase):
    def test_steps_all_and_begins_anew_with_the_next_step(self) -> None:
        with mynah.VectorEnv(3, URL, task="write") as env:
            observations, infos = env.reset(seed=10)
            self.assertEqual([info["seed"] for info in infos], [10, 11, 12])
            self.assertEqual([one["status"] for one in observations], [0, 0, 0])
            observations, rewards, terminated, truncated, _infos = env.step([CREATE, {"answer": "done"}, CREATE])
            self.assertEqual((rewards, terminated, truncated), ([1.0, 2.0, 1.0], [False, True, False], [False] * 3))
            observations, rewards, terminated, truncated, infos = env.step([CREATE, CREATE, CREATE])
            self.assertEqual([one["status"] for one in observations], [201, 0, 201])
            self.assertEqual((rewards, truncated), ([1.0, 0.0, 1.0], [True, False, True]))
            self.assertEqual(infos[1]["seed"], 14)
            self.assertEqual(infos[0]["final"]["reward_total"], 2)

    def test_gives_what_episodes_alone_give(self) -> None:
        with mynah.VectorEnv(2, URL, task="write") as many, mynah.Env(URL, task="write") as alone:
            many.reset(seed=[4, 9])
            tokens = [one["body"]["token"] for one in many.step([CREATE, CREATE])[0]]
            for seed, token in zip([4, 9], tokens):
                alone.reset(seed=seed)
                self.assertEqual(alone.step(CREATE)[0]["body"]["token"], token)

    def test_refuses_what_does_not_fit(self) -> None:
        with mynah.VectorEnv(2, URL) as env:
            with self.assertRaises(RuntimeError):
                env.step([CREATE, CREATE])
            with self.assertRaises(ValueError):
                env.reset(seed=[1])
            env.reset()
            with self.assertRaises(ValueError):
                env.step([CREATE])
        with self.assertRaises(ValueError):
            mynah.VectorEnv(0, URL)


class ClientTest(unittest.TestCase):
    def setUp(self) -> None:
        self.client = mynah.Client(URL)
        self.addCleanup(self.client.close)

    def test_reads_forks_and_forgets(self) -> None:
        episode = self.client.create(seed=1, task="write", labels={"run": "python"})
        self.client.step(episode["id"], CREATE)
        [fork] = self.client.fork(episode["id"], at=0)
        onward = self.client.continue_from(episode["id"], 1)
        self.assertEqual([self.client.summary(one["id"])["step_count"] for one in (episode, fork, onward)], [1, 0, 1])
        self.assertEqual(len(self.client.world(episode["id"])["Note"]), 3)
        self.assertEqual([line["kind"] for line in self.client.log(episode["id"])], ["header", "step"])
        listed = [one["id"] for one in self.client.list(labels={"run": "python"})]
        self.assertIn(episode["id"], listed)
        self.assertEqual(self.client.reset(episode["id"], seed=2)["info"]["seed"], 2)
        self.client.delete(episode["id"])
        with self.assertRaises(mynah.MynahError) as caught:
            self.client.summary(episode["id"])
        self.assertEqual((caught.exception.code, caught.exception.status), ("ERR_EPISODE_NOT_FOUND", 404))

    def test_sets_the_clock(self) -> None:
        id = self.client.create()["id"]
        start = self.client.clock(id)["time"]
        self.assertEqual(self.client.clock(id, advance=5, frozen=True), {"time": start + 5, "iso": "2023-11-14T22:13:20.005Z", "frozen": True})

    def test_tells_of_tasks_and_model(self) -> None:
        self.assertEqual([task["id"] for task in self.client.tasks()], ["write", "read"])
        self.assertEqual(self.client.model()["services"][0]["name"], "notes")

    def test_says_what_was_wrong(self) -> None:
        with self.assertRaises(mynah.MynahError) as caught:
            self.client.create(seed=-1)
        self.assertEqual(caught.exception.code, "ERR_CALL_INVALID")
        [failed] = self.client.step_many({"nobody": CREATE}).values()
        self.assertIsInstance(failed, mynah.MynahError)
        with self.assertRaises(ValueError):
            mynah.Client("localhost:7071")

    def test_threads_take_turns(self) -> None:
        made: list = []
        threads = [threading.Thread(target=lambda: made.append(self.client.create()["id"])) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(set(made)), 8)

    def test_is_typed(self) -> None:
        for kind in (mynah.Client, mynah.Env, mynah.VectorEnv):
            for name, method in inspect.getmembers(kind, inspect.isfunction):
                if not name.startswith("_"):
                    self.assertIn("return", typing.get_type_hints(method), f"{kind.__name__}.{name}")
        self.assertTrue((pathlib.Path(mynah.__file__).parent / "py.typed").exists())


class ExamplesTest(unittest.TestCase):
    def test_the_plain_loop_runs(self) -> None:
        rollout = example("rollout")
        with mynah.Env(URL, task="write") as env:
            self.assertEqual(rollout.rollout(env, 1), 2.0)

    def test_the_environment_for_trl_has_what_trl_asks_for(self) -> None:
        module = example("trl_environment")
        module.URL = URL
        environment = module.CloneEnvironment()
        self.assertEqual(environment.reset(seed=0, task="write", prompt="of the data set"), "Write two notes.")
        tools = [method for name, method in inspect.getmembers(environment, inspect.ismethod) if not name.startswith("_") and name != "reset"]
        for tool in tools:
            self.assertIn("Args:", inspect.getdoc(tool))
            self.assertNotIn(inspect.Parameter.empty, [one.annotation for one in inspect.signature(tool).parameters.values()])
        self.assertTrue(environment.request("POST", "/notes", '{"title": "x"}').startswith("201 "))
        self.assertTrue(environment.request("NO METHOD", "/").startswith("That is no request"))
        environment.answer("done")
        self.assertEqual(module.reward([environment]), [3.0])
        self.assertEqual(environment.request("GET", "/notes"), "The task is over.")

    def test_the_actor_plays_without_ray_and_with_it(self) -> None:
        module = example("ray_actor")
        module.ray = None
        self.assertEqual(module.play_all(URL, [0, 2]), [2.0, 2.0])

        class Remote:
            """What this example uses of Ray, in this process."""

            @staticmethod
            def remote(kind):
                class Made:
                    def __init__(self, *given):
                        self.made = kind(*given)
                        self.play = type("Method", (), {"remote": staticmethod(self.made.play)})

                return type("Actor", (), {"remote": staticmethod(Made)})

            @staticmethod
            def get(values):
                return values

        module.ray = Remote
        self.assertEqual(module.play_all(URL, [0, 2]), [2.0, 2.0])


if __name__ == "__main__":
    unittest.main()
