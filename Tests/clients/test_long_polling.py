"""Long polls: held for as long as the backend holds them, answered the moment there is something to say.

The first play starts polls that are held for thirty seconds under timeouts nobody wrote down; meanwhile others poll, a GiB goes up
and a lot comes down; the last play says something in each channel and looks at what came."""

import http.client
import json
import subprocess
import threading
import time

import pytest

from harness.bulk import Body
from harness.heads import answer, plain
from harness.memory_peak import MemoryPeak
from harness.messages import asked, read_answer
from harness.process import MiB
from harness.settings import settings
from harness.stream_process import StreamProcess
from harness.waiting import Stopwatch, wait_until

HELD = 30
GiB = 1024 * MiB
FLAT = 30 * MiB


@pytest.fixture(scope="module")
def application():
    with StreamProcess() as application:
        yield application


@pytest.fixture(scope="module")
def front(application, launch_once, certificates):
    """As an operator begins: no timeouts in the file."""
    config = settings(application, tls=certificates)
    del config["timeouts"]
    return launch_once(config)


def connection(port, tls=None):
    if tls:
        return http.client.HTTPSConnection("localhost", port, context=tls, timeout=60)
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


def say(port, channel, what):
    client = connection(port)
    client.request("POST", f"/say/{channel}", body=what)
    said = json.loads(client.getresponse().read())
    client.close()
    return said


class Poll(threading.Thread):
    """One poll of a channel on a thread of its own; `said` is what came, `arrived` when."""

    def __init__(self, port, channel, tls=None):
        super().__init__(daemon=True)
        self.channel, self._port, self._tls = channel, port, tls
        self.said = self.arrived = None

    def run(self):
        client = connection(self._port, self._tls)
        client.request("GET", f"/poll/{self.channel}")
        response = client.getresponse()
        self.arrived = time.monotonic()
        self.said = json.loads(response.read()) if response.status == 200 else response.status
        client.close()


class CurlPoll(Poll):
    def run(self):
        done = subprocess.run(
            ["curl", "--silent", "--max-time", "60", f"http://127.0.0.1:{self._port}/poll/{self.channel}"],
            capture_output=True, check=True)
        self.arrived = time.monotonic()
        self.said = json.loads(done.stdout)


@pytest.fixture(scope="module")
def held(front, authority):
    """Four polls by different clients, and an event stream without an event, all waiting since `watch` began."""
    polls = [
        Poll(front.port, "plain"), Poll(front.secure_port, "secure", authority.client_context(check=False)),
        CurlPoll(front.port, "curl"), Poll(front.port, "plain-2"),
    ]
    stream = connection(front.port)
    stream.request("GET", "/live/stream")
    watch = Stopwatch()
    for poll in polls:
        poll.start()
    front.wait_metric("tidegate_streams_active", len(polls), kind="long_poll", pool="main")
    front.wait_metric("tidegate_streams_active", 1, kind="sse")
    yield polls, stream, watch
    stream.close()


def test_polls_that_wait_are_counted_as_such(front, held):
    front.wait_metric("tidegate_streams_active", len(held[0]) + 1)
    assert front.metric("tidegate_tunnels_active") == 0


def test_a_poll_is_answered_the_moment_there_is_something_to_say(front, application):
    """Said through the proxy, and past it."""
    for port in (front.port, application.port):
        for number in range(5):
            poll = Poll(front.port, "quick")
            before = front.metric("tidegate_streams_active", kind="long_poll")
            poll.start()
            front.wait_metric("tidegate_streams_active", before + 1, kind="long_poll")
            said = say(port, "quick", f"now {number}")
            poll.join(5)
            assert poll.said == said and said["what"] == f"now {number}"
            assert poll.arrived - said["sent"] < 0.5


def test_plain_polling_over_one_connection_is_answered_each_time(front):
    client = connection(front.port)
    for number in range(200):
        client.request("GET", f"/plain?n={number}")
        assert json.loads(client.getresponse().read()) == {"n": number}
    client.close()


