"""Long tests of what is on air: `script/soak on-air`, `speech`, `reconnects` and `recordings`."""

import array
import base64
import io
import json
import math
import os
import pathlib
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import wave

PORTS = {"PORT": 4300, "WS_PORT": 4301, "METRICS_PORT": 4302, "HEALTH_PORT": 4303}
INGEST, PROXY = 4310, 4311


def ask(method, path, body=None):
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"http://127.0.0.1:4300/api/v1{path}", data, {"content-type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        raise OSError(f"{method} {path}: {error.read().decode()}") from error


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


SMALL = {"STREAM_RESOLUTION": "1280x720", "STREAM_PRESET": "ultrafast", "STREAM_BITRATE": "2000"}


def serve(folder, arguments=("--demo",), settings=SMALL):
    variables = {**{name: str(port) for name, port in PORTS.items()}, "DATA_DIR": str(folder), "LOG_LEVEL": "error",
                 **settings}
    process = subprocess.Popen(["target/release/stream-manager", "serve", *arguments], env={**os.environ, **variables})
    until("the service answers", lambda: process.poll() is not None or ask("GET", "/stream"))
    if process.returncode is not None:
        raise SystemExit("the service ended")
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
        until("live", lambda: state("main") in ("live", "degraded"))
        # Caches fill at first, whatever the connections do.
        time.sleep(60)
        for number in range(times + 1):
            began = time.monotonic()
            until("live", lambda: state("main") in ("live", "degraded"))
            waits.append(time.monotonic() - began)
            # One that is lost sooner counts as never there, and the next is waited for.
            time.sleep(1.2)
            if number in (0, times // 4, times // 2, times * 3 // 4, times):
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


def restart(folder, times):
    """From the start of a service that was killed to the first frame that the ingest has: thirty layers, files cached."""
    recorded = folder / "recorded"
    recorded.mkdir()
    conf = folder / "nginx.conf"
    conf.write_text(f"""load_module /usr/lib/nginx/modules/ngx_rtmp_module.so; daemon off; master_process off; user root;
pid {folder}/nginx.pid; error_log {folder}/nginx.log error; events {{ worker_connections 64; }}
rtmp {{ server {{ listen 127.0.0.1:{INGEST}; application live {{ live on; record all; record_unique on;
record_path {recorded}; }} }} }}""")
    nginx = subprocess.Popen(["nginx", "-c", str(conf), "-p", str(folder)])
    settings = {"STREAM_RESOLUTION": "1920x1080"}
    service = serve(folder / "data", settings=settings)
    try:
        for i in range(30 - len(ask("GET", "/layers"))):
            style = {"fontSize": 40, "color": "gold"}
            ask("POST", "/layers", {"type": "overlay", "transform": {"position": {"x": 60 * i, "y": 30 * i}},
                                    "content": {"type": "text", "content": f"Lot {i}", "style": style}})
        ask("POST", "/destinations", {"id": "main", "url": f"rtmp://127.0.0.1:{INGEST}/live", "streamKey": "key"})
        until("live", lambda: state("main") in ("live", "degraded"))
        took = []
        for _ in range(times):
            # The names of recordings have whole seconds.
            time.sleep(2)
            service.kill()
            service.wait()
            before = set(recorded.iterdir())
            began = time.monotonic()
            variables = {**{name: str(port) for name, port in PORTS.items()}, "DATA_DIR": str(folder / "data"),
                         "LOG_LEVEL": "error", **settings}
            service = subprocess.Popen(["target/release/stream-manager", "serve", "--demo"], env={**os.environ, **variables})
            while not any(has_picture(file) for file in set(recorded.iterdir()) - before):
                time.sleep(0.002)
            took.append(time.monotonic() - began)
        layers = len(ask("GET", "/layers"))
        took.sort()
        print(f"{layers} layers at 1080p30, killed {times} times: the first frame is at the ingest after "
              f"{took[len(took) // 2]:.2f} s (median), {took[-1]:.2f} s (longest)")
    finally:
        service.terminate()
        service.wait()
        nginx.terminate()
        nginx.wait()


def has_picture(file):
    """Whether an FLV file has a picture, beyond the decoder's settings (Adobe Flash Video File Format 10.1, E.4)."""
    data, at = file.read_bytes(), 13
    while at + 13 <= len(data):
        if data[at] == 9 and data[at + 12] == 1:
            return True
        at += 11 + int.from_bytes(data[at + 1:at + 4], "big") + 4
    return False


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


def tone(seconds, wave_at):
    """A WAV file of 24 kHz mono, as speech services give it."""
    samples = array.array("h", (int(wave_at(i / 24_000) * 32_000) for i in range(int(seconds * 24_000))))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 24_000, len(samples), "NONE", ""))
        file.writeframes(samples.tobytes())
    return out.getvalue()


