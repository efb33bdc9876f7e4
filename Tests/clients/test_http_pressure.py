"""Few descriptors: connections that wait for nothing in particular are given up before a client goes without."""

import contextlib
import select

import pytest

from harness.heads import answer, plain
from harness.messages import read_answer
from harness.raw_backend import RawBackend
from harness.settings import settings
from harness.waiting import Missed
from harness.wire import Wire

POOLS, AT_ONCE = 10, 40


@pytest.fixture
def backends():
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(RawBackend()) for _ in range(POOLS)]


def ten_pools(backends):
    """A pool and a route for each backend, one worker."""
    return settings(
        pools={f"pool{number}": {"backends": [backend.url]} for number, backend in enumerate(backends)},
        routes=[{"path": f"/{number}", "pool": f"pool{number}"} for number in range(POOLS)], workers=1)


def crowd(port, backend, target, count):
    """So many requests under way at once; gives the statuses of their answers."""
    clients = [Wire.connect(port) for _ in range(count)]
    servers = []
    for client in clients:
        client.send(plain(target))
        # Refused ones hear so at once, the others reach the backend.
        if backend.sock in select.select([backend.sock, client.sock], [], [], 5)[0]:
            servers.append(backend.request()[0])
    for server in servers:
        server.send(answer(200, body=b"ok"))
    statuses = [status_of(client) for client in clients]
    for client in clients:
        client.close()
    return statuses


def status_of(client):
    try:
        return read_answer(client).status
    except (AssertionError, Missed) as none:
        return str(none)[:100]


def test_r10_kept_connections_of_other_pools_cost_no_client_its_answer(launch, backends):
    proxy = launch(ten_pools(backends), descriptors=256)
    for number, backend in enumerate(backends):
        statuses = crowd(proxy.port, backend, f"/{number}", AT_ONCE)
        assert statuses == [200] * AT_ONCE, f"pool {number}: {statuses}"
    assert proxy.metric("tidegate_backend_connections_idle") > 0, "nothing was kept at all"
    assert proxy.metric("tidegate_request_failures_total") == 0


def test_r10_as_many_clients_as_descriptors_allow_are_served_beside_what_was_kept(launch, backends):
    """Eight tenths of all descriptors are in use by requests of one pool, after the others have left connections behind."""
    proxy = launch(ten_pools(backends), descriptors=256)
    for number, backend in enumerate(backends[:-1]):
        assert crowd(proxy.port, backend, f"/{number}", 20) == [200] * 20, f"pool {number}"
    assert crowd(proxy.port, backends[-1], f"/{POOLS - 1}", 85) == [200] * 85
    proxy.wait_metric("tidegate_connections_active", 0)
