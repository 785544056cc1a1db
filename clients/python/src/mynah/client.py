"""The calls of the control plane."""

from __future__ import annotations

import http.client
import json
import selectors
import threading
import time
from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Union
from urllib.parse import quote, urlencode, urlsplit

from .types import Action, Episode, JsonObject, JsonValue, Summary

# A worker of the server has ended and another takes its place: the call was not made.
_ASK_AGAIN = "ERR_WORKER_DIED"
_ATTEMPTS = 5


class MynahError(Exception):
    """A call that the server refused. `code` is stable; the message says what to do."""

    def __init__(self, code: str, status: int, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.status = status
        self.detail = detail


class Client:
    """One connection to a control plane; threads may share it, and take turns.

    :param url: of the control plane, for example ``http://127.0.0.1:7071``
    :param token: what ``mynah serve --token`` wants
    :param timeout: seconds that one answer may take
    """

    def __init__(self, url: str = "http://127.0.0.1:7071", *, token: Optional[str] = None, timeout: float = 60.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"the URL of a control plane is http://HOST:PORT, not {url!r}")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=timeout)
        self._prefix = parts.path.rstrip("/")
        self._token = token
        self._turn = threading.Lock()

    def close(self) -> None:
        """Ends the connection. Episodes go on."""
        self._connection.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def create(
        self,
        *,
        seed: Optional[int] = None,
        task: Optional[str] = None,
        id: Optional[str] = None,
        labels: Optional[Mapping[str, str]] = None,
        faults: Optional[Mapping[str, JsonValue]] = None,
        latency: Optional[bool] = None,
    ) -> Episode:
        """Begins an episode. Where no task is named the seed selects one. ``faults``: ``{"rate": 0.05}``.

        :param latency: whether answers take as long as recorded ones did, on the virtual clock
        """
        return self.call("POST", "/episodes", _given(seed=seed, task=task, id=id, labels=labels, faults=faults, latency=latency))

    def create_many(self, starts: Sequence[Mapping[str, JsonValue]]) -> List[Episode]:
        """Begins many episodes in one call. :raises MynahError: the first refusal among them"""
        answered = self.call("POST", "/episodes:batch", {"episodes": list(starts)})
        return [_unless_refused(one) for one in answered["episodes"]]

    def continue_from(self, episode: str, step: Optional[int] = None, *, labels: Optional[Mapping[str, str]] = None) -> Episode:
        """Begins an episode that goes on from a moment of another: after so many steps, or now."""
        moment = _given(episode=episode, step=step)
        return self.call("POST", "/episodes", _given(**{"from": moment, "labels": labels}))

    def step(self, id: str, action: Action) -> JsonObject:
        """One request of the agent: ``{observation, reward, terminated, truncated, info}``."""
        return self.call("POST", _path(id, "step"), action)

    def step_many(self, actions: Mapping[str, Action]) -> Dict[str, Union[JsonObject, MynahError]]:
        """One step of each of these episodes, in one call. What fails is an error in its place."""
        answered = self.call("POST", "/step:batch", {"steps": [{**action, "id": id} for id, action in actions.items()]})
        return {id: _error_of(one) or one for id, one in zip(actions, answered["steps"])}

    def finish(self, id: str, answer: JsonValue = None) -> JsonObject:
        """Ends the episode; outcome and guard probes judge it: ``{reward, rewards, terminated, truncated, info}``."""
        return self.call("POST", _path(id, "finish"), {"answer": answer})

    def reset(
        self,
        id: str,
        *,
        seed: Optional[int] = None,
        task: Optional[str] = None,
        faults: Optional[Mapping[str, JsonValue]] = None,
        latency: Optional[bool] = None,
    ) -> Episode:
        """Begins anew under the same id."""
        return self.call("POST", _path(id, "reset"), _given(seed=seed, task=task, faults=faults, latency=latency))

    def fork(self, id: str, *, at: Optional[int] = None, count: int = 1) -> List[JsonObject]:
        """Episodes that go on from here, or from step ``at``."""
        return self.call("POST", _path(id, "fork"), _given(at=at, count=count))["episodes"]

    def summary(self, id: str) -> Summary:
        """The episode in figures."""
        return self.call("GET", _path(id))

    def list(self, *, limit: int = 100, labels: Optional[Mapping[str, str]] = None) -> List[Summary]:
        """The newest episodes with these labels, newest first."""
        query = [("limit", str(limit)), *(("label", f"{name}:{value}") for name, value in (labels or {}).items())]
        return self.call("GET", f"/episodes?{urlencode(query)}")["episodes"]

    def clock(
        self, id: str, *, set: Union[str, int, None] = None, advance: Optional[int] = None, frozen: Optional[bool] = None
    ) -> JsonObject:
        """Reads the virtual clock, ``{time, iso, frozen}``, or sets it: to a time, on by milliseconds, or to stand still."""
        change = _given(set=set, advance=advance, frozen=frozen)
        return self.call("POST", _path(id, "clock"), change) if change else self.call("GET", _path(id, "clock"))

    def world(self, id: str) -> JsonObject:
        """Entities by type, as they are now."""
        return self.call("GET", _path(id, "world"))

    def log(self, id: str) -> Iterator[JsonObject]:
        """Lines of the log: a header, one a request, and one when the episode is finished."""
        text = self._send("GET", _path(id, "log"), None)
        return (json.loads(line) for line in text.splitlines() if line)

    def export(self, id: str, format: str = "atif") -> JsonObject:
        """The episode as others read it: ``atif``, or ``results`` as OpenEnv collects them."""
        return self.call("GET", f"{_path(id, 'export')}?{urlencode({'format': format})}")

    def delete(self, id: str) -> None:
        """Forgets the episode and its log."""
        self.call("DELETE", _path(id))

    def tasks(self) -> List[JsonObject]:
        """What agents can be asked to do."""
        return self.call("GET", "/tasks")["tasks"]

    def model(self) -> JsonObject:
        """The clone: digest, clock, probes, services and their routes."""
        return self.call("GET", "/model")

    def call(self, method: str, path: str, body: Optional[Mapping[str, JsonValue]] = None) -> JsonValue:
        """Any call. :raises MynahError: with the code of the refusal"""
        text = self._send(method, path, body)
        return json.loads(text) if text else None

    def _send(self, method: str, path: str, body: Optional[Mapping[str, JsonValue]]) -> str:
        for attempt in range(1, _ATTEMPTS + 1):
            status, text = self._exchange(method, path, body)
            if status < 400:
                return text
            error = _problem(status, text)
            if error.code != _ASK_AGAIN or attempt == _ATTEMPTS:
                raise error
            time.sleep(0.05 * 2**attempt)
        raise AssertionError("unreachable")

    def _exchange(self, method: str, path: str, body: Optional[Mapping[str, JsonValue]]) -> "tuple[int, str]":
        headers = {"accept": "application/json"}
        payload = None if body is None else json.dumps(body).encode()
        if payload is not None:
            headers["content-type"] = "application/json"
        if self._token is not None:
            headers["authorization"] = f"Bearer {self._token}"
        with self._turn:
            if self._was_left():
                self._connection.close()
            try:
                self._connection.request(method, self._prefix + path, payload, headers)
                response = self._connection.getresponse()
                return response.status, response.read().decode()
            except (OSError, http.client.HTTPException):
                # Not sent again: a step that was answered by nobody may have been taken.
                self._connection.close()
                raise

    def _was_left(self) -> bool:
        """Has the server closed the connection while nobody asked? Nothing else can be there to read."""
        if self._connection.sock is None:
            return False
        with selectors.DefaultSelector() as selector:
            selector.register(self._connection.sock, selectors.EVENT_READ)
            return len(selector.select(0)) > 0


def _path(id: str, call: str = "") -> str:
    return f"/episodes/{quote(id, safe='')}" + (f"/{call}" if call else "")


def _given(**members: JsonValue) -> JsonObject:
    return {name: value for name, value in members.items() if value is not None}


def _problem(status: int, text: str) -> MynahError:
    try:
        body = json.loads(text)
    except ValueError:
        body = {}
    return _error(body if isinstance(body, dict) else {}, status)


def _error(problem: Mapping[str, JsonValue], status: int) -> MynahError:
    detail = problem.get("detail") or problem.get("title") or "the server gave no reason"
    return MynahError(str(problem.get("code", f"HTTP_{status}")), status, str(detail))


def _error_of(one: Mapping[str, JsonValue]) -> Optional[MynahError]:
    problem = one.get("error")
    return None if problem is None else _error(problem, int(problem.get("status", 500)))


def _unless_refused(one: JsonValue) -> Episode:
    error = _error_of(one)
    if error is not None:
        raise error
    return one
