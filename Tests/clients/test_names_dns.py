"""Names by a real name server: TTLs, several addresses, SRV records; zones that change, and servers that fail."""

import errno
import select
import socket

import pytest

from dnsmasq import Dnsmasq
from harness import yaml
from harness.command import tidegate
from harness.exchange import exchange
from harness.frames import TEXT, close_frame, frame
from harness.heads import switching, upgrade
from harness.ports import free_port
from harness.raw_backend import RawBackend
from harness.settings import settings
from harness.tls_backend import TLSBackend, server_context
from harness.waiting import Missed, wait_until
from harness.wire import Wire
from pool_api import PoolAPI

NAME = "chat.test"
SERVICE = "_ws._tcp.chat.test"


class BackendAt(RawBackend):
    """Listens on an address of its own, since names lead to addresses."""

    def __init__(self, host, port=0):
        super().__init__()
        self.sock.close()
        self.sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind((host, port))
        self.sock.listen(1024)
        self.host, self.port = host, self.sock.getsockname()[1]

    @property
    def label(self):
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@pytest.fixture
def three():
    """Backends at 127.0.0.1, 127.0.0.2 and 127.0.0.3, all on one port."""
    port = free_port()
    backends = [BackendAt(f"127.0.0.{number}", port) for number in (1, 2, 3)]
    yield backends
    for backend in backends:
        backend.close()


@pytest.fixture
def serve(tmp_path):
    """Starts a name server; stops it when the play is over, if the play has not."""
    started = []

    def start(hosts=None, services=None, ttl=1):
        started.append(Dnsmasq(tmp_path, hosts, services, ttl=ttl).start())
        return started[-1]

    yield start
    for dns in started:
        dns.stop()


def asking(dns, *backends, interval="1h", **keys):
    """A configuration whose names `dns` answers. With this interval only TTLs make the proxy ask again."""
    pool = {"backends": list(backends), "keep_alive": "off", **keys}
    return settings(pools={"main": pool}, resolver={"interval": interval, "servers": [dns.address]})


def each(port, **keys):
    return {"url": f"ws://{NAME}:{port}", "resolve": "each", **keys}


def tunnel(proxy, backends):
    """A tunnel to whichever of `backends` is chosen: its client, its server's end, and the backend."""
    client = Wire.connect(proxy.port)
    client.send(upgrade())
    ready, _, _ = select.select([backend.sock for backend in backends], [], [], 5)
    if not ready:
        raise Missed("no backend was chosen")
    backend = next(backend for backend in backends if backend.sock in ready)
    server, head = backend.request()
    server.send(switching(head.one("Sec-WebSocket-Key")))
    assert client.read_head().status == 101
    return client, server, backend


def speaks(client, server):
    message = frame(TEXT, b"up", masked=True)
    client.send(message)
    assert server.receive(len(message)) == message


def labels(proxy, metric="tidegate_backend_up"):
    return {have["backend"] for have, _ in proxy.metrics().matching(metric)}


# One backend, wherever its name leads


def test_new_tunnels_follow_a_name_within_its_ttl_and_old_ones_stay(launch, serve, three):
    dns = serve({NAME: ["127.0.0.1"]})
    proxy = launch(asking(dns, f"ws://{NAME}:{three[0].port}"))
    client, server, backend = tunnel(proxy, three)
    assert backend is three[0]
    dns.set_hosts({NAME: ["127.0.0.2"]})
    told = proxy.log.wait("backend_resolved", backend=f"{NAME}:{backend.port}")
    assert told["addresses"] == "127.0.0.2"
    for _ in range(3):
        assert tunnel(proxy, three)[2] is three[1]
    speaks(client, server)
    assert three[0].is_untouched()


def test_a_name_is_asked_for_again_by_its_ttl_where_the_interval_is_longer(launch, serve, three):
    dns = serve({NAME: ["127.0.0.1"]}, ttl=1)
    proxy = launch(asking(dns, f"ws://{NAME}:{three[0].port}"))
    before = proxy.metric("tidegate_resolutions_total", result="success")
    proxy.wait_metric("tidegate_resolutions_total", lambda value: value >= before + 3, result="success", deadline=10)
    assert not proxy.log.events("backend_resolved")


