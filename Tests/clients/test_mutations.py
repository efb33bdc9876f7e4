"""A hundred thousand mutated requests, and as many mutated answers: each ends, in sense, and nothing is left behind.

TIDEGATE_SEED repeats a run; TIDEGATE_MUTATIONS sets how many there are of each kind."""

import os
import secrets

import pytest

from harness import binary, mutations, strict_http
from harness.exchange import ask_plain
from harness.heads import plain
from harness.mutation_backend import MutationBackend
from harness.mutation_clients import Readers, Requesters
from harness.process import MemoryMark, MiB
from harness.settings import settings
from harness.waiting import Stopwatch, wait_until

COUNT = int(os.environ.get("TIDEGATE_MUTATIONS") or (20_000 if binary.is_sanitized() else 100_000))


@pytest.fixture(scope="module")
def seed():
    chosen = int(os.environ.get("TIDEGATE_SEED") or secrets.randbelow(1 << 31))
    print(f"TIDEGATE_SEED={chosen}")
    return chosen


def front(launch, backend):
    return launch(settings(backend, timeouts={"handshake": "3s", "response": "3s", "body": "3s", "half_close": "5s"}))


def watched(proxy, crowd, deadline):
    """While the crowd plays, a good request is answered and the proxy says it is well, over and over."""
    asked, slowest = 0, 0.0
    watch = Stopwatch()
    while crowd.is_running() and not crowd.complaint and watch.seconds < deadline:
        one = Stopwatch()
        assert proxy.is_alive(), proxy.log.tail()
        head, _ = ask_plain(proxy.port, plain("/good", extra=[("Connection", "close")]))
        assert head.status == 200, head.raw
        assert proxy.admin.status("/livez") == 200 and proxy.admin.status("/readyz") == 200
        asked, slowest = asked + 1, max(slowest, one.seconds)
        wait_until(lambda: one.seconds > 0.5 or not crowd.is_running(), 5)
    crowd.finish(max(1.0, deadline - watch.seconds))
    assert asked >= 1 and slowest < 5.0, (asked, slowest)


def assert_given_back(proxy, memory, descriptors):
    proxy.wait_metric("tidegate_connections_active", 0, deadline=10)
    proxy.wait_metric("tidegate_tunnels_active", 0, deadline=10)
    proxy.wait_metric("tidegate_streams_active", 0, deadline=10)
    proxy.wait_metric("tidegate_buffered_bytes", 0)
    wait_until(
        lambda: proxy.process.descriptors() <= descriptors + proxy.metric("tidegate_backend_connections_idle") + 2, 10,
        lambda: f"{proxy.process.descriptors()} descriptors, {descriptors} at the start")
    memory.assert_grown_at_most(20 * MiB)


@pytest.mark.parametrize("data", [
    b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", b"HTTP/1.1 200 OK\nX: 1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 01\r\n\r\nx", b"HTTP/1.1 200 OK\r\nX : 1\r\n\r\n", b"HTTP/1.1 200 OK\r\n folded\r\n\r\n",
    b"HTTP/1.0 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n", b"HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"])
def test_the_judge_of_these_plays_refuses_what_no_proxy_may_write(data):
    with pytest.raises(strict_http.Malformed):
        strict_http.response(data, b"GET")


def test_the_judge_of_these_plays_takes_every_seed():
    for request in mutations.REQUESTS:
        assert strict_http.request(request).end is not None
    for answer in mutations.ANSWERS:
        read = strict_http.response(answer.replace(b"HTTP/1.0", b"HTTP/1.1"), b"GET")
        assert read.end is not None or read.until_close


def test_a_seed_and_a_number_give_the_same_bytes_each_time():
    for number in range(1000):
        assert mutations.mutated_request(7, number) == mutations.mutated_request(7, number)
        assert mutations.mutated_answer(7, number, False) == mutations.mutated_answer(7, number, False)
    assert len({mutations.mutated_request(7, number) for number in range(1000)}) > 900


@pytest.mark.timeout(300)
def test_mutated_requests_end_in_sense_and_leave_nothing(launch, seed):
    with MutationBackend("strict") as backend:
        proxy = front(launch, backend)
        memory, descriptors = MemoryMark(proxy.process), proxy.process.descriptors()
        crowd = Requesters(proxy.port, seed, COUNT)
        watched(proxy, crowd, 240)
        report = backend.report()
        assert not report["complaints"], f"TIDEGATE_SEED={seed}: {report['complaints'][0]}"
        # It must have been worth it: some were taken, some became tunnels, some were refused.
        print(dict(crowd.outcomes), report["taken"], report["tunnels"])
        for outcome in (200, 101, 400):
            assert crowd.outcomes[outcome] > COUNT // 100, crowd.outcomes
        assert report["taken"] > COUNT // 10 and report["tunnels"] > COUNT // 100
        assert_given_back(proxy, memory, descriptors)


@pytest.mark.timeout(300)
def test_mutated_answers_end_in_sense_and_leave_nothing(launch, seed):
    with MutationBackend("odd", seed) as backend:
        proxy = front(launch, backend)
        memory, descriptors = MemoryMark(proxy.process), proxy.process.descriptors()
        crowd = Readers(proxy.port, seed, COUNT)
        watched(proxy, crowd, 240)
        print(dict(crowd.outcomes))
        for outcome in (200, 101, 502):
            assert crowd.outcomes[outcome] > COUNT // 100, crowd.outcomes
        assert_given_back(proxy, memory, descriptors)
