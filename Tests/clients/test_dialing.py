"""Backends that cannot be reached: the next candidate is tried, and when there is none the client hears so at once."""

import contextlib

import pytest

from harness.deaf import deaf_port
from harness.frames import TEXT, frame
from harness.heads import upgrade
from harness.ports import free_port
from harness.raw_backend import RawBackend
from harness.rows import ask, assert_refused
from harness.settings import settings
from harness.waiting import Stopwatch, wait_until
from harness.wire import Wire


def refused_url():
    return f"ws://127.0.0.1:{free_port()}"


def test_b1_a_refused_dial_goes_on_to_the_next_backend(launch):
    with RawBackend() as backend:
        proxy = launch(settings(refused_url(), refused_url(), backend))
        for _ in range(6):
            client, server = backend.tunnel(proxy.port)
            client.send(frame(TEXT, b"hello", masked=True))
            assert server.read_frame().payload == b"hello"
        assert proxy.metric("tidegate_backend_connect_failures_total", pool="main") >= 2


def test_b2_a_dial_without_an_answer_goes_on_after_the_connect_timeout(launch):
    with deaf_port() as port, RawBackend() as backend:
        proxy = launch(settings(f"ws://127.0.0.1:{port}", backend, timeouts={"connect": "400ms", "handshake": "5s"}))
        slow = 0
        for _ in range(2):
            watch = Stopwatch()
            backend.tunnel(proxy.port)
            assert watch.seconds < 2.5
            slow += watch.seconds > 0.3
        assert slow >= 1, "the deaf backend was never dialled"


def test_b2_dials_together_stay_within_the_handshake_deadline(launch):
    with deaf_port() as one, deaf_port() as two, deaf_port() as three:
        proxy = launch(settings(
            *[f"ws://127.0.0.1:{port}" for port in (one, two, three)], timeouts={"connect": "1s", "handshake": "1500ms"}))
        watch = Stopwatch()
        answer = ask(proxy.port, upgrade())
        assert answer.status in (502, 503, 504)
        assert watch.seconds < 3


def test_b4_with_every_backend_down_the_client_hears_503(launch):
    proxy = launch(settings(refused_url(), refused_url(), refused_url()))
    ask(proxy.port, upgrade())
    answer = ask(proxy.port, upgrade())
    assert_refused(answer, 503)
    assert 1 <= int(answer.head.one("Retry-After")) <= 5
    tried = proxy.metric("tidegate_backend_connect_failures_total", pool="main")
    assert tried <= 6, f"{tried} dials for two requests and three backends"


def test_very_many_dead_backends_are_told_of_in_a_few_lines_and_the_one_that_lives_is_found(launch, tmp_path):
    dead = [f"unix:{tmp_path}/{number}.sock" for number in range(300)]
    with RawBackend() as backend:
        proxy = launch(settings(*dead, {"url": backend.url, "backup": True}))
        client, server = backend.tunnel(proxy.port)
        client.send(frame(TEXT, b"hello", masked=True))
        assert server.read_frame().payload == b"hello"
        assert proxy.metric("tidegate_backend_connect_failures_total", pool="main") == 300
        told = proxy.log.events("dial_failed")
        assert len(told) == 13 and told[-1]["failures"] == 256


def test_early_bytes_survive_the_way_to_the_second_candidate(launch):
    with RawBackend() as backend:
        proxy = launch(settings(refused_url(), backend))
        early = frame(TEXT, b"early", masked=True)
        for _ in range(4):
            client, server = backend.tunnel(proxy.port, request=upgrade() + early)
            assert server.receive(len(early)) == early


@pytest.mark.parametrize("path, status", [("/known", 101), ("/unknown", 404)])
def test_a_path_without_a_route_is_answered_404(launch, path, status):
    with RawBackend() as backend:
        proxy = launch(settings(backend, routes=[{"path": "/known", "pool": "main"}]))
        if status == 101:
            client, _ = backend.tunnel(proxy.port, path)
            assert client.is_silent()
        else:
            assert_refused(ask(proxy.port, upgrade(path)), 404)
            assert backend.is_untouched()


ROUTES = [
    {"host": "chat.test", "path": "/ws/*", "pool": "exact"},
    {"host": "*.chat.test", "path": "/ws/*", "pool": "suffix"},
    {"path": "/ws/*", "pool": "any"},
    {"path": "/ws/deep", "pool": "deep"},
    {"path": "/ws/deep/*", "pool": "below"},
]

# Host and path of a request, and the pool whose backend must see it.
WAYS = [
    ("chat.test", "/ws", "exact"), ("chat.test", "/ws/", "exact"), ("CHAT.test:81", "/ws/a/b", "exact"),
    ("chat.test", "/ws/deep", "exact"), ("room.chat.test", "/ws/x", "suffix"), ("a.b.chat.test", "/ws", "suffix"),
    ("other.test", "/ws/x", "any"), ("notchat.test", "/ws/x", "any"), ("other.test", "/ws/deep", "deep"),
    ("other.test", "/ws/deep/er", "below"), ("other.test", "/ws/deeper", "any"), ("other.test", "/wsx", None),
]


@pytest.fixture(scope="module")
def routed(launch_once):
    with contextlib.ExitStack() as stack:
        backends = {name: stack.enter_context(RawBackend()) for name in ("exact", "suffix", "any", "deep", "below")}
        pools = {name: {"backends": [backend.url]} for name, backend in backends.items()}
        yield launch_once(settings(pools=pools, routes=ROUTES)), backends


@pytest.mark.parametrize("host, path, pool", WAYS, ids=[f"{host}{path}" for host, path, _ in WAYS])
def test_the_most_specific_route_wins(routed, host, path, pool):
    proxy, backends = routed
    client = Wire.connect(proxy.port)
    client.send(upgrade(path, change={"Host": host}))
    if pool is None:
        assert client.read_head().status == 404
    else:
        _, head = backends[pool].request()
        assert (head.target, head.one("Host")) == (path, host)
    assert all(backend.is_untouched() for name, backend in backends.items() if name != pool)


def probing(port):
    """How many connections to this port of 127.0.0.1 have a keep-alive timer (proc_net_tcp: timer 2)."""
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return sum(row[2] == f"0100007F:{port:04X}" and row[5].startswith("02:") for row in rows)


def test_a_tunnel_that_lasts_is_probed_for_a_backend_that_vanished(launch):
    with RawBackend() as backend:
        proxy = launch(settings(backend))
        backend.tunnel(proxy.port)
        wait_until(lambda: probing(backend.port) == 1, deadline=20)


def test_a_kept_connection_is_probed_at_once(launch):
    with RawBackend() as backend:
        proxy = launch(settings(backend))
        client = Wire.connect(proxy.port)
        client.send(b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
        server, _ = backend.request()
        server.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        assert client.read_head().status == 200
        wait_until(lambda: probing(backend.port) == 1, deadline=3)
