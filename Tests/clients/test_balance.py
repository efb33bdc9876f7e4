"""Which backend gets the next tunnel, and which worker holds it."""

import asyncio
import collections
import contextlib

import pytest

from harness.frames import TEXT, frame
from harness.heads import KEY, switching, upgrade
from harness.load import connect_many
from harness.raw_backend import RawBackend
from harness.rows import ask, assert_accepted, assert_refused
from harness.settings import settings
from harness.waiting import Missed, wait_until
from harness.wire import Wire


def pool(*entries, balance="round_robin"):
    return {"main": {"balance": balance, "backends": list(entries)}}


@contextlib.contextmanager
def backends(count):
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(RawBackend()) for _ in range(count)]


def chosen(proxy, candidates):
    """Opens one tunnel and gives the index of the backend that got it, with both ends."""
    client = Wire.connect(proxy.port)
    client.send(upgrade())

    def look():
        for index, candidate in enumerate(candidates):
            try:
                return index, candidate.accept(deadline=0.002)
            except Missed:
                continue
        return None

    index, server = wait_until(look, 5, what="a backend that was chosen", interval=0)
    server.read_head()
    server.send(switching(KEY))
    assert_accepted(client, KEY)
    return index, client, server


def shares(proxy, candidates, count):
    return collections.Counter(chosen(proxy, candidates)[0] for _ in range(count))


def test_round_robin_gives_each_backend_its_turn(launch):
    with backends(3) as three:
        proxy = launch(settings(pools=pool(*[backend.url for backend in three])))
        assert shares(proxy, three, 30) == {0: 10, 1: 10, 2: 10}


def test_round_robin_gives_shares_by_weight(launch):
    with backends(2) as two:
        proxy = launch(settings(pools=pool({"url": two[0].url, "weight": 1}, {"url": two[1].url, "weight": 3})))
        assert shares(proxy, two, 40) == {0: 10, 1: 30}


def test_least_connections_fills_the_emptier_backend(launch):
    with backends(2) as two:
        proxy = launch(settings(pools=pool(*[backend.url for backend in two], balance="least_connections")))
        held = [chosen(proxy, two) for _ in range(10)]
        assert collections.Counter(index for index, _, _ in held) == {0: 5, 1: 5}
        for index, client, server in held:
            if index == 0:
                client.reset()
                server.close()
        proxy.wait_metric("tidegate_tunnels_active", 5)
        assert shares(proxy, two, 4) == {0: 4}, "the emptied backend was not preferred"


@pytest.mark.parametrize("balance", ["power_of_two", "random"])
def test_chance_reaches_every_backend(launch, balance):
    with backends(3) as three:
        proxy = launch(settings(pools=pool(*[backend.url for backend in three], balance=balance)))
        counts = shares(proxy, three, 60)
        # Sixty draws that miss one of three: less than one in ten thousand million.
        assert set(counts) == {0, 1, 2}


def test_b12_a_full_backend_gets_no_more_and_a_full_pool_is_503_with_retry_after(launch):
    with backends(2) as two:
        proxy = launch(settings(pools=pool(*[{"url": backend.url, "max_connections": 2} for backend in two])))
        held = [chosen(proxy, two) for _ in range(4)]
        assert collections.Counter(index for index, _, _ in held) == {0: 2, 1: 2}
        answer = ask(proxy.port, upgrade())
        assert_refused(answer, 503)
        assert 1 <= int(answer.head.one("Retry-After")) <= 5
        assert all(backend.is_untouched() for backend in two)
        index, client, server = held[0]
        client.reset()
        server.close()
        proxy.wait_metric("tidegate_tunnels_active", 3)
        assert chosen(proxy, two)[0] == index


def test_b19_failed_handshakes_leave_no_load_behind(launch):
    with backends(1) as (backend,):
        proxy = launch(settings(pools=pool({"url": backend.url, "max_connections": 1}, balance="least_connections")))
        for number in range(50):
            client = Wire.connect(proxy.port)
            client.send(upgrade())
            server, _ = backend.request()
            if number % 2:
                server.reset()
                assert client.read_head().status == 502
            else:
                client.reset()
                server.wait_end()
            client.close()
            proxy.wait_metric("tidegate_connections_active", 0)
        client, server = backend.tunnel(proxy.port)
        client.send(frame(TEXT, b"room", masked=True))
        assert server.read_frame().payload == b"room"


@pytest.mark.timeout(120)
def test_a_thousand_tunnels_are_spread_evenly_over_the_workers(launch, echo):
    proxy = launch(settings(echo, workers=2))

    async def play():
        tunnels = await connect_many(f"ws://127.0.0.1:{proxy.port}/", 1000)
        held = [value for _, value in proxy.metrics().matching("tidegate_worker_connections")]
        for tunnel in tunnels:
            tunnel.transport.abort()
        return held

    held = asyncio.run(play())
    assert len(held) == 2 and sum(held) == 1000
    assert max(held) - min(held) <= 0.1 * max(held), f"workers hold {held}"
    proxy.wait_metric("tidegate_tunnels_active", 0, deadline=15)


def test_workers_stay_even_when_the_tunnels_of_one_have_left(launch, echo):
    proxy = launch(settings(echo, workers=2))

    def held():
        return sorted(value for _, value in proxy.metrics().matching("tidegate_worker_connections"))

    async def play():
        first = await connect_many(f"ws://127.0.0.1:{proxy.port}/", 200)
        for tunnel in first[::2]:
            tunnel.transport.abort()
        await asyncio.to_thread(proxy.wait_metric, "tidegate_tunnels_active", 100)
        second = await connect_many(f"ws://127.0.0.1:{proxy.port}/", 200)
        spread = held()
        for tunnel in first + second:
            tunnel.transport.abort()
        return spread

    low, high = asyncio.run(play())
    assert low + high == 300 and high - low <= 0.1 * high, f"workers hold {low} and {high}"