def test_a_name_is_asked_for_again_by_the_interval_where_its_ttl_is_longer(launch, serve, three):
    dns = serve({NAME: ["127.0.0.1"]}, ttl=3600)
    proxy = launch(asking(dns, f"ws://{NAME}:{three[0].port}", interval="1s"))
    dns.set_hosts({NAME: ["127.0.0.2"]})
    proxy.log.wait("backend_resolved", addresses="127.0.0.2")
    assert tunnel(proxy, three)[2] is three[1]


# Each address a backend


def test_each_address_is_a_backend_of_its_own_and_they_are_level(launch, serve, three):
    dns = serve({NAME: [backend.host for backend in three]})
    proxy = launch(asking(dns, each(three[0].port)))
    taken = [tunnel(proxy, three)[2] for _ in range(9)]
    assert [taken.count(backend) for backend in three] == [3, 3, 3]
    assert labels(proxy) == {backend.label for backend in three}
    for backend in three:
        proxy.wait_metric("tidegate_tunnels_active", 3, backend=backend.label)


def test_each_address_has_the_bound_that_its_entry_says(launch, serve, three):
    dns = serve({NAME: [backend.host for backend in three]})
    proxy = launch(asking(dns, each(three[0].port, max_connections=1)))
    assert len({id(tunnel(proxy, three)[2]) for _ in range(3)}) == 3
    with Wire.connect(proxy.port) as client:
        client.send(upgrade())
        assert client.read_head().status == 503


def test_tunnels_of_an_address_that_is_gone_are_drained_with_1012_and_one_that_came_is_used(launch, serve, three):
    dns = serve({NAME: ["127.0.0.1", "127.0.0.2"]})
    proxy = launch(asking(dns, each(three[0].port)))
    tunnels = {}
    for _ in range(2):
        client, server, backend = tunnel(proxy, three)
        tunnels[backend] = client, server
    assert set(tunnels) == set(three[:2])
    dns.set_hosts({NAME: ["127.0.0.2", "127.0.0.3"]})
    client, server = tunnels[three[0]]
    got = client.read_frame()
    assert (got.opcode, got.code) == (8, 1012)
    client.send(close_frame(1012, masked=True))
    got = server.read_frame()
    assert (got.opcode, got.code) == (8, 1001)
    server.send(close_frame(1001))
    assert client.wait_end() in ("fin", "reset")
    assert {tunnel(proxy, three)[2] for _ in range(4)} == set(three[1:])
    speaks(*tunnels[three[1]])
    # A tunnel holds what it was opened with.
    tunnels[three[1]][0].reset()
    wait_until(lambda: labels(proxy) == {backend.label for backend in three[1:]}, 5, lambda: labels(proxy))
    assert proxy.metric("tidegate_config_reloads_total") == 0


def test_an_address_that_leaves_its_name_and_returns_is_what_the_operator_made_of_it(launch, serve, three):
    hosts = [backend.host for backend in three]
    dns = serve({NAME: hosts})
    proxy = launch(asking(dns, each(three[0].port)))
    api = PoolAPI(proxy)
    api.set(three[2], "maint")
    dns.set_hosts({NAME: hosts[:2]})
    wait_until(lambda: len(api.pool()["backends"]) == 2, 10)
    dns.set_hosts({NAME: hosts})
    wait_until(lambda: len(api.pool()["backends"]) == 3, 10)
    assert api.backend(three[2])["administrative"] == "maint"
    assert three[2] not in [tunnel(proxy, three)[2] for _ in range(4)]


def test_a_place_that_two_entries_lead_to_is_one_backend_and_told(launch, serve, three):
    dns = serve({NAME: ["127.0.0.1", "127.0.0.2"]})
    proxy = launch(asking(dns, f"ws://{three[0].label}", each(three[0].port)))
    taken = [tunnel(proxy, three)[2] for _ in range(4)]
    assert [taken.count(backend) for backend in three] == [2, 2, 0]
    assert three[0].label in proxy.log.wait("config_warning")["message"]


# IPv6

def has_ipv6():
    with socket.socket(socket.AF_INET6) as probe:
        return probe.connect_ex(("::1", 9)) == errno.ECONNREFUSED


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")


