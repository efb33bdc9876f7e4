"""A reader of event streams as browsers read them (WHATWG HTML 9.2.6), fed with bytes."""

import re

_LINE = re.compile(rb"\r\n|\n|\r")


class EventReader:
    """`take` gives the events that `data` completes: (event, data, id). Comments are counted in `comments`."""

    def __init__(self):
        self._held, self._fields, self.comments = b"", [], []

    def take(self, data):
        self._held += data
        found = []
        while match := _LINE.search(self._held):
            if match.group() == b"\r" and match.end() == len(self._held):
                return found  # Its LF may still come.
            line, self._held = self._held[:match.start()], self._held[match.end():]
            if line:
                self._line(line)
            elif self._fields:
                found.append(self._event())
        return found

    def _line(self, line):
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name:
            self._fields.append((name.decode(), value.decode()))
        else:
            self.comments.append(value)

    def _event(self):
        fields, self._fields = self._fields, []
        last = dict(fields)
        return last.get("event", "message"), "\n".join(value for name, value in fields if name == "data"), last.get("id")
