"""Where threads meet: a queue that nobody waits at, and a place for the newest value."""

from collections import deque
from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")


class Inbox(Generic[T]):
    """Values in the order they came, for one reader that looks often."""

    def __init__(self) -> None:
        self._values: deque[T] = deque()

    def __bool__(self) -> bool:
        return bool(self._values)

    def put(self, value: T) -> None:
        """Add a value. Any thread; never waits."""
        self._values.append(value)

    def take(self) -> list[T]:
        """Take all that came so far, oldest first. The reader's thread; never waits."""
        return [self._values.popleft() for _ in range(len(self._values))]

    def take_one(self) -> T:
        """Take the oldest; there must be one. The reader's thread; never waits."""
        return self._values.popleft()


class Latest(Generic[T]):
    """The newest value, for a reader who never wants the older ones."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._values: deque[T] = deque(maxlen=1)

    def put(self, value: T) -> None:
        """Replace the value. Any thread; waits for one assignment at most."""
        with self._changed:
            self._values.append(value)
            self._changed.notify()

    def waiting(self) -> bool:
        """Say whether there is a value to take. Any thread; never waits."""
        return bool(self._values)

    def take(self) -> T:
        """Take the newest value, waiting for one. The reader's thread; blocks."""
        with self._changed:
            while not self._values:
                self._changed.wait()
            return self._values.pop()