@needs_ipv6
@pytest.mark.parametrize("entry", ["first", "each", "srv"])
def test_a_name_with_an_aaaa_record_leads_to_that_address(launch, serve, entry):
    with BackendAt("::1") as backend:
        dns = serve({NAME: ["::1"]}, {SERVICE: [(NAME, backend.port, 0, 1)]})
        proxy = launch(asking(dns, {
            "first": f"ws://{NAME}:{backend.port}", "each": each(backend.port), "srv": f"srv+ws://{SERVICE}"}[entry]))
        client, server, _ = tunnel(proxy, [backend])
        speaks(client, server)
        assert server.sock.getpeername()[0] == "::1"
        assert labels(proxy) == {f"{NAME}:{backend.port}" if entry == "first" else backend.label}


@needs_ipv6
def test_both_families_of_a_name_are_backends_each(launch, serve):
    with BackendAt("::1") as six, BackendAt("127.0.0.1", six.port) as four:
        dns = serve({NAME: ["::1", "127.0.0.1"]})
        proxy = launch(asking(dns, each(six.port)))
        taken = [tunnel(proxy, [six, four])[2] for _ in range(6)]
        assert (taken.count(six), taken.count(four)) == (3, 3)
        assert labels(proxy) == {six.label, four.label}


@needs_ipv6
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_of_a_name_with_both_the_address_that_listens_is_found(launch, serve, host):
    with BackendAt(host) as backend:
        dns = serve({NAME: ["::1", "127.0.0.1"]})
        proxy = launch(asking(dns, f"ws://{NAME}:{backend.port}"))
        for _ in range(3):
            speaks(*tunnel(proxy, [backend])[:2])


# SRV records


def test_srv_records_bring_ports_and_weights(launch, serve):
    with BackendAt("127.0.0.1") as light, BackendAt("127.0.0.2") as heavy:
        dns = serve(
            {"a.test": ["127.0.0.1"], "b.test": ["127.0.0.2"]},
            {SERVICE: [("a.test", light.port, 0, 10), ("b.test", heavy.port, 0, 30)]})
        proxy = launch(asking(dns, f"srv+ws://{SERVICE}"))
        taken = [tunnel(proxy, [light, heavy])[2] for _ in range(8)]
        assert (taken.count(light), taken.count(heavy)) == (2, 6)
        assert labels(proxy) == {light.label, heavy.label}


def test_srv_priorities_are_tiers(launch, serve):
    with BackendAt("127.0.0.1") as first, BackendAt("127.0.0.2") as second:
        dns = serve(
            {"a.test": ["127.0.0.1"], "b.test": ["127.0.0.2"]},
            {SERVICE: [("b.test", second.port, 500, 90), ("a.test", first.port, 20, 1)]})
        proxy = launch(asking(dns, f"srv+ws://{SERVICE}"))
        for _ in range(4):
            assert tunnel(proxy, [first, second])[2] is first
        first.sock.close()
        client = Wire.connect(proxy.port)
        client.send(upgrade())
        server, head = second.request()
        server.send(switching(head.one("Sec-WebSocket-Key")))
        assert client.read_head().status == 101


def test_another_srv_record_moves_traffic_and_drains_what_is_gone(launch, serve):
    with BackendAt("127.0.0.1") as old, BackendAt("127.0.0.1") as new:
        dns = serve({"a.test": ["127.0.0.1"]}, {SERVICE: [("a.test", old.port, 0, 1)]})
        proxy = launch(asking(dns, f"srv+ws://{SERVICE}"))
        client, _, _ = tunnel(proxy, [old, new])
        dns.set_services({SERVICE: [("a.test", new.port, 0, 1)]})
        got = client.read_frame(deadline=10)
        assert (got.opcode, got.code) == (8, 1012)
        client.send(close_frame(1012, masked=True))
        assert tunnel(proxy, [old, new])[2] is new
        told = proxy.log.wait("backend_resolved", addresses=new.label)
        assert (told["pool"], told["backend"]) == ("main", f"srv:{SERVICE}")


def test_the_host_that_a_backend_sees_is_the_targets_or_the_names(launch, serve, three):
    port = three[0].port
    dns = serve({"a.test": ["127.0.0.1"], NAME: ["127.0.0.1"]}, {SERVICE: [("a.test", port, 0, 1)]})
    proxy = launch(asking(dns, f"srv+ws://{SERVICE}", host="backend"))
    assert exchange(proxy.port, three[0]).seen.one("Host") == f"a.test:{port}"
    assert proxy.reload(asking_same(proxy, each(port)))
    assert exchange(proxy.port, three[0]).seen.one("Host") == f"{NAME}:{port}"


