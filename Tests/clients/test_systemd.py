"""Under a service manager: what it is told over its notify socket, and the sockets it passes in."""

import os
import signal
import socket
import sys
import time

import pytest

from harness.frames import TEXT, close_frame, frame
from harness.heads import answer
from harness.notify import NotifySocket
from harness.raw_backend import RawBackend
from harness.settings import settings
from harness.waiting import wait_until
from harness.wire import Wire


@pytest.fixture
def manager(tmp_path):
    manager = NotifySocket(tmp_path)
    yield manager
    manager.close()


@pytest.fixture
def backend():
    with RawBackend() as backend:
        yield backend


def test_ready_is_said_once_it_takes_connections(launch, backend, manager):
    proxy = launch(settings(backend), environment={"NOTIFY_SOCKET": manager.path}, start=False)
    proxy.spawn()
    manager.wait("READY=1")
    with Wire.connect(proxy.port):
        assert proxy.admin.status("/readyz") == 200
    assert proxy.stop() == 0


def test_ready_is_never_said_when_the_start_fails(launch, backend, manager):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        config = settings(backend)
        config["listeners"][0]["bind"] = f"127.0.0.1:{taken.getsockname()[1]}"
        proxy = launch(config, environment={"NOTIFY_SOCKET": manager.path}, start=False)
        proxy.spawn()
        assert proxy.wait_exit() == 1
    manager.sock.settimeout(0.01)
    try:
        while True:
            assert b"READY=1" not in manager.sock.recv(65536)
    except TimeoutError:
        pass
    assert str(config["listeners"][0]["bind"].rsplit(":", 1)[1]) in proxy.log.tail()


@pytest.mark.parametrize("good", [True, False], ids=["a good file", "a broken file"])
def test_a_reload_is_framed_by_reloading_and_ready(launch, backend, manager, good):
    proxy = launch(settings(backend), environment={"NOTIFY_SOCKET": manager.path})
    manager.wait("READY=1")
    if not good:
        proxy.path.write_text("nonsense: [\n")
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    proxy.signal(signal.SIGHUP)
    reloading = manager.wait("RELOADING=1", "MONOTONIC_USEC")
    after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    assert before <= int(reloading["MONOTONIC_USEC"]) <= after
    assert "READY" not in reloading
    manager.wait("READY=1")


def test_stopping_is_said_when_a_drain_begins_and_the_status_tells_counts(launch, backend, manager):
    proxy = launch(settings(backend, drain={"period": "1s"}), environment={"NOTIFY_SOCKET": manager.path})
    manager.wait("READY=1")
    client, server = backend.tunnel(proxy.port)
    wait_until(lambda: "1" in manager.wait("STATUS")["STATUS"], 10, what="a status with the one tunnel")
    proxy.signal(signal.SIGTERM)
    manager.wait("STOPPING=1")
    assert client.read_frame().code == 1012
    client.send(close_frame(1012, masked=True))
    server.close()
    assert proxy.wait_exit() == 0


def test_the_watchdog_is_fed_at_least_twice_in_its_time(launch, backend, manager):
    proxy = launch(settings(backend), environment={"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "1000000"})
    manager.wait("WATCHDOG=1")
    for _ in range(4):
        start = time.monotonic()
        manager.wait("WATCHDOG=1", deadline=1.0)
        assert time.monotonic() - start < 1.0
    assert proxy.is_alive()


def test_a_watchdog_meant_for_another_process_is_left_alone(launch, backend, manager):
    proxy = launch(settings(backend), environment={
        "NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "400000", "WATCHDOG_PID": str(os.getpid())})
    manager.wait("READY=1")
    with pytest.raises(AssertionError):
        manager.wait("WATCHDOG=1", deadline=1.2)
    assert proxy.is_alive()


def test_an_abstract_notify_socket_is_understood(launch, backend):
    name = f"tidegate-plays-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as abstract:
        abstract.bind("\0" + name)
        abstract.settimeout(10)
        launch(settings(backend), environment={"NOTIFY_SOCKET": "@" + name})
        seen = b""
        while b"READY=1" not in seen:
            seen = abstract.recv(65536)


# Puts the listening sockets it was given on descriptors 3 and up, and becomes the proxy: what a service manager does.
ACTIVATE = """
import os, sys
names, *given = sys.argv[1].split(",")
moved = [os.dup2(int(fd), 200 + n) for n, fd in enumerate(given)]
for n, fd in enumerate(moved):
    os.dup2(fd, 3 + n, inheritable=True)
    os.close(fd)
os.environ.update(LISTEN_FDS=str(len(given)), LISTEN_FDNAMES=names, LISTEN_PID=os.environ.get("PLAY_PID", str(os.getpid())))
os.execv(sys.argv[2], sys.argv[2:])
"""


class Activated:
    """A listening socket of the service manager's."""

    def __init__(self):
        self.sock = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.sock.getsockname()[1]


def spawn_with(launch, config, names, sockets, **environment):
    for given in sockets:
        os.set_inheritable(given.sock.fileno(), True)
    proxy = launch(config, start=False, environment=environment, wrapper=[
        sys.executable, "-S", "-c", ACTIVATE, ",".join([names, *(str(given.sock.fileno()) for given in sockets)])])
    proxy.pass_descriptors = [given.sock.fileno() for given in sockets]
    return proxy


def tunnel_works(backend, port):
    client, server = backend.tunnel(port)
    client.send(frame(TEXT, b"hello", masked=True))
    assert server.read_frame().payload == b"hello"


def test_passed_sockets_are_taken_by_name_and_kept_over_a_reload(launch, backend):
    first, second = Activated(), Activated()
    config = settings(backend)
    config["listeners"] = [{"name": "one", "bind": "systemd:first"}, {"name": "two", "bind": "systemd:second"}]
    proxy = spawn_with(launch, config, "second:first", [second, first])
    # A client that came before the proxy waits in the queue and is served.
    early = Wire.connect(first.port)
    early.send(b"GET / HTTP/1.1\r\nHost: site.test\r\n\r\n")
    proxy.start()
    served, head = backend.request()
    assert head.line == "GET / HTTP/1.1"
    served.send(answer(200, body=b"early"))
    assert early.read_head().status == 200
    early.close()
    tunnel_works(backend, first.port)
    tunnel_works(backend, second.port)
    proxy.wait_metric("tidegate_connections_total", 2, listener="one")
    proxy.wait_metric("tidegate_connections_total", 1, listener="two")
    assert proxy.reload()
    tunnel_works(backend, first.port)


def test_a_socket_that_was_not_passed_refuses_the_start(launch, backend):
    given = Activated()
    config = settings(backend)
    config["listeners"] = [{"name": "one", "bind": "systemd:other"}]
    proxy = spawn_with(launch, config, "given", [given])
    proxy.spawn()
    assert proxy.wait_exit() == 1
    assert "other" in proxy.log.tail()


def test_sockets_meant_for_another_process_are_left_alone(launch, backend):
    given = Activated()
    config = settings(backend)
    config["listeners"] = [{"name": "one", "bind": "systemd:given"}]
    proxy = spawn_with(launch, config, "given", [given], PLAY_PID=str(os.getpid()))
    proxy.spawn()
    assert proxy.wait_exit() == 1
