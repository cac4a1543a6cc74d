"""The composer's workers: one for each slot's loop model, one for each melody model.

Slots share a melody model that lies in the same folder.

The composer process alone imports this: the models come with it.
"""

from pathlib import Path
from queue import SimpleQueue

from loopwright.live.compose_melody import melody_work
from loopwright.live.loading import Load
from loopwright.live.wire import Wire
from loopwright.live.worker import Work, Worker, loop_work


class Workers:
    """The models that are open, by slot. The composer's main thread; never waits but in `end`."""

    def __init__(self, wire: Wire, told: "SimpleQueue[object]") -> None:
        """Answers leave on `wire`; what a model falls over is put among what is `told`."""
        self._wire, self._told = wire, told
        self._slots = dict[int, Worker]()
        self._melodies = dict[int, Path]()  # the folder of each slot's melody model
        self._singers = dict[Path, Worker]()

    def load(self, load: Load) -> None:
        """Open the models of a slot, beside those that are open."""
        if load.slot in self._slots:
            self._slots.pop(load.slot).end()
        self._slots[load.slot] = self._worker(loop_work, load)
        self._melodies.pop(load.slot, None)
        if load.melody is not None:
            self._melodies[load.slot] = load.melody
            if load.melody not in self._singers:
                self._singers[load.melody] = self._worker(melody_work, load)
        self._tidy()

    def ask(self, slot: int, request: object) -> None:
        """Have a slot's loop model answer; a slot that was closed is asked in vain."""
        if slot in self._slots:
            self._slots[slot].ask(request)

    def sing(self, slot: int, request: object) -> None:
        """Have a slot's melody model answer, if it has one."""
        if slot in self._melodies:
            self._singers[self._melodies[slot]].ask(request)

    def release(self, slot: int) -> None:
        """Close a slot's models, but a melody model that another slot has too."""
        if slot in self._slots:
            self._slots.pop(slot).end()
        self._melodies.pop(slot, None)
        self._tidy()

    def _tidy(self) -> None:
        for folder in self._singers.keys() - self._melodies.values():
            self._singers.pop(folder).end()

    def _worker(self, work: Work, load: Load) -> Worker:
        return Worker(work, load, self._wire, self._told.put)

    def end(self, patience: float) -> None:
        """Close all models, waiting for each for so many seconds at most."""
        workers = (*self._slots.values(), *self._singers.values())
        for worker in workers:
            worker.end()
        for worker in workers:
            worker.join(patience)
