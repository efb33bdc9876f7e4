"""SIGHUP: all or nothing, by difference, and a tunnel that stays never notices."""

import copy
import signal
import socket
import ssl

import pytest

from harness.certificates import serial_of
from harness.flood import stalled
from harness.frames import TEXT, close_frame, frame
from harness.heads import KEY, switching, upgrade
from harness.ports import free_port
from harness.process import MemoryMark, MiB
from harness.raw_backend import RawBackend
from harness.rows import ask, assert_accepted
from harness.settings import settings
from harness.waiting import wait_until
from harness.wire import Wire


@pytest.fixture
def backend():
    with RawBackend() as backend:
        yield backend


def speaks(client, server, text=b"hello"):
    client.send(frame(TEXT, text, masked=True))
    assert server.read_frame().payload == text
    server.send(frame(TEXT, text))
    assert client.read_frame().payload == text


def changed(config, change):
    other = copy.deepcopy(config)
    change(other)
    return other


def served_serial(proxy, authority, name="site.test"):
    with Wire.connect(proxy.secure_port, tls=authority.client_context(check=False), server_name=name) as client:
        return serial_of(client.sock.getpeercert(binary_form=True))


BROKEN = {
    "a syntax error": "listeners: [\n",
    "an unknown key": lambda c: c.update(listenerz=[]),
    "a duplicate listener": lambda c: c["listeners"].append(dict(c["listeners"][0], bind=f"127.0.0.1:{free_port()}")),
    "a bad CIDR": lambda c: c.update(trusted_proxies=["10.0.0.0/33"]),
    "a route to no pool": lambda c: c["routes"].append({"path": "/x", "pool": "nowhere"}),
    "a bad duration": lambda c: c["timeouts"].update(handshake="soon"),
    "an empty file": "",
    "not UTF-8": None,
    "a folder deep": "x: " + "[" * 5000 + "]" * 5000 + "\n",
    "many megabytes": "# padding\n" * 1_000_000,
    "an alias bomb": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(12)),
}


@pytest.mark.parametrize("what", BROKEN)
def test_l1_a_broken_file_changes_nothing_and_is_told(launch, backend, what):
    proxy = launch(settings(backend))
    client, server = backend.tunnel(proxy.port)
    good = copy.deepcopy(proxy.config)
    breaking = BROKEN[what]
    if callable(breaking):
        proxy.write(changed(good, breaking))
    else:
        proxy.path.write_bytes(b"\xff\xfe\x00bad" if breaking is None else breaking.encode())
    proxy.config = good
    assert not proxy.reload()
    refused = proxy.log.wait("config_refused")
    assert refused["level"] in ("error", "warn", "warning")
    speaks(client, server)
    speaks(*backend.tunnel(proxy.port))
    proxy.write(good)
    assert proxy.reload(), "the good file was not taken afterwards"


@pytest.mark.parametrize("what", ["missing certificate", "missing key", "key of another", "half written"])
def test_l2_an_unfit_certificate_refuses_the_reload_as_a_whole(launch, backend, authority, certificates, tmp_path, what):
    first = authority.issue("site.test", stem="served")
    proxy = launch(settings(backend, tls=[first]))
    other, half = authority.issue("site.test"), tmp_path / "half.pem"
    half.write_bytes(b"-----BEGIN CERTIFICATE-----\nMIIB")
    pair = {
        "missing certificate": ("/nowhere/at/all.pem", other.key),
        "missing key": (other.certificate, "/nowhere/at/all.key"),
        "key of another": (other.certificate, first.key),
        "half written": (str(half), other.key),
    }[what]

    def change(config):
        config["listeners"][1]["tls"]["certificates"] = [{"certificate": pair[0], "key": pair[1]}]
        config["routes"] = [{"path": "/new/*", "pool": "main"}]

    good = proxy.config
    assert not proxy.reload(changed(good, change))
    proxy.config = good
    assert served_serial(proxy, authority) == first.serial
    client, server = backend.tunnel(proxy.port, "/old")
    speaks(client, server)


