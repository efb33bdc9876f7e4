"""Waiting on conditions, never on the clock."""

import time


class Missed(AssertionError):
    """A condition did not come true before its deadline."""


def wait_until(condition, deadline=5.0, what="condition", interval=0.01):
    """Polls `condition` until it gives something true, and gives that back; `Missed` once `deadline` seconds passed."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= end:
            raise Missed(f"not within {deadline} s: {what() if callable(what) else what}")
        time.sleep(interval)


class Stopwatch:
    """Seconds since it was made, by the monotonic clock."""

    def __init__(self):
        self.start = time.monotonic()

    @property
    def seconds(self):
        return time.monotonic() - self.start