def clap(t):
    """Ten seconds, of which the third begins with a beep."""
    return 0.3 * math.sin(2 * math.pi * 8_000 * t) if 2 <= t < 2.3 else 0.0


def words(t):
    """Something like speech: a buzz of 140 Hz, four syllables a second."""
    buzz = sum(math.sin(2 * math.pi * 140 * n * t) / n for n in range(1, 12)) / 2.5
    return buzz * 0.5 * max(0.0, math.sin(2 * math.pi * 4 * t)) ** 0.5


def tree(pid):
    """The processes of the service."""
    kids = pathlib.Path(f"/proc/{pid}/task")
    found = [pid]
    for task in kids.iterdir():
        for child in (task / "children").read_text().split():
            found += tree(int(child))
    return found


def memory(pid):
    """What the processes use, in MiB; what they share is counted once."""
    total = 0
    try:
        processes = tree(pid)
    except OSError:
        # One of them has just ended.
        return memory(pid)
    for each in processes:
        try:
            rollup = pathlib.Path(f"/proc/{each}/smaps_rollup").read_text()
            total += int(re.search(r"^Pss:\s+(\d+)", rollup, re.M).group(1))
        except (OSError, AttributeError):
            pass
    return total / 1024


def ffmpeg(*arguments):
    return subprocess.run(["ffmpeg", "-nostdin", "-hide_banner", *map(str, arguments)], capture_output=True)


def claps(file):
    """When the flash is seen and when the beep is heard, in seconds: pairs."""
    raw = ffmpeg("-v", "error", "-i", file, "-map", "0:v", "-vf", "crop=64:64:0:0,scale=1:1,format=gray", "-f", "rawvideo", "-").stdout
    start = float(subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "stream=start_time", "-of",
                                  "csv=p=0", file], capture_output=True, text=True).stdout)
    bright = [value > 200 for value in raw]
    seen = [start + i / 30 for i in range(1, len(bright)) if bright[i] and not bright[i - 1]]
    # The beep is higher than all else.
    heard = ffmpeg("-v", "error", "-i", file, "-map", "0:a", "-af",
                   "aresample=async=1:first_pts=0,highpass=f=6500,highpass=f=6500,highpass=f=6500", "-ac", "1", "-ar", "48000", "-f", "s16le", "-").stdout
    samples = array.array("h", heard)
    step = 48
    loud = [max(map(abs, samples[i:i + step]), default=0) > 800 for i in range(0, len(samples), step)]
    # A beep begins where it was quiet for half a second.
    beeps, quiet = [], 500
    for i, is_loud in enumerate(loud):
        if is_loud:
            if quiet >= 300:
                beeps.append(i * step / 48_000)
            quiet = 0
        else:
            quiet += 1
    return [(at, min(beeps, key=lambda beep: abs(beep - at))) for at in seen if beeps]