def test_l3_a_new_certificate_serves_new_handshakes_and_leaves_tunnels_and_tickets_alone(launch, backend, authority):
    first = authority.issue("site.test", stem="kept")
    proxy = launch(settings(backend, tls=[first]))
    client, server = backend.tunnel(proxy.secure_port, tls=authority.client_context())
    context = authority.client_context(newest=ssl.TLSVersion.TLSv1_2)
    with Wire.connect(proxy.secure_port, tls=context) as old:
        session = old.sock.session
    second = authority.issue("site.test", stem="kept")
    assert proxy.reload()
    assert served_serial(proxy, authority) == second.serial
    speaks(client, server)
    with socket.create_connection(("127.0.0.1", proxy.secure_port), timeout=5) as plain:
        with context.wrap_socket(plain, server_hostname="site.test", session=session) as again:
            if not again.session_reused:
                assert serial_of(again.getpeercert(binary_form=True)) == second.serial
            resumed = Wire(again)
            resumed.send(upgrade())
            other, head = backend.request()
            other.send(switching(head.one("Sec-WebSocket-Key")))
            assert_accepted(resumed, KEY)
            speaks(resumed, other)


def test_l4_a_new_listener_whose_port_is_taken_refuses_the_reload(launch, backend):
    proxy = launch(settings(backend))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        good = proxy.config

        def change(config):
            config["listeners"].append({"name": "new", "bind": f"127.0.0.1:{port}"})
            config["routes"] = [{"path": "/new/*", "pool": "main"}]

        assert not proxy.reload(changed(good, change))
        assert str(port) in proxy.log.tail()
    speaks(*backend.tunnel(proxy.port, "/old"))
    proxy.config = good


def test_a_new_listener_serves_after_the_reload(launch, backend):
    proxy = launch(settings(backend))
    config = changed(proxy.config, lambda c: c["listeners"].append({"name": "new", "bind": f"127.0.0.1:{free_port()}"}))
    assert proxy.reload(config)
    speaks(*backend.tunnel(proxy.port_of("new")))
    proxy.baseline += 1  # The new listening socket.


def test_l5_a_removed_listener_stops_and_its_tunnels_go_on(launch, backend):
    config = settings(backend)
    config["listeners"].append({"name": "second", "bind": f"127.0.0.1:{free_port()}"})
    proxy = launch(config)
    port = proxy.port_of("second")
    client, server = backend.tunnel(port)
    assert proxy.reload(changed(config, lambda c: c["listeners"].pop()))

    def refuses():
        try:
            Wire.connect(port).close()
        except OSError:
            return True
        return False

    wait_until(refuses, 5, what="the removed listener's port closed")
    speaks(client, server)
    speaks(*backend.tunnel(proxy.port))


def test_l6_tunnels_of_a_removed_backend_are_drained_with_1012_and_the_others_are_not(launch):
    with RawBackend() as kept, RawBackend() as removed:
        proxy = launch(settings(kept, removed, drain={"period": "300ms"}))
        tunnels = {}
        for _ in range(2):
            client = Wire.connect(proxy.port)
            client.send(upgrade())
            server = None
            for backend in (kept, removed):
                try:
                    server = backend.accept(deadline=0.5)
                    break
                except AssertionError:
                    continue
            server.read_head()
            server.send(switching(KEY))
            assert_accepted(client, KEY)
            tunnels[backend] = (client, server)
        assert set(tunnels) == {kept, removed}
        assert proxy.reload(changed(proxy.config, lambda c: c["pools"]["main"]["backends"].pop()))
        client, server = tunnels[removed]
        got = client.read_frame()
        assert (got.opcode, got.code) == (8, 1012)
        client.send(close_frame(1012, masked=True))
        got = server.read_frame()
        assert (got.opcode, got.code, got.masked) == (8, 1001, True)
        server.send(close_frame(1001))
        assert client.wait_end() in ("fin", "reset")
        speaks(*tunnels[kept])
        for _ in range(3):
            speaks(*kept.tunnel(proxy.port))
        assert removed.is_untouched()


def test_tunnels_of_a_removed_route_are_drained_with_1012(launch, backend):
    routes = [{"path": "/stays/*", "pool": "main"}, {"path": "/goes/*", "pool": "main"}]
    proxy = launch(settings(backend, routes=routes))
    staying, going = backend.tunnel(proxy.port, "/stays/1"), backend.tunnel(proxy.port, "/goes/1")
    assert proxy.reload(changed(proxy.config, lambda c: c["routes"].pop()))
    got = going[0].read_frame()
    assert (got.opcode, got.code) == (8, 1012)
    going[0].send(close_frame(1012, masked=True))
    speaks(*staying)
    assert ask(proxy.port, upgrade("/goes/2")).status == 404


