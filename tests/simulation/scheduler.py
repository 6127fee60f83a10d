"""Lets workers take turns in an order that a seed decides, so that a run can be repeated.

Each worker is a thread, but only one runs at a time: it goes on until it touches the store, then
gives its turn back.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from threading import Semaphore, Thread

from tests.usecases.disturbed import Killed


class Worker:
    """One process of the platform's; `turn` is called before everything that others can see."""

    def __init__(self, name: str, work: Callable[["Worker"], None], back: Semaphore) -> None:
        self.name = name
        self.work = work
        self.doomed = False
        self.done = False
        self.error: BaseException | None = None
        self._go = Semaphore(0)
        self._back = back
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def turn(self) -> None:
        """Let others run.

        Raises:
            Killed: this process is no more.
        """
        if not self.doomed:
            self._back.release()
            self._go.acquire()
        if self.doomed:
            raise Killed

    def resume(self) -> None:
        """Run until the next turn or the end."""
        self._go.release()
        self._back.acquire()

    def _run(self) -> None:
        self._go.acquire()
        try:
            if not self.doomed:
                self.work(self)
        except Killed:
            pass
        except BaseException as error:  # noqa: BLE001 - handed to who runs the simulation
            self.error = error
        self.done = True
        self._back.release()


@dataclass
class Scheduler:
    """Runs workers in turns; what they are called in the order of their turns is `trace`."""

    chance: Random
    trace: list[str] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)
    _back: Semaphore = field(default_factory=lambda: Semaphore(0))

    def spawn(self, name: str, work: Callable[[Worker], None]) -> None:
        self.workers.append(Worker(name, work, self._back))

    def step(self) -> Worker:
        """Give one worker a turn and return it.

        Raises:
            whatever a worker did not handle.
        """
        worker = self.chance.choice(self.workers)
        self.trace.append(worker.name)
        worker.resume()
        if worker.done:
            self.workers.remove(worker)
        if worker.error:
            raise worker.error
        return worker

    def end(self) -> None:
        """Kill whoever is left."""
        for worker in self.workers:
            worker.doomed = True
            worker.resume()
        self.workers.clear()
