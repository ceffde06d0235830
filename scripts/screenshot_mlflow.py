"""Screenshots of MLflow's own pages for the docs: runs compared, in a real browser.

    python scripts/screenshot_mlflow.py COMPARISON_RUN [--out docs/images] [--browser /usr/bin/chromium]

COMPARISON_RUN is the run that `framing compare` logged; the runs it compared are the ones shown. Needs what the
project does not depend on: Chromium (`apt-get install chromium`) and its driver (`pip install playwright`, without a
browser download).
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from mlflow.entities import Run

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
SIZE = {"width": 1280, "height": 900}
START_SECONDS = 120
SETTLE_MS = 5000
SEARCH = "input[placeholder='Search metric charts']"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", help="id, beginning of the id, or name of a comparison")
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--browser", default="/usr/bin/chromium")
    options = parser.parse_args()
    from framing.tracking import store
    from framing.tracking.lookup import find_run

    run = find_run(store.connect(), options.run)
    options.out.mkdir(parents=True, exist_ok=True)
    with server(store.uri()) as address:
        take(address, run, options.out, options.browser)


@contextmanager
def server(uri: str) -> Iterator[str]:
    """The address of an MLflow server on the store, with one worker, for as long as the block runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = f"-m mlflow server --host 127.0.0.1 --port {port} --workers 1 --uvicorn-opts --log-level=warning".split()
    process = subprocess.Popen([sys.executable, *words, "--backend-store-uri", uri], env={**os.environ, **QUIET})
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/health", process)
        yield address
    finally:
        process.terminate()
        process.wait()


def wait_for(url: str, process: subprocess.Popen) -> None:
    for _ in range(START_SECONDS):
        try:
            urllib.request.urlopen(url).close()
        except urllib.error.URLError:
            if process.poll() is not None:
                sys.exit(f"mlflow server ended with {process.returncode}")
            time.sleep(1)
        else:
            return
    sys.exit(f"no answer from {url} within {START_SECONDS} s")


def take(address: str, run: "Run", out: Path, browser: str) -> None:
    """One picture a page."""
    from playwright.sync_api import sync_playwright

    experiment, ids = run.info.experiment_id, run.data.tags["framing.compared_runs"].split(",")
    runs = f"runs={quote(json.dumps(ids))}&experiments={quote(json.dumps([experiment]))}"
    compared = quote(f"attributes.run_id IN ({', '.join(map(repr, ids))})")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=FLAGS)
        page = chromium.new_page(viewport=SIZE)
        page.set_default_timeout(1000 * START_SECONDS)

        def show(path: str, *, until: str) -> None:
            page.goto("about:blank")
            page.goto(f"{address}/#/{path}")
            page.locator(until).first.wait_for()
            close = page.locator("button[aria-label*='lose']")  # the assistant beside the page
            if close.count():
                close.first.click()

        def shoot(name: str) -> None:
            page.wait_for_timeout(SETTLE_MS)
            page.screenshot(path=out / f"{name}.png")
            print(out / f"{name}.png")

        show(f"compare-runs?{runs}", until="text=Run details")
        shoot("mlflow_compare")
        page.get_by_text("Metrics", exact=True).last.scroll_into_view_if_needed()
        shoot("mlflow_compare_metrics")
        show(f"experiments/{experiment}/runs?compareRunsMode=CHART&searchFilter={compared}", until=SEARCH)
        page.locator(SEARCH).fill("test/f1")
        shoot("mlflow_charts")
        show(f"experiments/{experiment}/runs/{run.info.run_id}", until="text=Description")
        page.get_by_text("Show more", exact=True).click()
        page.get_by_text("Description", exact=True).first.scroll_into_view_if_needed()
        shoot("mlflow_comparison")
        chromium.close()


if __name__ == "__main__":
    main()
