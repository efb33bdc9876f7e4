"""Where backends are: host names, and Unix sockets."""

import os
import socket

import pytest

from harness.command import tidegate
from harness.exchange import ask_plain, exchange
from harness.frames import TEXT, frame
from harness.heads import answer, plain, switching, upgrade
from harness.raw_backend import RawBackend
from harness.rows import ask, assert_refused
from harness.settings import settings
from harness.unix_backend import UnixBackend
from harness.waiting import wait_until
from harness.wire import Wire

NOWHERE = "no-such-name.invalid"


@pytest.fixture
def backend():
    with RawBackend() as backend:
        yield backend


@pytest.fixture
def unix():
    with UnixBackend() as unix:
        yield unix


def pool(*backends, **keys):
    return {"main": {"backends": list(backends), "keep_alive": "off", **keys}}


def assert_carries_both(proxy, backend):
    client, server = backend.tunnel(proxy.port)
    message = frame(TEXT, b"up", masked=True)
    client.send(message)
    assert server.receive(len(message)) == message
    server.send(frame(TEXT, b"down"))
    assert client.read_frame().payload == b"down"
    got = exchange(proxy.port, backend, plain("/plain"), answer(200, body=b"by name"))
    assert got.seen.target == "/plain" and got.body == b"by name"


# Names


@pytest.mark.parametrize("scheme", ["ws", "http"])
def test_a_backend_by_host_name_carries_tunnels_and_plain_requests(launch, backend, scheme):
    proxy = launch(settings(pools=pool(f"{scheme}://localhost:{backend.port}")))
    assert_carries_both(proxy, backend)
    proxy.wait_metric("tidegate_tunnels_total", 1, backend=f"localhost:{backend.port}")


def test_a_name_is_told_in_lower_case(launch, backend):
    proxy = launch(settings(pools=pool(f"ws://LocalHost:{backend.port}", host="backend")))
    assert exchange(proxy.port, backend).seen.one("Host") == f"localhost:{backend.port}"


def test_b9_a_name_that_does_not_resolve_is_told_by_check_with_its_place(tmp_path):
    path = tmp_path / "tidegate.yaml"
    path.write_text(
        "listeners: [ { name: plain, bind: 127.0.0.1:18080 } ]\n"
        "routes: [ { path: /*, pool: main } ]\n"
        "pools:\n  main:\n    backends:\n"
        f"      - ws://{NOWHERE}:9001\n")
    done = tidegate("check", "-c", str(path))
    assert done.returncode == 1
    told = [line for line in (done.stdout + done.stderr).splitlines() if NOWHERE in line]
    assert told and told[0].startswith(f"{path}:6: pools.main.backends[0]") and "; " in told[0], done


def test_b9_a_name_that_does_not_resolve_refuses_the_start(launch):
    proxy = launch(settings(f"ws://{NOWHERE}:9001"), start=False).spawn()
    assert proxy.wait_exit() == 1
    assert NOWHERE in proxy.log.tail()


def test_b9_a_reload_to_a_name_that_does_not_resolve_leaves_everything_as_it_was(launch, backend):
    proxy = launch(settings(backend))
    client, server = backend.tunnel(proxy.port)
    config = {**proxy.config, "pools": pool(f"ws://{NOWHERE}:9001")}
    assert not proxy.reload(config)
    server.send(frame(TEXT, b"still here"))
    assert client.read_frame().payload == b"still here"
    assert exchange(proxy.port, backend).body == b"ok"


def test_names_are_asked_for_again_without_counting_as_a_reload(launch, backend):
    proxy = launch(settings(pools=pool(f"ws://localhost:{backend.port}"), resolver={"interval": "1s"}))
    reloads = proxy.metric("tidegate_config_reloads_total")
    client, server = backend.tunnel(proxy.port)
    before = proxy.metric("tidegate_resolutions_total", result="success")
    proxy.wait_metric("tidegate_resolutions_total", lambda value: value >= before + 2, result="success", deadline=8)
    assert proxy.metric("tidegate_resolutions_total", result="failure") == 0
    proxy.wait_metric("tidegate_config_reloads_total", reloads)
    assert not proxy.log.events("backend_resolved")
    server.send(frame(TEXT, b"untouched"))
    assert client.read_frame().payload == b"untouched"


def name_of_two_addresses():
    """A name of this machine that resolves to 127.0.0.1 and to another address, or None."""
    for name in ("localhost", "ip6-localhost", socket.gethostname()):
        try:
            found = {entry[4][0] for entry in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)}
        except OSError:
            continue
        if "127.0.0.1" in found and len(found) > 1:
            return name
    return None


