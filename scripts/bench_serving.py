"""How fast `framing serve` answers, beside `mlflow models serve` and the model called in-process.

python scripts/bench_serving.py --seconds 60        needs a champion, or --model models:/framing/N
python scripts/bench_serving.py --requests 100000   does its memory grow?
"""

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import psutil

PAUSE = 0.01
"""Between two requests of a lone client, and two calls in-process: a tight loop hides the time threads take to wake."""
START_SECONDS = 180
TENTHS = 10
BATCH = 256
"""Sentences of one call in-process: what framing.answer reads together."""


@dataclass(frozen=True)
class Load:
    """Bodies to send in turn, and the sentences in each."""

    name: str
    path: str
    bodies: list[bytes]
    sentences: list[int]


@dataclass
class Seen:
    """Seconds of each request, sentences answered, failures."""

    seconds: list[float]
    sentences: int = 0
    errors: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="models:/framing@champion")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each measurement")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32, 128])
    parser.add_argument("--texts", type=Path, default=Path("data/conflict_frames/articles"), help="folder of .txt")
    parser.add_argument("--skip-mlflow", action="store_true")
    parser.add_argument("--batch", type=int, default=256, help="as of framing serve")
    parser.add_argument("--requests", type=int, default=0, help="send so many instead, and show the memory meanwhile")
    options = parser.parse_args()
    texts = read_texts(options.texts)
    if options.requests:
        with framing_server(options.model, options.batch) as (port, process):
            endure(port, process, next(load for load in framing_loads(texts) if load.name == "sentence"), options)
        return
    print(f"{'server':<12} {'unit':<9} {'clients':>7} {'sent/s':>8} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} "
          f"{'errors':>7} {'RSS MB':>7}")  # fmt: skip
    in_process(options.model, texts, options.seconds)
    with framing_server(options.model, options.batch) as (port, process):
        measure("framing", port, process, framing_loads(texts), options)
    if not options.skip_mlflow:
        with mlflow_server(options.model) as (port, process):
            measure("mlflow", port, process, mlflow_loads(texts), options)


def read_texts(folder: Path) -> dict[str, list[list[str]]]:
    """Articles as lists of sentences, under `article`, and each sentence alone, under `sentence`."""
    from framing.data.sentences import document

    articles = []
    for path in sorted(folder.glob("*.txt"))[:40]:
        found = document(path.stem, path.read_text(encoding="utf-8").split("---\n", 2)[-1])
        articles.append([sentence.text for sentence in found.sentences])
    return {"article": articles, "sentence": [[sentence] for article in articles for sentence in article]}


def framing_loads(texts: dict[str, list[list[str]]]) -> Iterator[Load]:
    for unit, documents in texts.items():
        bodies = [json.dumps({"text": "\n".join(rows), "unit": unit}).encode() for rows in documents]
        yield Load(unit, "/v1/predict", bodies, [len(rows) for rows in documents])


def mlflow_loads(texts: dict[str, list[list[str]]]) -> Iterator[Load]:
    for unit, documents in texts.items():
        bodies = [
            json.dumps({"inputs": [{"id": "a", "text": "\n".join(rows)}], "params": {"unit": unit}}).encode()
            for rows in documents
        ]
        yield Load(unit, "/invocations", bodies, [len(rows) for rows in documents])


def in_process(uri: str, texts: dict[str, list[list[str]]], seconds: float) -> None:
    """One text a call with pauses, then all sentences together."""
    from framing.answer import answer, to_documents
    from framing.models.backend import set_threads
    from framing.tracking.registry import load

    set_threads(len(os.sched_getaffinity(0)))
    model = load(uri)
    for unit, documents in texts.items():
        several = [to_documents([("a", "\n".join(rows))], unit=unit) for rows in documents]
        seen = timed(lambda k, several=several: answer(model, several[k % len(several)]), seconds, PAUSE)
        seen.sentences = sum(len(documents[k % len(documents)]) for k in range(len(seen.seconds)))
        report(("in-process", unit, 1), seen, seconds, psutil.Process().memory_info().rss)
    whole = to_documents([("a", "\n".join(row[0] for row in texts["sentence"][:BATCH]))])
    seen = timed(lambda _: answer(model, whole), seconds, 0.0)
    seen.sentences = len(seen.seconds) * len(whole[0].sentences)
    report(("in-process", "batch", 1), seen, sum(seen.seconds), psutil.Process().memory_info().rss)


