"""Commands a Stream Manager show, and hears what happens to it.

    from stream_manager import StreamManager

    show = StreamManager(client="auctioneer")
    show.post("/layers", {"id": "price", "type": "overlay", "content": {"type": "text", "content": "1.5 ETH"}})
    for event in show.events():
        print(event["sequence"], event["event"]["type"])

A request that may have been lost is sent again: reading always, and what changes something under an `Idempotency-Key`
that stays the same, so that it is carried out once. What the service refuses is raised as `Refused`, with its problem
document (RFC 9457).
"""

import json
import math
import os
import random
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

__all__ = ["Refused", "StreamManager", "Unreachable"]

#: Statuses after which the same request may be done: the service says when to come again.
AGAIN = (429, 503)


class Refused(Exception):
    """What the service refuses, and why: `problem` is its document."""

    def __init__(self, problem: dict[str, Any]):
        self.problem = problem
        self.status: int = problem.get("status", 0)
        self.field: str | None = problem.get("field")
        detail = problem.get("detail", "refused")
        super().__init__(f"{self.field}: {detail}" if self.field else detail)


class Unreachable(Exception):
    """The service could not be reached for as long as one was ready to wait."""


class StreamManager:
    """A show.

    `url` is where REST is, and `ws_url` the WebSocket: at the next port unless told. `token` is the service's
    `API_TOKEN`. Where they are left out the environment has them, as `STREAM_MANAGER_URL`, `STREAM_MANAGER_WS_URL` and
    `STREAM_MANAGER_TOKEN`; else it is http://127.0.0.1:4200. `client` is who you are: events, the log and the history of
    edits have it. `patience` is for how many seconds a request is sent again.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        ws_url: str | None = None,
        token: str | None = None,
        client: str | None = None,
        patience: float = 30.0,
    ):
        url = url or os.environ.get("STREAM_MANAGER_URL") or "http://127.0.0.1:4200"
        ws_url = ws_url or os.environ.get("STREAM_MANAGER_WS_URL")
        token = token or os.environ.get("STREAM_MANAGER_TOKEN")
        base = httpx.URL(url)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        if client:
            headers["stream-client"] = client
        port = (base.port or 4200) + 1
        scheme = "wss" if base.scheme == "https" else "ws"
        self._ws_url = ws_url or f"{scheme}://{base.host}:{port}/ws"
        self._headers = headers
        self._patience = patience
        self._http = httpx.Client(base_url=f"{url.rstrip('/')}/api/v1", headers=headers, timeout=10)

    def get(self, path: str, **query: Any) -> Any:
        return self.request("GET", path, query=query)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **query: Any) -> Any:
        """`key` is a name of your own for what is asked for: who gives it again, be it after a crash of this very
        program, is given the first answer."""
        return self.request("POST", path, body, query=query, key=key)

    def patch(self, path: str, patch: Any, *, if_match: str | None = None, **query: Any) -> Any:
        """Changes something by a JSON merge patch; with `if_match` only while it has that version."""
        return self.request("PATCH", path, patch, query=query, if_match=if_match)

    def put(self, path: str, body: Any, *, if_match: str | None = None, **query: Any) -> Any:
        return self.request("PUT", path, body, query=query, if_match=if_match)

    def delete(self, path: str, **query: Any) -> None:
        self.request("DELETE", path, query=query)

    def version(self, path: str) -> str:
        """The version of something, for `if_match`."""
        return self._send("GET", path, None, {}, {}).headers["etag"]

    def command(self, command: dict[str, Any], *, key: str | None = None) -> Any:
        """A command as the WebSocket takes it: `{"setVisibility": {"id": "price", "visible": False}}`."""
        return self.post("/batch", {"commands": [command]}, key=key)

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: dict[str, Any] | None = None,
        key: str | None = None,
        if_match: str | None = None,
    ) -> Any:
        headers = {} if method == "GET" else {"idempotency-key": key or str(uuid.uuid4())}
        if if_match:
            headers["if-match"] = if_match
        answer = self._send(method, path, body, query or {}, headers)
        return answer.json() if answer.content else None

    def _send(
        self, method: str, path: str, body: Any, query: dict[str, Any], headers: dict[str, str]
    ) -> httpx.Response:
        deadline = time.monotonic() + self._patience
        while True:
            pause = 0.1 + 0.4 * random.random()
            try:
                answer = self._http.request(method, path, json=body, params=query, headers=headers)
            except httpx.TransportError as error:
                if time.monotonic() > deadline:
                    raise Unreachable(str(error)) from error
            else:
                if answer.is_success:
                    return answer
                if answer.status_code not in AGAIN or time.monotonic() > deadline:
                    raise Refused(answer.json())
                pause = float(answer.headers.get("retry-after", pause))
            time.sleep(pause)

    def messages(self, *topics: str) -> Iterator[dict[str, Any]]:
        """All that the service says: `hello`, a `snapshot`, then `event`, `status`, `notice`, and `meters` where it is
        among the topics. Where the connection is lost it comes again, and goes on with what was missed."""
        heard: int | None = None
        last: tuple[int, float] = (0, 0)
        while True:
            url = self._ws_url if heard is None else f"{self._ws_url}?after={heard}"
            try:
                with connect(url, additional_headers=self._headers, max_size=None) as socket:
                    if topics:
                        socket.send(json.dumps({"subscribe": topics}))
                    for text in socket:
                        message = json.loads(text)
                        # Only with its last event has a command been heard whole.
                        whole = message.get("part", 1) == message.get("parts", 1)
                        if message["type"] == "snapshot":
                            last = (message["sequence"], math.inf)
                        if message["type"] == "event":
                            # Of a command that was cut off the first parts come again.
                            this = (message["sequence"], message.get("part", 1))
                            if this <= last:
                                continue
                            last = this
                        if message["type"] == "snapshot" or (message["type"] == "event" and whole):
                            heard = message["sequence"]
                        yield message
            except InvalidHandshake as error:
                response = getattr(error, "response", None)
                if response is not None and response.status_code in (401, 403):
                    raise Refused(json.loads(response.body or b"{}")) from error
            except (ConnectionClosed, OSError):
                pass
            time.sleep(0.25 + 0.5 * random.random())

    def events(self, *topics: str) -> Iterator[dict[str, Any]]:
        """The events from now on; of `topics` alone, where some are named."""
        return (message for message in self.messages(*topics) if message["type"] == "event")

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> "StreamManager":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