@pytest.mark.parametrize("make", [plain, upgrade], ids=["a plain request", "an upgrade"])
def test_an_address_where_nobody_listens_costs_nothing_while_the_name_has_another(launch, backend, make):
    name = name_of_two_addresses()
    if name is None:
        pytest.skip("no name of this machine has two addresses (its hosts file gives localhost 127.0.0.1 only)")
    proxy = launch(settings(pools=pool(f"ws://{name}:{backend.port}")))
    for _ in range(6):
        client = Wire.connect(proxy.port)
        client.send(make())
        server, head = backend.request()
        server.send(switching(head.one("Sec-WebSocket-Key")) if make is upgrade else answer(200, body=b"ok"))
        assert client.read_head().status == (101 if make is upgrade else 200)
        client.reset()
        server.close()


# Unix sockets


def test_b18_a_unix_socket_carries_tunnels_and_plain_requests(launch, unix):
    proxy = launch(settings(pools=pool(unix.url)))
    assert_carries_both(proxy, unix)
    proxy.wait_metric("tidegate_tunnels_total", 1, backend=unix.label)
    assert proxy.log.wait("tunnel_opened")["backend"] == unix.label


def test_a_unix_socket_may_be_named_from_the_files_folder(launch, unix):
    proxy = launch(settings(pools=pool("unix:app.sock")), start=False)
    (proxy.folder / "app.sock").symlink_to(unix.path)
    if len(str(proxy.folder / "app.sock")) > 107:
        pytest.skip("the temporary folder's path is too long for a Unix socket")
    proxy.start()
    assert exchange(proxy.port, unix).body == b"ok"


def test_plain_requests_reuse_a_connection_to_a_unix_socket(launch, unix):
    proxy = launch(settings(pools={"main": {"backends": [unix.url]}}, workers=1))
    assert exchange_kept(proxy, unix) == [b"/0", b"/1", b"/2"]
    proxy.wait_metric("tidegate_backend_reuses_total", 2, pool="main")


def exchange_kept(proxy, backend):
    """Three requests from three clients; the backend takes one connection only."""
    server, seen = None, []
    for number in range(3):
        client = Wire.connect(proxy.port)
        client.send(plain(f"/{number}"))
        server = server or backend.accept()
        seen.append(server.read_head().target.encode())
        server.send(answer(200, body=b"ok"))
        assert client.read_head().status == 200
        client.close()
    return seen


def test_b18_a_missing_unix_socket_costs_nothing_while_another_backend_is_there(launch, unix, tmp_path):
    proxy = launch(settings(pools=pool(f"unix:{unix.folder}/nowhere.sock", unix.url)))
    for _ in range(4):
        assert exchange(proxy.port, unix).body == b"ok"
        client, server = unix.tunnel(proxy.port)
        client.reset()
        server.close()


@pytest.mark.parametrize("kind", ["missing", "a plain file", "nobody listens", "a datagram socket"])
@pytest.mark.parametrize("request_bytes", [plain(), upgrade()], ids=["a plain request", "an upgrade"])
def test_b18_a_unix_socket_that_cannot_be_reached_ends_in_503(launch, unix, kind, request_bytes):
    path = os.path.join(unix.folder, "other.sock")
    if kind == "a plain file":
        open(path, "w").close()
    elif kind == "nobody listens":
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(path)
    elif kind == "a datagram socket":
        datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        datagrams.bind(path)
    proxy = launch(settings(pools=pool(f"unix:{path}")))
    answered = ask(proxy.port, request_bytes)
    assert_refused(answered, 502, 503)
    if kind == "a datagram socket":
        datagrams.close()
    wait_until(lambda: proxy.metric("tidegate_backend_connect_failures_total", backend=f"unix:{path}") >= 1)


def test_a_unix_socket_that_appears_later_is_used(launch, unix):
    path = os.path.join(unix.folder, "late.sock")
    proxy = launch(settings(pools=pool(f"unix:{path}")))
    assert ask_plain(proxy.port)[0].status in (502, 503)
    os.rename(unix.path, path)

    def answered():
        client = Wire.connect(proxy.port)
        client.send(plain())
        try:
            server, _ = unix.request(deadline=0.5)
        except AssertionError:
            return False
        server.send(answer(200, body=b"late"))
        return client.read_head().status == 200

    assert wait_until(answered, 10)


@pytest.mark.parametrize("url", ["wss+unix:/run/app.sock", "unix:", "unix:" + "/x" * 60])
def test_a_unix_socket_that_cannot_be_is_refused_by_check(tmp_path, url):
    path = tmp_path / "tidegate.yaml"
    path.write_text(
        "listeners: [ { name: plain, bind: 127.0.0.1:18080 } ]\n"
        "routes: [ { path: /*, pool: main } ]\n"
        f'pools:\n  main:\n    backends: [ "{url}" ]\n')
    done = tidegate("check", "-c", str(path))
    assert done.returncode == 1 and f"{path}:5: pools.main.backends[0]" in done.stdout + done.stderr, done
