"""kill -9 of one of three backends, 300 tunnels each: its own clients hear 1014 within a second, nobody else notices."""

import asyncio
import collections
import contextlib
import time

import pytest

from harness.backend_process import BackendProcess
from harness.load import Sequence, close_code, connect_many
from pool_backend import PoolBackend
from pool_settings import pooled

EACH = 300


def landed(tunnels):
    return collections.Counter(tunnel.response.headers["X-Backend"] for tunnel in tunnels)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("balance", ["least_connections", "round_robin"])
def test_a_killed_backend_costs_its_own_clients_alone_and_they_land_level(launch, balance):
    with contextlib.ExitStack() as stack:
        three = [stack.enter_context(BackendProcess(PoolBackend)) for _ in range(3)]
        proxy = launch(pooled(three, balance=balance, timeouts={"handshake": "20s"}))
        wrong, closed, spread = asyncio.run(_play(proxy, three[0]))
        proxy.wait_metric("tidegate_tunnels_active", 0, deadline=15)
        _assert_outcome(proxy, three, balance, wrong, closed, spread)


def _assert_outcome(proxy, three, balance, wrong, closed, spread):
    assert not wrong, wrong[:5]
    assert collections.Counter(code for code, _ in closed) == {1014: EACH}
    assert max(seconds for _, seconds in closed) < 1, "the last of them heard it late"
    kept = [backend.label for backend in three[1:]]
    assert set(spread) == set(kept) and sum(spread.values()) == EACH
    if balance == "least_connections":
        assert abs(spread[kept[0]] - spread[kept[1]]) <= 1, spread
    else:
        assert abs(spread[kept[0]] - spread[kept[1]]) <= EACH / 10, spread
    assert proxy.metric("tidegate_backend_connect_failures_total", pool="main", backend=three[0].label) >= 1


async def _play(proxy, doomed):
    """What went wrong with the tunnels of the others; code and moment of each close; where those that came back landed."""
    url = f"ws://127.0.0.1:{proxy.port}/"
    tunnels = await connect_many(url, 3 * EACH)
    assert set(landed(tunnels).values()) == {EACH}, landed(tunnels)
    dying = [tunnel for tunnel in tunnels if tunnel.response.headers["X-Backend"] == doomed.label]
    others = [tunnel for tunnel in tunnels if tunnel.response.headers["X-Backend"] != doomed.label]
    stop = asyncio.Event()
    sequences = [Sequence(tunnel, seed, window=1) for seed, tunnel in enumerate(others)]
    running = [asyncio.ensure_future(sequence.run(stop, pace=1.0)) for sequence in sequences]
    await _all_have(sequences, 1)

    async def ending(tunnel):
        await tunnel.wait_closed()
        return close_code(tunnel), time.monotonic()

    endings = [asyncio.ensure_future(ending(tunnel)) for tunnel in dying]
    await asyncio.sleep(0)
    killed = time.monotonic()
    doomed.kill()
    closed = [(code, moment - killed) for code, moment in await asyncio.wait_for(asyncio.gather(*endings), 10)]
    back = await connect_many(url, EACH)
    before = max(sequence.received for sequence in sequences)
    await _all_have(sequences, before + 1)
    stop.set()
    await asyncio.wait_for(asyncio.gather(*running), 20)
    spread = landed(back)
    for tunnel in others + back:
        tunnel.transport.abort()
    return [sequence.wrong for sequence in sequences if sequence.wrong], closed, spread


async def _all_have(sequences, count):
    async with asyncio.timeout(20):
        while any(sequence.received < count and not sequence.wrong for sequence in sequences):
            await asyncio.sleep(0.05)
