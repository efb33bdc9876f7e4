"""The proxy's log: one JSON object a line, read from the file its standard error goes to."""

import json

from .waiting import wait_until


class Log:
    def __init__(self, path):
        self.path = path

    def raw(self):
        return self.path.read_bytes() if self.path.exists() else b""

    def lines(self):
        """Every whole line as an object; a line that is no JSON object fails, whatever wrote it (a crash report, a stray print)."""
        whole, _, _ = self.raw().rpartition(b"\n")
        found = []
        for line in whole.split(b"\n"):
            if not line:
                continue
            try:
                value = json.loads(line)
            except ValueError:
                raise AssertionError(f"not a JSON line in the log: {line[:500]!r}") from None
            assert isinstance(value, dict), f"not a JSON object in the log: {line[:500]!r}"
            found.append(value)
        return found

    def events(self, event, **fields):
        return [
            line for line in self.lines()
            if line.get("event") == event and all(line.get(key) == want for key, want in fields.items())
        ]

    def wait(self, event, count=1, deadline=5.0, **fields):
        """The first `count` lines of an event with these fields; a list when more than one was asked for."""
        found = wait_until(
            lambda: len(have := self.events(event, **fields)) >= count and have,
            deadline, lambda: f"{count} x {event} {fields} in the log:\n{self.tail()}")
        return found[0] if count == 1 else found[:count]

    def tail(self, size=4000):
        return self.raw()[-size:].decode("utf-8", "replace")