def test_a_poll_given_up_by_its_client_is_given_up_at_the_backend(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain("/poll"))
    proxy.wait_metric("tidegate_streams_active", 1, kind="long_poll")
    client.reset()
    assert server.wait_end(deadline=3) in ("fin", "reset")
    proxy.wait_metric("tidegate_streams_active", 0)


def test_a_poll_stops_being_one_when_its_answer_begins(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain("/poll"))
    proxy.wait_metric("tidegate_streams_active", 1, kind="long_poll")
    server.send(answer(200, ("Content-Length", "4"), length=False))
    proxy.wait_metric("tidegate_streams_active", 1, kind="body")
    assert proxy.metric("tidegate_streams_active", kind="long_poll") == 0
    server.send(b"done")
    assert read_answer(client).body == b"done"
    proxy.wait_metric("tidegate_streams_active", 0)


def test_300_polls_at_once_are_all_answered(proxy, backend):
    polls = [asked(proxy.port, backend, plain(f"/poll/{number}")) for number in range(300)]
    proxy.wait_metric("tidegate_streams_active", 300, kind="long_poll")
    for client, server, head in polls:
        server.send(answer(200, body=head.target.encode()))
    for number, (client, _, _) in enumerate(polls):
        assert read_answer(client).body == b"/poll/%d" % number
    proxy.wait_metric("tidegate_streams_active", 0)


def upload(client, body, *, chunks):
    """What the application says of a body that it took in."""
    client.request(
        "POST", "/upload", body=iter(body), encode_chunked=chunks,
        headers={"Transfer-Encoding": "chunked"} if chunks else {"Content-Length": str(body.size)})
    said = json.loads(client.getresponse().read())
    client.close()
    return said


@pytest.mark.timeout(120)
def test_an_upload_of_a_gib_over_tls_to_fastapi_arrives_whole_at_flat_memory(front, authority):
    body = Body(GiB)
    with MemoryPeak(front.process) as memory:
        said = upload(connection(front.secure_port, authority.client_context(check=False)), body, chunks=False)
    assert (said["length"], said["sha256"], said["coding"]) == (GiB, body.sha256, None)
    memory.assert_grown_at_most(FLAT)


@pytest.mark.timeout(120)
def test_a_chunked_upload_of_128_mib_to_fastapi_arrives_whole_at_flat_memory(front):
    body = Body(GiB // 8)
    with MemoryPeak(front.process) as memory:
        said = upload(connection(front.port), body, chunks=True)
    assert (said["length"], said["sha256"], said["coding"]) == (body.size, body.sha256, "chunked")
    memory.assert_grown_at_most(FLAT)


@pytest.mark.timeout(120)
def test_a_download_of_128_mib_from_fastapi_arrives_whole_at_flat_memory(front, authority):
    blocks = GiB // 8 // 65536
    with MemoryPeak(front.process) as memory:
        client = connection(front.secure_port, authority.client_context(check=False))
        client.request("GET", f"/download?blocks={blocks}")
        response = client.getresponse()
        for number in range(blocks):
            assert response.read(65536) == bytes([number & 0xFF]) * 65536, f"block {number}"
        assert response.read() == b""
        client.close()
    memory.assert_grown_at_most(FLAT)


def test_r7_polls_held_for_thirty_seconds_are_answered_at_once(front, application, held):
    polls, stream, watch = held
    wait_until(lambda: watch.seconds >= HELD, HELD + 5, interval=0.1)
    assert front.metric("tidegate_streams_active", kind="long_poll") == len(polls), "a poll was given up"
    for poll in polls:
        said = say(application.port, poll.channel, f"for {poll.channel}")
        poll.join(5)
        assert poll.said == said, f"{poll.channel} heard {poll.said}"
        # What curl's whole process takes to end counts into its moment.
        assert poll.arrived - said["sent"] < (1.0 if isinstance(poll, CurlPoll) else 0.2)
    say(application.port, "stream", "an event")
    response = stream.getresponse()
    line = response.readline()
    assert json.loads(line.removeprefix(b"data: "))["what"] == "an event"
    say(application.port, "stream", "end")
    assert response.read() == b"\n"
    front.wait_metric("tidegate_streams_active", 0)
    assert front.metric("tidegate_request_failures_total") == 0
