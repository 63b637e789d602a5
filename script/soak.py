"""Long tests of connections and recordings: `script/soak reconnects` and `script/soak recordings`."""

import json
import os
import pathlib
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

PORTS = {"PORT": 4300, "WS_PORT": 4301, "METRICS_PORT": 4302, "HEALTH_PORT": 4303}
INGEST, PROXY = 4310, 4311


def ask(method, path, body=None):
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"http://127.0.0.1:4300/api/v1{path}", data, {"content-type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or b"null")


def until(what, look):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if look():
                return
        except OSError:
            pass
        time.sleep(0.02)
    raise SystemExit(f"never happened: {what}")


def serve(folder):
    variables = {**{name: str(port) for name, port in PORTS.items()}, "DATA_DIR": str(folder), "LOG_LEVEL": "error",
                 "STREAM_RESOLUTION": "1280x720", "STREAM_PRESET": "ultrafast", "STREAM_BITRATE": "2000"}
    process = subprocess.Popen(["target/release/stream-manager", "serve", "--demo"], env={**os.environ, **variables})
    until("the service answers", lambda: ask("GET", "/stream"))
    return process


def state(name):
    return next(d["status"]["state"] for d in ask("GET", "/destinations") if d["id"] == name)


def figures(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    resident = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024
    return resident, len(os.listdir(f"/proc/{pid}/fd")), len(os.listdir(f"/proc/{pid}/task"))


class Proxy:
    """Carries one connection after the other to the ingest, and tears it when it is told to."""

    def __init__(self):
        self.open = []
        listener = socket.create_server(("127.0.0.1", PROXY))
        threading.Thread(target=self.accept, args=(listener,), daemon=True).start()

    def accept(self, listener):
        while True:
            client, _ = listener.accept()
            server = socket.create_connection(("127.0.0.1", INGEST))
            self.open.append((client, server))
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self.carry, args=(source, target), daemon=True).start()

    def carry(self, source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass

    def tear(self):
        for pair in self.open:
            for end in pair:
                try:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                end.close()
        self.open.clear()


def reconnects(folder, times):
    conf = folder / "nginx.conf"
    conf.write_text(f"""load_module /usr/lib/nginx/modules/ngx_rtmp_module.so; daemon off; master_process off; user root;
pid {folder}/nginx.pid; error_log {folder}/nginx.log error; events {{ worker_connections 64; }}
rtmp {{ server {{ listen 127.0.0.1:{INGEST}; application live {{ live on; drop_idle_publisher 2s; }} }} }}""")
    nginx = subprocess.Popen(["nginx", "-c", str(conf), "-p", str(folder)])
    proxy, service = Proxy(), serve(folder / "data")
    try:
        ask("POST", "/destinations", {"id": "main", "url": f"rtmp://127.0.0.1:{PROXY}/live", "streamKey": "key"})
        ask("POST", "/stream/start")
        waits = []
        for number in range(times + 1):
            began = time.monotonic()
            until("live", lambda: state("main") in ("live", "degraded"))
            waits.append(time.monotonic() - began)
            if number in (20, times // 2, times):
                resident, files, threads = figures(service.pid)
                print(f"after {number} reconnects: {resident:.1f} MiB, {files} open files, {threads} threads")
            if number < times:
                proxy.tear()
                until("lost", lambda: state("main") not in ("live", "degraded") or reconnected(number))
        waits.sort()
        print(f"live again after {waits[len(waits) // 2]:.2f} s (median), {waits[-1]:.2f} s (longest)")
    finally:
        service.terminate()
        service.wait()
        nginx.terminate()
        nginx.wait()


def reconnected(number):
    status = next(d["status"] for d in ask("GET", "/destinations") if d["id"] == "main")
    return status["reconnects"] > number


def recordings(folder, times):
    random.seed(1)
    worst = 0.0
    for number in range(times):
        data = folder / str(number)
        service = serve(data)
        for name in ("tape.mp4", "tape.mkv"):
            ask("POST", "/destinations", {"id": name, "url": f"file:{name}"})
        until("recording", lambda: state("tape.mp4") == state("tape.mkv") == "live")
        began = time.monotonic()
        time.sleep(random.uniform(3, 9))
        service.send_signal(signal.SIGKILL)
        lasted = time.monotonic() - began
        service.wait()
        time.sleep(1)
        for name in ("tape.mp4", "tape.mkv"):
            file = data / "recordings" / name
            probe = subprocess.run(["ffmpeg", "-v", "error", "-i", file, "-map", "0:v", "-f", "null", "-progress", "-", "-"],
                                   capture_output=True, text=True)
            played = [line for line in probe.stdout.splitlines() if line.startswith("out_time_us=")]
            seconds = int(played[-1].split("=")[1]) / 1e6 if played else 0.0
            missing = lasted - seconds
            worst = max(worst, missing)
            print(f"{number + 1:>3} {name}: killed after {lasted:.2f} s, plays {seconds:.2f} s {probe.stderr.strip()[:80]}")
    print(f"at most {worst:.2f} s are missing at the end")


name, times = sys.argv[1], sys.argv[2]
with tempfile.TemporaryDirectory() as folder:
    {"reconnects": lambda: reconnects(pathlib.Path(folder), int(times or 200)),
     "recordings": lambda: recordings(pathlib.Path(folder), int(times or 20))}[name]()
