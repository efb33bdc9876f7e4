"""Event streams: every byte at once, counted, kept alive by comments that never stand inside an event."""

import asyncio
import json
import time

import aiohttp
import pytest

from harness.events import EventReader
from harness.heads import answer, plain
from harness.messages import Dechunker, asked, chunk, goes_on, read_answer, serving
from harness.settings import settings
from harness.stream_process import StreamProcess
from harness.waiting import Missed, Stopwatch

CHUNKED = ("Transfer-Encoding", "chunked")
EVENT_STREAM = ("Content-Type", "text/event-stream; charset=utf-8")
PING = b": ping\n\n"


@pytest.fixture(scope="module")
def application():
    with StreamProcess() as application:
        yield application


@pytest.fixture(scope="module")
def front(application, launch_once, certificates):
    return launch_once(settings(application, tls=certificates))


def streamed(port, backend, *fields, request=None):
    """An event stream that has begun: the client's end and the backend's end, both past the head."""
    client, server, _ = asked(port, backend, request or plain("/events"))
    server.send(answer(200, *fields, length=False))
    assert client.read_head().status == 200
    return client, server


# Timing

async def read_events(url, tls=None):
    """The events of a stream, each with the seconds between its sending and its arrival."""
    reader, delays, events = EventReader(), [], []
    async with aiohttp.ClientSession() as session:
        async with session.get(url, ssl=tls) as response:
            assert response.status == 200 and response.content_type == "text/event-stream"
            async for data in response.content.iter_any():
                now = time.monotonic()
                for _, text, _ in reader.take(data):
                    events.append(json.loads(text)["number"])
                    delays.append(now - json.loads(text)["sent"])
    return events, sorted(delays)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_r7_events_from_fastapi_arrive_within_50_ms_of_being_sent(front, application, authority, scheme):
    """A second stream is read past the proxy at the same time: what the busy machine delays there is not the proxy's doing."""
    port = front.port if scheme == "http" else front.secure_port
    tls = authority.client_context(check=False) if scheme == "https" else None
    events = "/events?count=60&every=0.03"

    async def play():
        return await asyncio.gather(
            read_events(f"{scheme}://127.0.0.1:{port}{events}", tls), read_events(f"{application.url}{events}"))

    (numbers, delays), (_, without) = asyncio.run(play())
    assert numbers == list(range(60))
    for share in (50, 90):
        late = delays[len(delays) * share // 100] - without[len(without) * share // 100]
        assert late < 0.05, f"{share} of 100 within {late:.3f} s more than without the proxy"
    assert delays[-1] < 1


def test_r7_ten_streams_at_once_each_get_their_own_events_in_time(front):
    async def play():
        url = f"http://127.0.0.1:{front.port}/events?count=20&every=0.05"
        return await asyncio.gather(*(read_events(url) for _ in range(10)))

    for events, delays in asyncio.run(play()):
        assert events == list(range(20))
        assert delays[len(delays) // 2] < 0.1, "half of them late"


@pytest.mark.parametrize("frames", [True, False], ids=["chunked", "until the close"])
def test_each_byte_of_a_stream_passes_before_the_next_is_sent(proxy, backend, frames):
    client, server = streamed(proxy.port, backend, EVENT_STREAM, *[CHUNKED] * frames)
    for byte in b"event: x\ndata: \xc3\xa9\r\n\r\n:c\n\n":
        piece = chunk(bytes([byte])) if frames else bytes([byte])
        server.send(piece)
        assert client.receive(len(piece)) == piece


# Counting

def test_a_stream_is_counted_while_it_lives(proxy, backend):
    client, server = streamed(proxy.port, backend, EVENT_STREAM, CHUNKED)
    proxy.wait_metric("tidegate_streams_active", 1, pool="main", kind="sse")
    assert proxy.metric("tidegate_streams_active", kind="body") == 0
    server.send(chunk(b"data: last\n\n") + b"0\r\n\r\n")
    client.receive_until(b"0\r\n\r\n")
    proxy.wait_metric("tidegate_streams_active", 0)


def test_a_stream_whose_client_left_frees_its_backend(proxy, backend):
    client, server = streamed(proxy.port, backend, EVENT_STREAM, CHUNKED)
    proxy.wait_metric("tidegate_streams_active", 1, kind="sse")
    client.reset()
    assert server.wait_end(deadline=3) in ("fin", "reset")
    proxy.wait_metric("tidegate_streams_active", 0)


# Keep-alive comments

@pytest.fixture(scope="module")
def pinging(backend, launch_once):
    return launch_once(settings(backend, routes=[{"path": "/*", "pool": "main", "sse_keepalive": "1s"}]))


def test_between_events_an_idle_stream_carries_comments(pinging, backend):
    client, server = streamed(pinging.port, backend, EVENT_STREAM, CHUNKED)
    content, reader = Dechunker(), EventReader()
    server.send(chunk(b"data: 1\n\n"))
    watch = Stopwatch()
    data = client.receive_until(PING + b"\r\n", deadline=4)
    assert 0.6 < watch.seconds < 3
    assert content.take(data) == b"data: 1\n\n" + PING
    server.send(chunk(b"data: 2\n\n") + b"0\r\n\r\n")
    content.take(client.receive_until(b"0\r\n\r\n"))
    assert content.done
    assert reader.take(content.content) == [("message", "1", None), ("message", "2", None)]
    assert reader.comments == [b"ping"]
    goes_on(client, server, backend)


def test_a_stream_that_is_not_idle_carries_no_comment(pinging, backend):
    client, server = streamed(pinging.port, backend, EVENT_STREAM, CHUNKED)
    for number in range(5):
        server.send(chunk(b"data: %d\n\n" % number))
        assert client.receive_until(b"\n\n\r\n") == chunk(b"data: %d\n\n" % number)
        assert client.is_silent(0.4)


# A stream's beginning, and whether a comment may follow it.
PLACES = [
    ("at the very beginning", [EVENT_STREAM, CHUNKED], b"", True),
    ("behind an event", [EVENT_STREAM, CHUNKED], chunk(b"data: 1\n\n"), True),
    ("behind an event that ends with CR LF", [EVENT_STREAM, CHUNKED], chunk(b"data: 1\r\n\r\n"), True),
    ("behind an event in two chunks", [EVENT_STREAM, CHUNKED], chunk(b"data: 1\n") + chunk(b"\n"), True),
    ("behind an event, without chunks", [EVENT_STREAM], b"data: 1\n\n", True),
    ("with the coding identity", [EVENT_STREAM, CHUNKED, ("Content-Encoding", "identity")], chunk(b"data: 1\n\n"), True),
    ("inside a line", [EVENT_STREAM, CHUNKED], chunk(b"data: half"), False),
    ("behind a line", [EVENT_STREAM, CHUNKED], chunk(b"data: 1\n"), False),
    ("behind a line, without chunks", [EVENT_STREAM], b"data: 1\n", False),
    ("inside a comment", [EVENT_STREAM, CHUNKED], chunk(b"data: 1\n\n: half"), False),
    ("inside a chunk that goes on", [EVENT_STREAM, CHUNKED], b"40\r\ndata: 1\n\n", False),
    ("before the end of a chunk", [EVENT_STREAM, CHUNKED], b"9\r\ndata: 1\n\n", False),
    ("inside a chunk's size", [EVENT_STREAM, CHUNKED], chunk(b"data: 1\n\n") + b"4", False),
    ("with a Content-Encoding", [EVENT_STREAM, CHUNKED, ("Content-Encoding", "gzip")], chunk(b"data: 1\n\n"), False),
    ("with a Content-Length", [EVENT_STREAM, ("Content-Length", "1000")], b"data: 1\n\n", False),
    ("in another type", [("Content-Type", "text/plain"), CHUNKED], chunk(b"data: 1\n\n"), False),
]


def test_a_comment_comes_between_events_and_nowhere_else(pinging, backend):
    """All places at once, so that one silence of two and a half seconds serves for all."""
    streams = []
    for words, fields, sent, wanted in PLACES:
        client, server = streamed(pinging.port, backend, *fields)
        server.send(sent)
        streams.append((words, fields, sent, wanted, client, server))
    watch = Stopwatch()
    for words, fields, sent, wanted, client, _ in streams:
        if not wanted:
            continue
        comment = chunk(PING) if CHUNKED in fields else PING
        got = client.receive(len(sent) + len(comment), deadline=max(0.5, 4 - watch.seconds))
        assert got == sent + comment, words
        assert watch.seconds > 0.3, f"{words}: at once"
    for words, _, sent, wanted, client, _ in streams:
        if wanted:
            continue
        with pytest.raises(Missed):
            client.receive(len(sent) + 1, deadline=max(0.1, 2.5 - watch.seconds))
        assert PING not in client.held, words


def test_a_backend_hears_nothing_of_the_comments(pinging, backend):
    client, server = streamed(pinging.port, backend, EVENT_STREAM, CHUNKED)
    client.receive_until(PING, deadline=4)
    assert server.is_silent()


def test_without_the_key_a_stream_stays_as_its_backend_made_it(proxy, backend):
    client, server = streamed(proxy.port, backend, EVENT_STREAM, CHUNKED)
    server.send(chunk(b"data: 1\n\n"))
    assert client.receive_until(b"\n\n\r\n") == chunk(b"data: 1\n\n")
    assert client.is_silent(1.5)


def test_a_pipelined_request_waits_behind_a_stream(proxy, backend):
    client, server = streamed(proxy.port, backend, EVENT_STREAM, CHUNKED, request=plain("/events") + plain("/behind"))
    assert backend.is_untouched()
    server.send(chunk(b"data: 1\n\n") + b"0\r\n\r\n")
    assert client.receive_until(b"0\r\n\r\n") == chunk(b"data: 1\n\n") + b"0\r\n\r\n"
    again = serving(server, backend)
    assert again.read_head().target == "/behind"
    again.send(answer(200, body=b"behind"))
    assert read_answer(client).body == b"behind"
