"""Against a service that runs: STREAM_MANAGER_URL and STREAM_MANAGER_WS_URL say where."""

import os
import pathlib
import subprocess
import sys
import unittest

from stream_manager import Refused, StreamManager, Unreachable

HERE = pathlib.Path(__file__).parent.parent


def text(id: str) -> dict:
    return {"id": id, "type": "overlay", "content": {"type": "text", "content": id}}


class Client(unittest.TestCase):
    def setUp(self):
        self.show = StreamManager(client="python")
        self.show.put("/show", {})

    def tearDown(self):
        self.show.close()

    def test_layers_come_change_and_go(self):
        self.assertEqual(self.show.post("/layers", text("a"))["id"], "a")
        self.show.patch("/layers/a", {"opacity": 0.5})
        self.assertEqual(self.show.get("/layers/a")["opacity"], 0.5)
        self.show.command({"setVisibility": {"id": "a", "visible": False}})
        self.assertFalse(self.show.get("/layers/a")["visible"])
        self.show.delete("/layers/a")
        self.assertEqual(self.show.get("/layers"), [])

    def test_what_is_sent_again_is_done_once(self):
        first = self.show.post("/layers", text("a"), key="python-a")
        self.assertEqual(self.show.post("/layers", text("a"), key="python-a"), first)

    def test_what_is_refused_says_why(self):
        self.show.post("/layers", text("a"))
        with self.assertRaises(Refused) as refused:
            self.show.patch("/layers/a", {"opacity": 7})
        self.assertEqual((refused.exception.status, refused.exception.field), (422, "opacity"))
        known = self.show.version("/layers/a")
        self.show.patch("/layers/a", {"opacity": 0.5}, if_match=known)
        with self.assertRaises(Refused) as lost:
            self.show.patch("/layers/a", {"opacity": 0.7}, if_match=known)
        self.assertEqual(lost.exception.status, 412)

    def test_events_are_heard_with_who_caused_them(self):
        messages = self.show.messages("layers")
        self.assertEqual(next(messages)["type"], "hello")
        snapshot = next(messages)
        self.assertEqual((snapshot["type"], snapshot["show"]["layers"]), ("snapshot", []))
        self.show.post("/layers", text("a"))
        event = next(message for message in messages if message["type"] == "event")
        self.assertEqual((event["by"], event["event"]["layer"]["id"]), ("python", "a"))

    def test_who_is_not_there_is_unreachable(self):
        nobody = StreamManager("http://127.0.0.1:9", patience=0.2)
        with self.assertRaises(Unreachable):
            nobody.get("/layers")

    def test_the_example_sells(self):
        self.show.patch("/data", {"bid": {"from": "ann", "eth": 1.7, "lot": "Sunrise #7"}})
        example = [sys.executable, HERE / "examples/auctioneer.py", "1"]
        subprocess.run(example, check=True, env={**os.environ, "PYTHONPATH": str(HERE)}, timeout=60)
        log = self.show.get("/log", limit=20)["commands"]
        said = [c["command"].get("updateLayer", {}).get("patch", {}).get("content", {}).get("content") for c in log]
        self.assertIn("Sold to ann for 1.7 ETH", said)
        self.assertEqual(self.show.get("/layers/price")["content"]["content"], "Not sold")


if __name__ == "__main__":
    unittest.main()
