"""Fifty WebSockets for ten minutes, of which five never read: `script/soak sockets [SECONDS]`."""

import asyncio
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

import httpx
import websockets

SECONDS = float(sys.argv[1])
READERS, DEAF = 45, 5
PORTS = {"PORT": 4310, "WS_PORT": 4311, "METRICS_PORT": 4312, "HEALTH_PORT": 4313}
BATCHES_A_SECOND, MOVES = 20, 20


def mebibytes(pid: int) -> float:
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1)) / 1024


def frames(name: str) -> int:
    text = httpx.get(f"http://127.0.0.1:{PORTS['METRICS_PORT']}/metrics").text
    return int(re.search(rf"frames_{name}_total (\d+)", text).group(1))


def deaf() -> socket.socket:
    """Says that it would listen to all, and never does."""
    client = socket.create_connection(("127.0.0.1", PORTS["WS_PORT"]))
    client.sendall(
        b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    return client


def place(layer: dict) -> float:
    return layer["transform"]["position"]["x"]


async def read(counts: list[int], places: dict[str, float]) -> None:
    """Keeps what it knows of the layers in `places`."""
    async with websockets.connect(f"ws://127.0.0.1:{PORTS['WS_PORT']}/ws", max_size=None) as client:
        await client.send(json.dumps({"meters": True}))
        last = None
        async for text in client:
            message = json.loads(text)
            counts[0] += 1
            if message["type"] == "snapshot":
                counts[1] += last is not None
                last = message["sequence"]
                places.update({layer["id"]: place(layer) for layer in message["show"]["layers"]})
            elif message["type"] == "event":
                # Changes of a layer that have been overtaken by later ones are left out.
                assert message["sequence"] >= last, "an event came too late"
                last = message["sequence"]
                if message["event"]["type"] == "layerUpdated":
                    places[message["event"]["layer"]["id"]] = place(message["event"]["layer"])


async def command(client: httpx.AsyncClient) -> None:
    """Moves twenty layers, twenty times a second."""
    step = 0
    while True:
        step += 1
        moves = [
            {"updateLayer": {"id": f"l{i}", "patch": {"transform": {"position": {"x": 10 + (step * 7 + i * 90) % 1800}}}}}
            for i in range(MOVES)
        ]
        answer = await client.post("/api/v1/batch", json={"commands": moves})
        answer.raise_for_status()
        await asyncio.sleep(1 / BATCHES_A_SECOND)


async def main() -> None:
    folder = tempfile.TemporaryDirectory()
    environment = {**os.environ, **{name: str(port) for name, port in PORTS.items()}, "DATA_DIR": folder.name}
    service = subprocess.Popen(["target/release/stream-manager", "serve"], env={**environment, "LOG_LEVEL": "warn"})
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORTS['PORT']}") as client:
            for _ in range(100):
                try:
                    await client.get("/api/v1/layers")
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
            for i in range(MOVES):
                content = {"type": "text", "content": f"lot {i}"}
                layer = {"id": f"l{i}", "type": "overlay", "content": content, "transform": {"position": {"x": 0, "y": i * 50}}}
                (await client.post("/api/v1/layers", json=layer)).raise_for_status()
            counts, known = [0, 0], [{} for _ in range(READERS)]
            tasks = [asyncio.create_task(read(counts, places)) for places in known]
            held = [deaf() for _ in range(DEAF)]
            tasks.append(asyncio.create_task(command(client)))
            began, repeated, skipped, sizes = time.monotonic(), frames("repeated"), frames("skipped"), []
            while (at := time.monotonic() - began) < SECONDS:
                sizes.append(mebibytes(service.pid))
                if len(sizes) % 30 == 1:
                    print(f"{at:4.0f} s: {sizes[-1]:.1f} MiB", flush=True)
                done = [task for task in tasks if task.done()]
                assert not done, [task.exception() for task in done]
                await asyncio.sleep(2)
            third = len(sizes) // 3
            middle = [sorted(part)[len(part) // 2] for part in (sizes[third : 2 * third], sizes[2 * third :])]
            print(
                f"{READERS} that read were told {counts[0]} messages, {counts[1]} fresh snapshots among them; {len(held)} never "
                f"read. Memory: {middle[0]:.1f} MiB in the second third, {middle[1]:.1f} in the last, {max(sizes):.1f} at most; "
                f"frames repeated {frames('repeated') - repeated}, skipped {frames('skipped') - skipped} in {SECONDS:.0f} s"
            )
            tasks.pop().cancel()
            for _ in range(100):
                layers = {layer["id"]: place(layer) for layer in (await client.get("/api/v1/layers")).json()}
                if all(places == layers for places in known):
                    break
                await asyncio.sleep(0.1)
            assert all(places == layers for places in known), "a reader knows other places than there are"
            for task in tasks:
                task.cancel()
    finally:
        service.terminate()
        service.wait()


asyncio.run(main())