def asking_same(proxy, *backends):
    """The proxy's configuration with other backends."""
    pool = {**proxy.config["pools"]["main"], "backends": list(backends)}
    return {**proxy.config, "pools": {"main": pool}}


def test_over_tls_the_target_of_a_record_is_whom_the_certificate_must_name(launch, serve, authority):
    with TLSBackend(server_context(authority.issue("a.test"))) as backend:
        dns = serve({"a.test": ["127.0.0.1"]}, {SERVICE: [("a.test", backend.port, 0, 1)]})
        proxy = launch(asking(dns, f"srv+wss://{SERVICE}", tls={"ca": str(authority.path)}))
        assert exchange(proxy.port, backend).body == b"ok"
        assert backend.names == ["a.test"]


# Servers that fail


@pytest.mark.parametrize("entry", ["first", "each", "srv"])
def test_b9_a_name_server_that_is_gone_leaves_everything_where_it_was(launch, serve, three, entry):
    port = three[0].port
    dns = serve({NAME: ["127.0.0.1"]}, {SERVICE: [(NAME, port, 0, 1)]})
    proxy = launch(asking(dns, {"first": f"ws://{NAME}:{port}", "each": each(port), "srv": f"srv+ws://{SERVICE}"}[entry]))
    client, server, _ = tunnel(proxy, three)
    dns.stop()
    told = proxy.log.wait("resolve_failed", deadline=15)
    assert told["name"] == (SERVICE if entry == "srv" else NAME) and told["reason"]
    proxy.wait_metric("tidegate_resolutions_total", lambda value: value >= 2, result="failure", deadline=15)
    speaks(client, server)
    assert tunnel(proxy, three)[2] is three[0]
    assert len(proxy.log.events("resolve_failed")) == 1
    dns.start()
    proxy.log.wait("backend_resolved", deadline=15)
    speaks(client, server)
    assert tunnel(proxy, three)[2] is three[0]


def test_b9_a_name_that_is_taken_from_the_zone_keeps_its_last_addresses(launch, serve, three):
    dns = serve({NAME: ["127.0.0.1", "127.0.0.2"]})
    proxy = launch(asking(dns, each(three[0].port)))
    dns.set_hosts({})
    assert proxy.log.wait("resolve_failed", name=NAME)["reason"] == "the name does not exist"
    assert {tunnel(proxy, three)[2] for _ in range(2)} == set(three[:2])


def test_b9_a_reload_while_the_name_server_is_mute_keeps_the_last_addresses(launch, serve, three):
    dns = serve({NAME: ["127.0.0.1"]}, ttl=3600)
    proxy = launch(asking(dns, each(three[0].port)))
    client, server, _ = tunnel(proxy, three)
    dns.pause()
    config = asking_same(proxy, each(three[0].port, weight=2))
    assert proxy.reload(config, deadline=20)
    assert "no answer in time" in proxy.log.wait("config_warning")["message"]
    speaks(client, server)
    assert tunnel(proxy, three)[2] is three[0]


def test_b9_a_name_that_does_not_exist_refuses_the_start_and_a_reload(launch, serve, three):
    dns = serve({NAME: ["127.0.0.1"]})
    proxy = launch(asking(dns, f"srv+ws://{SERVICE}"), start=False).spawn()
    assert proxy.wait_exit() == 1
    assert SERVICE in proxy.log.tail()
    proxy = launch(asking(dns, each(three[0].port)))
    assert not proxy.reload(asking_same(proxy, "ws://other.test:80"))
    assert tunnel(proxy, three)[2] is three[0]


def test_check_asks_the_servers_that_are_written(serve, tmp_path):
    dns = serve({NAME: ["127.0.0.1"]}, {SERVICE: [(NAME, 9001, 0, 1)]})
    path = tmp_path / "tidegate.yaml"
    for backend, found in [(f"ws://{NAME}:9001", True), (f"srv+ws://{SERVICE}", True), ("ws://other.test:9001", False)]:
        path.write_text(yaml.dump(asking(dns, backend)))
        done = tidegate("check", "-c", str(path))
        assert (done.returncode == 0) == found, done
        assert found or "other.test cannot be resolved" in done.stdout