def test_connections_balanced_before_a_reload_still_count_after_it(launch, backend):
    proxy = launch(settings({"url": backend.url, "max_connections": 2}, pools=None))
    tunnels = [backend.tunnel(proxy.port) for _ in range(2)]
    assert proxy.reload(changed(proxy.config, lambda c: c["timeouts"].update(close="3s")))
    assert ask(proxy.port, upgrade()).status == 503
    tunnels[0][0].reset()
    tunnels[0][1].wait_end()
    proxy.wait_metric("tidegate_tunnels_active", 1)
    speaks(*backend.tunnel(proxy.port))


def test_l7_a_changed_limit_holds_for_new_connections(launch, backend):
    proxy = launch(settings(backend))
    client, server = backend.tunnel(proxy.port)
    assert proxy.reload(changed(proxy.config, lambda c: c.update(limits={"max_headers": 6})))
    assert ask(proxy.port, upgrade(extra=[("A", "1"), ("B", "2")])).status in (400, 431)
    speaks(client, server)


def test_l8_a_storm_of_signals_is_coalesced_and_the_last_file_wins(launch, backend):
    proxy = launch(settings(backend))
    client, server = backend.tunnel(proxy.port)
    assert proxy.reload()
    descriptors, threads, memory = proxy.process.descriptors(), proxy.process.threads(), MemoryMark(proxy.process)
    before, signals = proxy.metric("tidegate_config_reloads_total"), 0
    for number in range(20):
        proxy.write(changed(proxy.config, lambda c: c.update(routes=routes(f"/n{number}/*"))))
        for _ in range(10):
            proxy.signal(signal.SIGHUP)
            signals += 1
    proxy.write(changed(proxy.config, lambda c: c.update(routes=routes("/last/*"))))
    proxy.signal(signal.SIGHUP)
    wait_until(lambda: "/last" in route_of_a_tunnel(proxy, backend, "/last/x"), 15, what="the last file in force")
    done = stalled(lambda: proxy.metric("tidegate_config_reloads_total"), deadline=20) - before
    assert 0 < done < signals, f"{done} reloads for {signals} signals"
    speaks(client, server)
    wait_until(lambda: proxy.process.descriptors() <= descriptors + 2, 5, what="descriptors as before")
    assert proxy.process.threads() <= threads + 2, "threads come with reloads"
    memory.assert_grown_at_most(8 * MiB)


def routes(path):
    return [{"path": path, "pool": "main"}, {"path": "/*", "pool": "main"}]


def route_of_a_tunnel(proxy, backend, path):
    """The name of the route that took a tunnel to `path`, from the log."""
    seen = len(proxy.log.events("tunnel_opened"))
    client, server = backend.tunnel(proxy.port, path)
    route = proxy.log.wait("tunnel_opened", count=seen + 1)
    client.reset()
    server.close()
    return (route[-1] if isinstance(route, list) else route)["route"]


def test_l9_a_reload_during_a_drain_does_not_stop_the_drain(launch, backend):
    proxy = launch(settings(backend, drain={"period": "1s"}))
    client, server = backend.tunnel(proxy.port)
    proxy.signal(signal.SIGTERM)
    proxy.log.wait("drain_started")
    for _ in range(5):
        proxy.signal(signal.SIGHUP)
    got = client.read_frame()
    assert (got.opcode, got.code) == (8, 1012)
    client.send(close_frame(1012, masked=True))
    while (got := server.read_frame()).opcode != 8:
        pass
    assert got.code == 1001
    server.close()
    assert proxy.wait_exit() == 0


def test_l9_a_sigterm_amid_reloads_drains(launch, backend):
    proxy = launch(settings(backend))
    for _ in range(20):
        proxy.signal(signal.SIGHUP)
    proxy.signal(signal.SIGTERM)
    for _ in range(5):
        if proxy.is_alive():
            proxy.signal(signal.SIGHUP)
    assert proxy.wait_exit() == 0


def test_a_reload_that_changes_nothing_touches_nothing(launch, backend):
    proxy = launch(settings(backend))
    client, server = backend.tunnel(proxy.port)
    for _ in range(5):
        assert proxy.reload()
    assert client.is_silent() and server.is_silent()
    speaks(client, server)
    assert len(proxy.log.events("tunnel_closed")) == 0