def on_air(folder, seconds):
    show = json.loads(pathlib.Path("crates/stream-manager/src/s1.json").read_text())
    show["tracks"] = [track for track in show["tracks"] if track["id"] == "music"]
    show["layers"] += [
        {"id": "speaker", "type": "host", "visible": False, "character": {"modelUrl": "sprite.png"}},
        {"id": "flash", "type": "overlay", "opacity": 0,
         "content": {"type": "shape", "content": "rect", "style": {"width": 64, "height": 64, "fill": "#ffffff"}}},
    ]
    (folder / "show.json").write_text(json.dumps(show))
    subprocess.run(["target/release/stream-manager", "bench", "--seconds", "1", "--write", folder / "s1"], check=True)
    records = folder / "ingests"
    records.mkdir()
    application = "application {0} {{ live on; record all; record_path {1}; record_unique off; record_suffix -{0}.flv; }}"
    applications = " ".join(application.format(name, records) for name in ("a", "b", "c"))
    conf = folder / "nginx.conf"
    conf.write_text(f"""load_module /usr/lib/nginx/modules/ngx_rtmp_module.so; daemon off; master_process off; user root;
pid {folder}/nginx.pid; error_log {folder}/nginx.log error; events {{ worker_connections 64; }}
rtmp {{ server {{ listen 127.0.0.1:{INGEST}; chunk_size 4096; {applications} }} }}""")
    (folder / "s1" / "assets" / "clap.wav").write_bytes(tone(10, clap))
    service = serve(folder / "data", ("--show", str(folder / "show.json")),
                    {"ASSETS_DIR": str(folder / "s1" / "assets"), "STREAM_RESOLUTION": "1920x1080", "TARGET_FPS": "30"})
    nginx = subprocess.Popen(["nginx", "-c", str(conf), "-p", str(folder)])
    try:
        ask("POST", "/tracks", {"id": "clap", "url": "clap.wav", "bus": "effects", "loop": True, "cues": {"beep": 2}})
        blink = [{"value": 1, "hold": True}, {"value": 0, "offset": 0.03, "hold": True}, {"value": 0}]
        ask("POST", "/timelines", {"id": "blink", "loop": True, "animations": [
            {"targetLayerId": "flash", "property": "opacity", "duration": 10, "keyframes": blink}]})
        ask("POST", "/timelines/blink/play", {"start": {"cue": {"track": "clap", "name": "beep"}}})
        ask("POST", "/destinations", {"id": "tape", "url": "file:tape.mkv"})
        ask("POST", "/destinations", {"id": "page", "url": "hls:page"})
        for name in ("a", "b", "c"):
            ask("POST", "/destinations", {"id": name, "url": f"rtmp://127.0.0.1:{INGEST}/{name}", "streamKey": "key"})
        ask("POST", "/stream/start")
        until("all are live", lambda: all(d["status"]["state"] == "live" for d in ask("GET", "/destinations")))
        talk = base64.b64encode(tone(6, words)).decode()
        began, series, turn = time.monotonic(), [], 0
        while (now := time.monotonic() - began) < seconds:
            if now >= turn * 10:
                ask("POST", "/speak", {"layerId": "speaker", "text": "So to speak.", "audio": {"base64": talk}})
                turn += 1
            series.append((now, memory(service.pid)))
            time.sleep(1)
        for destination in ask("GET", "/destinations"):
            status = destination["status"]
            print(f"{destination['id']}: {status['state']}, {status['sentFrames']} frames sent, "
                  f"{status['droppedFrames']} dropped, {status['reconnects']} reconnects")
        metrics = urllib.request.urlopen("http://127.0.0.1:4302/metrics").read().decode()
        print("frames:", ", ".join(f"{name} {value}" for name, value in re.findall(r"frames_(\w+)_total (\d+)", metrics)))
    finally:
        service.terminate()
        service.wait()
        nginx.terminate()
        nginx.wait()
    late = [(t, m) for t, m in series if t >= min(120, seconds / 3)]
    mean_t, mean_m = (sum(column) / len(late) for column in zip(*late))
    slope = sum((t - mean_t) * (m - mean_m) for t, m in late) / sum((t - mean_t) ** 2 for t, _ in late) * 60
    print(f"memory: {late[0][1]:.0f} MiB, {late[-1][1]:.0f} at the end, {max(m for _, m in series):.0f} at most; {slope:+.2f} MiB a minute")
    tape = folder / "data" / "recordings" / "tape.mkv"
    for file in (tape, *sorted(records.iterdir())):
        counted = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time", "-of", "csv=p=0",
                                  file], capture_output=True, text=True).stdout.split()
        times = [float(line.split(",")[0]) for line in counted]
        gap = max(b - a for a, b in zip(times, times[1:]))
        print(f"{file.name}: {len(times)} frames in {times[-1] - times[0] + 1 / 30:.2f} s, longest step {gap * 1000:.0f} ms")
    loudness = ffmpeg("-i", tape, "-map", "0:a", "-af", "ebur128=peak=true", "-f", "null", "-").stderr.decode()
    summary = loudness[loudness.rindex("Summary:"):]
    print("program:", re.search(r"I:\s+(\S+ LUFS)", summary).group(1), "integrated,",
          re.search(r"Peak:\s+(\S+ dBFS)", summary).group(1), "true peak")
    pairs = claps(tape)
    for place, (seen, heard) in (("first", pairs[0]), ("last", pairs[-1])):
        print(f"{place} of {len(pairs)} claps: flash at {seen:.3f} s, beep at {heard:.3f} s: {(heard - seen) * 1000:+.0f} ms")
    print(f"at most {max(abs(heard - seen) for seen, heard in pairs) * 1000:.0f} ms apart")