def timed(call: Callable[[int], object], seconds: float, pause: float) -> Seen:
    seen = Seen([])
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.perf_counter()
        call(len(seen.seconds))
        seen.seconds.append(time.perf_counter() - start)
        time.sleep(pause)
    return seen


def measure(
    server: str, port: int, process: subprocess.Popen[bytes], loads: Iterator[Load], options: argparse.Namespace
) -> None:
    for load in loads:
        asyncio.run(ask_for(port, load, 1, min(2.0, options.seconds)))
        for clients in options.clients:
            start = time.perf_counter()
            seen = asyncio.run(ask_for(port, load, clients, options.seconds))
            report((server, load.name, clients), seen, time.perf_counter() - start, memory(process.pid))


def endure(port: int, process: subprocess.Popen[bytes], load: Load, options: argparse.Namespace) -> None:
    """Resident memory after each tenth of the requests, from as many clients as the first of `--clients`."""
    print(f"{'requests':>9} {'errors':>7} {'RSS MB':>7}")
    sent = errors = 0
    while sent < options.requests:
        each = options.requests // (TENTHS * options.clients[0])
        seen = asyncio.run(ask_for(port, load, options.clients[0], float("inf"), each))
        sent, errors = sent + len(seen.seconds), errors + seen.errors
        print(f"{sent:>9} {errors:>7} {memory(process.pid) / 1e6:>7.0f}", flush=True)


async def ask_for(port: int, load: Load, clients: int, seconds: float, each: float = float("inf")) -> Seen:
    """For so many seconds, or until each client has sent so many requests."""
    seen = Seen([])
    end = time.monotonic() + seconds
    await asyncio.gather(*(client(port, load, (k, clients), (end, each), seen) for k in range(clients)))
    return seen


async def client(port: int, load: Load, place: tuple[int, int], until: tuple[float, float], seen: Seen) -> None:
    """Ask over one connection until the end; this client's bodies are every `step`-th from the first on."""
    end, each = until
    first, step = place
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    turn = first
    while time.monotonic() < end and turn < first + each * step:
        row = turn % len(load.bodies)
        start = time.perf_counter()
        status = await ask(reader, writer, load.path, load.bodies[row])
        seen.seconds.append(time.perf_counter() - start)
        seen.errors += status != 200
        seen.sentences += load.sentences[row] if status == 200 else 0
        turn += step
        if step == 1:
            await asyncio.sleep(PAUSE)
    writer.close()


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, body: bytes) -> int:
    """The status of one request; the least HTTP that works, as client and server share the cores."""
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    answered = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(answered.partition("content-length:")[2].partition("\r\n")[0])
    await reader.readexactly(length)
    return int(answered.split(" ", 2)[1])


def report(what: tuple[str, str, int], seen: Seen, seconds: float, rss: int) -> None:
    p50, p95, p99 = 1000 * np.percentile(seen.seconds, [50, 95, 99])
    server, unit, clients = what
    rate = seen.sentences / seconds
    print(f"{server:<12} {unit:<9} {clients:>7} {rate:>8.1f} {p50:>8.1f} {p95:>8.1f} {p99:>8.1f} "
          f"{seen.errors:>7} {rss / 1e6:>7.0f}", flush=True)  # fmt: skip


def memory(pid: int) -> int:
    root = psutil.Process(pid)
    return sum(process.memory_info().rss for process in [root, *root.children(recursive=True)])


@contextmanager
def framing_server(model: str, batch: int) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    command = [sys.executable, "-m", "framing.cli.main", "serve", "--model", model, "--port", str(port)]
    with started([*command, "--batch", str(batch)], f"http://127.0.0.1:{port}/readyz") as process:
        yield port, process


@contextmanager
def mlflow_server(model: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    from framing.tracking import store

    port = free_port()
    os.environ |= {"MLFLOW_TRACKING_URI": store.uri(), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", model, "--env-manager", "local"]
    with started([*command, "--port", str(port)], f"http://127.0.0.1:{port}/ping") as process:
        yield port, process


@contextmanager
def started(command: Sequence[str], probe: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + START_SECONDS
        while not alive(probe):
            if process.poll() is not None or time.monotonic() > end:
                sys.exit(f"did not start: {' '.join(command)}")
            time.sleep(0.2)
        yield process
    finally:
        for child in psutil.Process(process.pid).children(recursive=True):
            child.terminate()
        process.terminate()
        process.wait()


def alive(url: str) -> bool:
    try:
        with urlopen(url) as response:
            return response.status == 200
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


if __name__ == "__main__":
    main()
