"""The admin endpoint: who gets an answer, what it says, and what it never lets happen to the tunnels."""

import contextlib
import os
import signal
import stat

import pytest

from harness.exchange import exchange
from harness.frames import TEXT, close_frame, frame
from harness.heads import answer, plain, upgrade
from harness.ports import free_port, is_free
from harness.raw_backend import RawBackend
from harness.settings import settings
from harness.waiting import wait_until
from harness.wire import Wire

PATHS = ["/livez", "/readyz", "/metrics"]


@pytest.mark.parametrize("path", PATHS)
def test_the_three_paths_answer_200(proxy, path):
    reply = proxy.admin.get(path)
    assert reply.status == 200
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", ["evil.example", "evil.example:9180", "127.0.0.1.evil.example", "10.0.0.1", ""])
def test_a2_a_foreign_host_is_turned_away_on_loopback(proxy, path, host):
    assert proxy.admin.get(path, host=host).status in ((403, 400) if not host else (403,))


@pytest.mark.parametrize("host", ["localhost", "localhost:1234", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:99", "LOCALHOST"])
def test_a2_a_loopback_host_is_answered(proxy, host):
    assert proxy.admin.get("/livez", host=host).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a3_nothing_here_is_changed_by_a_method(proxy, method):
    reply = proxy.admin.get("/livez", method=method, headers={"Origin": "https://evil.example", "Content-Length": "0"})
    assert reply.status in (403, 405)
    assert not reply.headers["Access-Control-Allow-Origin"]


@pytest.mark.parametrize("path", ["/", "/nothing", "/metrics/", "/../etc/passwd", "/api/v1/anything"])
def test_another_path_gives_nothing(proxy, path):
    assert proxy.admin.get(path).status in (400, 401, 403, 404)


def test_a1_without_a_bind_the_admin_listens_on_loopback_alone(launch):
    if not is_free(9180):
        pytest.skip("port 9180 of this machine is taken by somebody else")
    with RawBackend() as backend:
        config = settings(backend)
        del config["admin"]
        proxy = launch(config, start=False)
        proxy.spawn()
        wait_until(lambda: 9180 in {port for _, port in proxy.process.listening()}, 10, proxy.log.tail)
        assert {address for address, port in proxy.process.listening() if port == 9180} == {"127.0.0.1"}
        assert proxy.stop() == 0


def test_a1_beyond_loopback_the_probes_answer_and_the_api_does_not(launch):
    with RawBackend() as backend:
        proxy = launch(settings(backend, admin={"bind": f"0.0.0.0:{free_port()}"}))
        for path in PATHS:
            assert proxy.admin.get(path, host="prometheus.internal").status == 200
        assert proxy.admin.get("/api/v1/connections", host="prometheus.internal").status in (401, 403, 404)


def test_the_admin_on_a_unix_socket_is_for_its_owner_and_group(launch, tmp_path):
    with RawBackend() as backend:
        path = tmp_path / "admin.sock"
        proxy = launch(settings(backend, admin={"bind": f"unix:{path}"}))
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o660
        assert proxy.admin.get("/livez", host="whatever.example").status == 200


def test_l14_after_kill_9_it_binds_again_at_once_over_its_stale_socket(launch, tmp_path):
    with RawBackend() as backend:
        config = settings(backend, admin={"bind": f"unix:{tmp_path / 'admin.sock'}"})
        first = launch(config)
        backend.tunnel(first.port)
        first.child.kill()
        assert first.wait_exit() == -signal.SIGKILL
        assert (tmp_path / "admin.sock").exists()
        second = launch(config)
        client, _ = backend.tunnel(second.port)
        assert client.is_silent()


@pytest.mark.parametrize("request_", [
    plain("/metrics"), plain("/livez"), plain("/readyz"), plain("http://localhost/metrics", host="localhost"),
    plain("/metrics", host="localhost"), plain("/metrics", host="127.0.0.1:9180"),
], ids=["metrics", "livez", "readyz", "absolute form", "Host localhost", "Host of the admin"])
def test_a4_the_admin_is_not_reached_through_a_public_listener(proxy, backend, request_):
    """The path is one like any other: the backend has it, if the request is well formed."""
    client = Wire.connect(proxy.port)
    client.send(request_)
    server, head = backend.request()
    assert head.target in ("/metrics", "/livez", "/readyz")
    server.send(answer(404, body=b"not mine either"))
    assert client.read_head().status == 404
    assert client.receive(15) == b"not mine either"


def test_the_metrics_are_prometheus_text_with_help_and_type(proxy):
    reply = proxy.admin.get("/metrics")
    assert reply.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    metrics = proxy.metrics()
    helped = {line.split(" ")[2] for line in metrics.text.splitlines() if line.startswith("# HELP ")}
    assert helped == metrics.families()
    for name, _, _ in metrics.series:
        stem = name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count")
        assert name in metrics.types or metrics.types.get(stem) == "histogram", f"{name} has no TYPE"


ALWAYS = [
    "tidegate_build_info", "tidegate_config_last_reload_successful", "tidegate_connections_active",
    "tidegate_connections_total", "tidegate_tunnels_active", "tidegate_worker_connections", "tidegate_drain_remaining",
    "tidegate_backend_up", "process_resident_memory_bytes", "process_open_fds", "process_max_fds",
    "process_cpu_seconds_total", "process_start_time_seconds", "tidegate_config_last_reload_success_timestamp_seconds",
]


@pytest.mark.parametrize("name", ALWAYS)
def test_a_metric_is_there_from_the_start(proxy, name):
    assert proxy.metrics().has(name)


def test_openmetrics_is_given_to_a_scraper_that_asks_for_it(proxy):
    reply = proxy.admin.get("/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"})
    assert reply.headers["Content-Type"].startswith("application/openmetrics-text")
    assert reply.text.endswith("# EOF\n")


def test_histograms_are_cumulative_and_end_in_their_count(proxy, backend):
    client, server = backend.tunnel(proxy.port)
    client.close()
    server.close()
    proxy.wait_metric("tidegate_tunnels_active", 0)
    metrics = proxy.metrics()
    for name in ("tidegate_upgrade_duration_seconds", "tidegate_tunnel_duration_seconds", "tidegate_backend_connect_duration_seconds"):
        buckets = [(float(labels["le"]), value) for labels, value in metrics.matching(f"{name}_bucket", pool="main")]
        assert buckets, f"{name} has no buckets"
        counts = [value for _, value in sorted(buckets)]
        assert counts == sorted(counts) and sorted(buckets)[-1][0] == float("inf")
        assert counts[-1] == metrics.value(f"{name}_count", pool="main") >= 1


def test_a5_what_clients_choose_makes_no_new_series(proxy, backend):
    def visit(number):
        host = f"host{number}.test"
        exchange(proxy.port, backend, plain(f"/path{number}", method=f"METHOD{number}", host=host))
        client, server = backend.tunnel(proxy.port, request=upgrade(
            f"/p{number}?q={number}", change={"Host": host}, extra=[("Sec-WebSocket-Protocol", f"proto{number}"), ("Origin", host)]))
        client.send(close_frame(4000 + number % 3, masked=True))
        server.read_frame()
        server.close()
        client.wait_end()
        client.close()

    for number in range(20):
        visit(number)
    proxy.wait_metric("tidegate_tunnels_active", 0)
    before = len(proxy.metrics().series)
    for number in range(20, 220):
        visit(number)
    proxy.wait_metric("tidegate_tunnels_active", 0)
    assert len(proxy.metrics().series) == before
    assert "host2" not in proxy.metrics().text and "proto2" not in proxy.metrics().text


def test_a9_scrapes_that_are_never_read_disturb_no_tunnel(launch):
    with RawBackend() as backend, contextlib.ExitStack() as stack:
        proxy = launch(settings(backend))
        client, server = backend.tunnel(proxy.port)
        admin_port = int(proxy.config["admin"]["bind"].rsplit(":", 1)[1])
        for _ in range(100):
            scraper = stack.enter_context(Wire.connect(admin_port, receive_buffer=2048))
            scraper.send(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
        for number in range(100):
            client.send(frame(TEXT, b"%d" % number, masked=True))
            assert server.read_frame().payload == b"%d" % number


def test_a10_a_drain_makes_it_unready_first_and_leaves_it_alive(launch):
    with RawBackend() as backend:
        proxy = launch(settings(backend, drain={"period": "5s"}))
        client, server = backend.tunnel(proxy.port)
        proxy.signal(signal.SIGTERM)
        wait_until(lambda: proxy.admin.status("/readyz") == 503, 3, what="503 from /readyz")
        assert proxy.admin.status("/livez") == 200
        got = client.read_frame(deadline=10)
        assert (got.opcode, got.code) == (8, 1012)
        client.send(close_frame(1012, masked=True))
        server.close()
        assert proxy.wait_exit() == 0
