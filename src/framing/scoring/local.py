"""The engine `local`: worker processes on one machine, each of which loads what it needs once.

A worker that dies loses no part: another does it again. Workers end with the process that started them, however it
ends.
"""

import os
import signal
import sys
import threading
import traceback
from collections import Counter, deque
from collections.abc import Callable, Sequence
from multiprocessing import connection, get_context, parent_process
from multiprocessing.context import SpawnProcess
from typing import TYPE_CHECKING, Any

from framing.errors import FramingError
from framing.scoring.plan import Part, Task

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

TRIES = 3
Done = Callable[[Part], None]


def run(task: Task, parts: Sequence[Part], workers: int, done: Done) -> None:
    """Do the parts; `done` is called with each that is. Raises FramingError for a part that kills its workers."""
    left, tries = deque(parts), Counter[int]()
    crew = [_Worker(task, threads_for(workers)) for _ in range(min(workers, len(parts)))]
    try:
        while True:
            _hand_out(crew, left)
            busy = [worker for worker in crew if worker.part]
            if not busy:
                return
            ready = set(connection.wait([worker.answers for worker in busy]))
            for k, worker in enumerate(crew):
                if worker.answers in ready and (part := worker.part):
                    if worker.finished():
                        done(part)
                        continue
                    tries[part.number] += 1
                    _check_tries(part, tries[part.number], worker)
                    left.appendleft(part)
                    worker.stop()
                    crew[k] = _Worker(task, threads_for(workers))
    finally:
        for worker in crew:
            worker.stop()


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def threads_for(workers: int) -> int:
    """Threads of each worker."""
    return max(1, cores() // workers)


class _Worker:
    """A process, and the part that it has in hand."""

    def __init__(self, task: Task, threads: int) -> None:
        context = get_context("spawn")
        self.part: Part | None = None
        self.answers, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=_work, args=(task, threads, theirs), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, part: Part) -> None:
        """Hand it a part; one that just died is noticed where its answer is read."""
        self.part = part
        try:
            self.answers.send(part)
        except BrokenPipeError:
            return

    def finished(self) -> bool:
        """Whether the part is done; False where the worker died. Raises what the worker raised."""
        try:
            failed = self.answers.recv()
        except (EOFError, ConnectionResetError):
            return False
        self.part = None
        if isinstance(failed, dict):
            raise FramingError(**failed)
        if failed:
            raise RuntimeError(f"a worker failed:\n{failed}")
        return True

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.join()
        self.answers.close()


def _hand_out(crew: Sequence[_Worker], left: deque[Part]) -> None:
    for worker in crew:
        if left and not worker.part:
            worker.give(left.popleft())


def _check_tries(part: Part, tries: int, worker: _Worker) -> None:
    if tries >= TRIES:
        worker.process.join()
        where = "".join(f", {p.file} from row {p.first + 1}" for p in part.slices[:1])
        raise FramingError(
            expected=f"part {part.number} ({part.rows} rows{where}) to be done",
            found=f"{tries} workers that died of it, the last with exit code {worker.process.exitcode}",
            fix="Exit code -9 mostly means too little memory: use fewer --workers. The parts that are done are kept.",
        )


def _work(task: Task, threads: int, parts: "Connection[Any, Any]") -> None:
    """In a worker: load what the task needs, then do what comes, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    worker = None
    while True:
        try:
            part = parts.recv()
        except EOFError:
            return
        try:
            worker = worker or task.worker(threads)
            worker.work(part)
            failed: Any = None
        except FramingError as error:
            failed = {"expected": error.expected, "found": error.found, "fix": error.fix}
        except Exception:  # it is raised again in the parent
            failed = traceback.format_exc()
        parts.send(failed)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    connection.wait([parent.sentinel])
    os._exit(1)
