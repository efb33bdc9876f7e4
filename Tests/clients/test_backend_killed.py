"""A backend process that is killed with its tunnels open."""

import asyncio

from harness.backend_process import BackendProcess
from harness.echo_backends import WebsocketsEcho
from harness.load import close_code, connect_many
from harness.settings import settings

TUNNELS = 100


def test_b6_kill_9_of_a_backend_ends_its_tunnels_alone_and_newcomers_go_to_the_other(launch):
    with BackendProcess(WebsocketsEcho) as doomed, WebsocketsEcho() as kept:
        proxy = launch(settings(doomed, kept, limits={"buffer": "64KiB"}))
        asyncio.run(_play(proxy, doomed, kept))
        proxy.wait_metric("tidegate_tunnels_active", 0, deadline=10)
        assert proxy.metric("tidegate_closes_total", pool="main", side="backend") >= TUNNELS


async def _play(proxy, doomed, kept):
    url = f"ws://127.0.0.1:{proxy.port}/"
    tunnels = await connect_many(url, 2 * TUNNELS)
    await _echo(tunnels)
    assert kept.live == TUNNELS, "round robin gave the two backends different shares"
    proxy.wait_metric("tidegate_tunnels_active", TUNNELS, backend=doomed.label)
    doomed.kill()
    await asyncio.to_thread(proxy.wait_metric, "tidegate_tunnels_active", 0, 10, backend=doomed.label)
    closing = [asyncio.ensure_future(tunnel.wait_closed()) for tunnel in tunnels]
    await _until(lambda: sum(task.done() for task in closing) >= TUNNELS)
    dead = [tunnel for tunnel, task in zip(tunnels, closing) if task.done()]
    alive = [tunnel for tunnel, task in zip(tunnels, closing) if not task.done()]
    assert len(dead) == TUNNELS and {close_code(tunnel) for tunnel in dead} == {1014}
    await _echo(alive)
    newcomers = await connect_many(url, 20)
    await _echo(newcomers)
    assert kept.live == TUNNELS + 20
    for task in closing:
        task.cancel()
    for tunnel in alive + newcomers:
        tunnel.transport.abort()


async def _echo(tunnels):
    """Every tunnel gives back what was sent through it."""
    async def one(number, tunnel):
        await tunnel.send(f"message {number}")
        assert await tunnel.recv() == f"message {number}"

    await asyncio.wait_for(asyncio.gather(*(one(number, tunnel) for number, tunnel in enumerate(tunnels))), 20)


async def _until(condition, deadline=10):
    async with asyncio.timeout(deadline):
        while not condition():
            await asyncio.sleep(0.02)