class Socket:
    """As much of a WebSocket (RFC 6455) as talking to the service takes."""

    def __init__(self):
        self.connection = socket.create_connection(("127.0.0.1", 4301))
        self.connection.sendall(b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:4301\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                b"Sec-WebSocket-Key: c29hayBzb2FrIHNvYWsgIQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
        self.input = self.connection.makefile("rb")
        while self.input.readline() not in (b"\r\n", b""):
            pass

    def send(self, payload):
        binary = isinstance(payload, bytes)
        data = payload if binary else json.dumps(payload).encode()
        length = struct.pack("!B", 128 | len(data)) if len(data) < 126 else struct.pack("!BH", 254, len(data)) \
            if len(data) < 65536 else struct.pack("!BQ", 255, len(data))
        # A mask of zeros leaves everything as it is.
        self.connection.sendall(bytes([130 if binary else 129]) + length + bytes(4) + data)

    def until(self, wanted):
        while True:
            _, length = self.input.read(2)
            if length >= 126:
                length = int.from_bytes(self.input.read(2 if length == 126 else 8), "big")
            message = json.loads(self.input.read(length))
            if (found := wanted(message)) is not None:
                return found


def speech(folder, rounds):
    """How long it takes from the arrival of a first chunk until it is heard, against a picture of the same moment."""
    white = {"type": "shape", "content": "rect", "style": {"width": 64, "height": 64, "fill": "#ffffff"}}
    show = {"name": "speech", "layers": [
        {"id": "host", "type": "host", "visible": False, "character": {"modelUrl": "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='8' height='8'/%3E"}},
        {"id": "flash", "type": "overlay", "visible": False, "content": white}]}
    (folder / "show.json").write_text(json.dumps(show))
    service = serve(folder / "data", ("--show", str(folder / "show.json")), {**SMALL, "STREAM_RESOLUTION": "1920x1080"})
    rates = [8_000, 16_000, 22_050, 24_000, 44_100, 48_000]
    try:
        ask("PATCH", "/mix", {"program": {"leveller": {"enabled": False}}})
        ask("POST", "/destinations", {"id": "tape", "url": "file:tape.mkv"})
        ask("POST", "/stream/start")
        until("it is recorded", lambda: state("tape") == "live")
        client = Socket()
        for rate in rates * rounds:
            time.sleep(random.uniform(0.8, 1.2))
            client.send({"id": 1, "speak": {"speech": {"layerId": "host"}, "sampleRate": rate}})
            name = client.until(lambda m: m.get("speechId"))
            samples = array.array("h", (int(13_000 * math.sin(2 * math.pi * 300 * i / rate)) for i in range(rate)))
            chunk = rate // 10
            for i in range(10):
                if i == 0:
                    client.send({"id": 2, "command": {"setVisibility": {"id": "flash", "visible": True}}})
                client.send(samples[i * chunk:(i + 1) * chunk].tobytes())
                time.sleep(0.1)
            client.send({"endSpeech": name})
            client.send({"id": 3, "command": {"setVisibility": {"id": "flash", "visible": False}}})
            client.until(lambda m: True if m.get("event", {}).get("type") == "speechEnded" else None)
        time.sleep(2)
    finally:
        service.terminate()
        service.wait()
    tape = folder / "data" / "recordings" / "tape.mkv"
    raw = ffmpeg("-v", "error", "-i", tape, "-map", "0:v", "-vf", "crop=64:64:0:0,scale=1:1,format=gray", "-f", "rawvideo", "-").stdout
    seen = [i / 30 for i in range(1, len(raw)) if raw[i] > 200 >= raw[i - 1]]
    samples = array.array("h", ffmpeg("-v", "error", "-i", tape, "-map", "0:a", "-ac", "1", "-ar", "48000", "-f", "s16le", "-").stdout)
    loud = [max(map(abs, samples[i:i + 48]), default=0) > 600 for i in range(0, len(samples), 48)]
    heard = [i / 1000 for i in range(300, len(loud)) if loud[i] and not any(loud[i - 300:i])]
    # The flash is in the first frame after its command: a frame of 33 ms may have gone by.
    delays = sorted(min(h - s for h in heard if h > s - 0.1) * 1000 for s in seen)
    step = max(abs(b - a) for a, b in zip(samples, samples[1:]))
    print(f"{len(delays)} times: heard {delays[len(delays) // 2]:.0f} ms (median), {delays[-1]:.0f} ms (longest) after the picture "
          f"of the moment of its arrival; that may be 33 ms late itself")
    print(f"steepest step between two samples {step}; of the tone itself {2 * math.pi * 300 / 48_000 * max(map(abs, samples)):.0f}")


name, times = sys.argv[1], sys.argv[2]
with tempfile.TemporaryDirectory() as folder:
    {"on-air": lambda: on_air(pathlib.Path(folder), int(times or 600)),
     "speech": lambda: speech(pathlib.Path(folder), int(times or 3)),
     "reconnects": lambda: reconnects(pathlib.Path(folder), int(times or 200)),
     "restart": lambda: restart(pathlib.Path(folder), int(times or 20)),
     "recordings": lambda: recordings(pathlib.Path(folder), int(times or 20))}[name]()
