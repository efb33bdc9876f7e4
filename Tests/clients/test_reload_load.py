"""The promise of a reload under load: nothing lost, nothing reordered, nobody turned away."""

import asyncio
import copy
import signal

import pytest

from harness.echo_backends import WebsocketsEcho
from harness.load import Sequence, close_code, connect, connect_many
from harness.ports import free_port
from harness.settings import settings
from harness.waiting import wait_until

TUNNELS = 500
RELOADS = 20


def variants(config, first, second, extra):
    """The files of twenty reloads, each with what it is: a listener more, broken (the listener stays), another certificate
    without that listener, a backend more, and as it was, without that backend."""
    port = free_port()

    def listener(_):
        other = copy.deepcopy(config)
        other["listeners"].append({"name": "new", "bind": f"127.0.0.1:{port}"})
        return other, "listener"

    def broken(number):
        other = copy.deepcopy(config)
        if number % 2:
            other["pools"]["main"]["backends"].append("ws://")
        else:
            other["nonsense"] = True
        return other, "broken"

    def certificate(number):
        other = copy.deepcopy(config)
        other["listeners"][1]["tls"]["certificates"] = [(second if number % 2 else first).setting()]
        return other, "certificate"

    def more(_):
        other = copy.deepcopy(config)
        other["pools"]["main"]["backends"].append(extra.url)
        return other, "backend"

    def plain(_):
        return copy.deepcopy(config), "plain"

    turn = [listener, broken, certificate, more, plain]
    return [turn[number % len(turn)](number // len(turn)) for number in range(RELOADS)]


@pytest.mark.timeout(150)
def test_twenty_reloads_under_500_tunnels_lose_nothing_and_refuse_nobody(launch, authority):
    first, second = authority.issue("site.test"), authority.issue("site.test")
    with WebsocketsEcho() as kept, WebsocketsEcho() as extra:
        proxy = launch(settings(kept, tls=[first], timeouts={"handshake": "20s"}, drain={"period": "200ms"}))
        result = asyncio.run(_play(proxy, authority, variants(copy.deepcopy(proxy.config), first, second, extra), extra))
        wrong, taken, refused, newcomers, messages, moved = result
        assert not wrong, wrong[:5]
        assert (taken, refused) == (16, 4)
        assert newcomers > RELOADS, "too few new connections to prove anything"
        assert messages > 5 * TUNNELS, "too few messages to prove anything"
        assert len(moved) >= RELOADS // 5, "no tunnels of the removed backend to prove anything"
        assert all(code == 1012 for code in moved), f"tunnels of the removed backend ended with {set(moved)}"
        proxy.wait_metric("tidegate_tunnels_active", 0, deadline=15)


async def _play(proxy, authority, files, extra):
    context = authority.client_context()
    plain, secure = f"ws://127.0.0.1:{proxy.port}/", f"wss://127.0.0.1:{proxy.secure_port}/"
    tunnels = await connect_many(plain, TUNNELS // 2) + await connect_many(secure, TUNNELS // 2, tls=context)
    stop = asyncio.Event()
    sequences = [Sequence(tunnel, seed) for seed, tunnel in enumerate(tunnels)]
    running = [asyncio.ensure_future(sequence.run(stop, pace=0.25)) for sequence in sequences]
    newcomers = []

    async def arrivals(way, tls):
        """Fresh tunnels, one after the other; some land on the backend that is removed later, and then hear 1012."""
        while not stop.is_set():
            newcomers.append(await connect(way, tls=tls))
            await asyncio.sleep(0.02)

    arriving = [asyncio.ensure_future(arrivals(*way)) for way in ((plain, None), (secure, context)) * 2]
    taken = refused = 0
    for config, what in files:
        good = what != "broken"
        proxy.write(config)
        before = await asyncio.to_thread(proxy.metric, "tidegate_config_reloads_total")
        proxy.signal(signal.SIGHUP)
        await asyncio.to_thread(proxy.wait_metric, "tidegate_config_reloads_total", lambda value, b=before: value > b, 20)
        successful = await asyncio.to_thread(proxy.metric, "tidegate_config_last_reload_successful")
        assert successful == (1 if good else 0), "a file was judged wrongly"
        taken, refused = taken + good, refused + (not good)
        if what == "listener":
            # Tunnels of a listener that the reload after the next takes away: they go on like all others.
            through = await connect_many(f"ws://127.0.0.1:{proxy.port_of('new')}/", 5)
            tunnels += through
            sequences += (more := [Sequence(tunnel, TUNNELS + len(tunnels) + at) for at, tunnel in enumerate(through)])
            running += [asyncio.ensure_future(sequence.run(stop, pace=0.25)) for sequence in more]
        elif what == "backend":
            # Some of these land on the backend that the next reload takes away.
            newcomers += await connect_many(plain, 10)
            await asyncio.to_thread(wait_until, lambda: extra.live > 0, 10, "a tunnel on the new backend")
    stop.set()
    await asyncio.gather(*arriving)
    await asyncio.gather(*running)
    await asyncio.to_thread(wait_until, lambda: extra.live == 0, 15, "the removed backend without tunnels")
    moved = [close_code(tunnel) for tunnel in newcomers if tunnel.state.name != "OPEN"]
    wrong = [sequence.wrong for sequence in sequences if sequence.wrong]
    messages = sum(sequence.received for sequence in sequences)
    for tunnel in tunnels + newcomers:
        tunnel.transport.abort()
    return wrong, taken, refused, len(newcomers), messages, moved
