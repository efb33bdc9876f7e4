"""Rows: one hostile input each, named by its row and what it is, with the statuses that are right for it."""

import pytest

from .frames import accept_value
from .heads import Head
from .wire import Ended, Wire


class Row:
    """`statuses` holds every status that is right; None stands for a close without any answer."""

    def __init__(self, row, words, data, *statuses):
        self.row, self.words, self.data, self.statuses = row, words, data, statuses or (400,)


def rows(*rows):
    """pytest's parameters: each row is a play of its own, told by its id."""
    return pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.row}: {row.words}") for row in rows])


class Answer:
    """What came back: a head and its body, or neither when the connection just ended."""

    def __init__(self, head, body, end):
        self.head, self.body, self.end = head, body, end

    @property
    def status(self):
        return self.head.status if self.head else None


def ask(port, data, *, tls=None, deadline=5.0, bytewise=False):
    """Sends `data` over a fresh connection and reads whatever comes until the connection ends, which it must."""
    client = Wire.connect(port, tls=tls)
    try:
        (client.send_bytewise if bytewise else client.send)(data)
    except (ConnectionError, OSError):
        pass  # Answered and closed before all of it was sent: the answer is what counts.
    raw = client.read_rest(deadline)
    client.close()
    if not raw:
        return Answer(None, b"", client.end)
    head, separator, body = raw.partition(b"\r\n\r\n")
    assert separator, f"half an answer: {raw!r}"
    return Answer(Head(head + separator), body, client.end)


def assert_refused(answer, *statuses):
    """One small correct answer with a status out of `statuses`, after which the connection has ended."""
    assert answer.status in statuses, answer.head.raw if answer.head else "closed without an answer"
    if answer.head:
        assert answer.head.line.startswith("HTTP/1.1 "), answer.head.line
        assert "close" in answer.head.tokens("Connection"), answer.head.raw
        assert int(answer.head.one("Content-Length")) == len(answer.body), answer.head.raw + answer.body


def assert_accepted(client, key, deadline=None):
    """The client's end gets a 101 that accepts its key."""
    try:
        head = client.read_head(deadline)
    except Ended as ended:
        raise AssertionError(f"no answer to an upgrade: {ended}") from None
    assert head.status == 101, head.raw
    assert head.one("Sec-WebSocket-Accept").encode() == accept_value(key), head.raw
    assert head.tokens("Upgrade") == {"websocket"} and "upgrade" in head.tokens("Connection"), head.raw
    return head
