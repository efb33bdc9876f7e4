"""A flood of TLS handshakes: so many under way at once, the others wait their turn, and live tunnels go on."""

import select
import socket
import threading

import pytest

from harness.client_hello import client_hello
from harness.proxy_header import v1
from harness.waiting import Stopwatch, wait_until
from harness.wire import Wire
from pool_backend import pool_backends
from pool_client import opened, opened_many
from pool_settings import pooled

CAP = 4
FLOOD = 1000


def limited(backends, certificates, cap=CAP, **timeouts):
    return pooled(backends, tls=certificates, timeouts={"handshake": "20s", **timeouts}, top={
        "workers": 1, "limits": {"max_tls_handshakes": cap}})


def silent(port, count):
    """Connections that say nothing."""
    return [Wire.connect(port) for _ in range(count)]


def stalled(port, count):
    """Connections that begin their handshake, and never go on."""
    wires = silent(port, count)
    for wire in wires:
        wire.send(b"\x16")
    return wires


def is_shut(proxy):
    proxy.wait_metric("tidegate_limits_hit_total", 1, limit="max_tls_handshakes")


class Newcomer(threading.Thread):
    """Opens an encrypted tunnel; `tunnel` is there once it is open."""

    def __init__(self, port, context):
        super().__init__(daemon=True)
        self.port, self.context, self.tunnel, self.complaint = port, context, None, None

    def run(self):
        try:
            self.tunnel = opened(self.port, tls=self.context)
        except (OSError, AssertionError) as error:
            self.complaint = error


def test_those_beyond_the_cap_wait_until_one_is_through(launch, certificates, authority):
    with pool_backends(1) as one:
        proxy = launch(limited(one, certificates))
        idle = stalled(proxy.secure_port, CAP)
        is_shut(proxy)
        more = stalled(proxy.secure_port, 3)
        newcomer = Newcomer(proxy.secure_port, authority.client_context())
        newcomer.start()
        opened(proxy.port).echoes()
        assert proxy.metric("tidegate_connections_active", listener="secure") == CAP, "more were taken in than the cap"
        assert newcomer.tunnel is None
        for wire in idle + more:
            wire.close()
        wait_until(lambda: newcomer.tunnel or newcomer.complaint)
        assert newcomer.tunnel, newcomer.complaint
        newcomer.tunnel.echoes()


def test_the_deadline_of_idle_handshakes_lets_the_others_in(launch, certificates, authority):
    with pool_backends(1) as one:
        proxy = launch(limited(one, certificates, handshake="1s"))
        idle = stalled(proxy.secure_port, 2 * CAP)
        is_shut(proxy)
        newcomer = Newcomer(proxy.secure_port, authority.client_context())
        newcomer.start()
        wait_until(lambda: newcomer.tunnel or newcomer.complaint, 8)
        assert newcomer.tunnel, newcomer.complaint
        assert all(wire.wait_end() for wire in idle)


@pytest.mark.parametrize("header", [False, True])
def test_who_says_nothing_keeps_nobody_out(launch, certificates, authority, header):
    with pool_backends(1) as one:
        config = limited(one, certificates)
        if header:
            config["listeners"][1]["proxy_protocol"] = True
            config["trusted_proxies"] = ["127.0.0.2/32"]
        proxy = launch(config)
        idle = silent(proxy.secure_port, 10 * CAP)
        if header:
            # Heard as far as its header; TLS would come behind it.
            for number in range(CAP):
                idle.append(Wire(socket.create_connection(("127.0.0.1", proxy.secure_port), source_address=("127.0.0.2", 0))))
                idle[-1].send(v1())
        proxy.wait_metric("tidegate_connections_active", len(idle), listener="secure")
        watch = Stopwatch()
        opened(proxy.secure_port, tls=authority.client_context()).echoes()
        assert watch.seconds < 1
        proxy.wait_metric("tidegate_limits_hit_total", 0, limit="max_tls_handshakes")


def test_when_many_begin_at_once_no_more_go_on_than_may(launch, certificates):
    """They were all let in before they said a word."""
    with pool_backends(1) as one:
        proxy = launch(limited(one, certificates))
        wires = silent(proxy.secure_port, 3 * CAP)
        proxy.wait_metric("tidegate_connections_active", len(wires), listener="secure")
        for wire in wires:
            wire.send(client_hello())

        def heard():
            return sum(wire.wait_readable(0) for wire in wires)

        wait_until(lambda: heard() >= CAP)
        watch = Stopwatch()
        wait_until(lambda: watch.seconds >= 0.3)
        assert heard() == CAP
        # A second later the next have their turn, and after another one the last.
        wait_until(lambda: heard() == len(wires))


def test_open_tunnels_do_not_count(launch, certificates, authority):
    with pool_backends(1) as one:
        proxy = launch(limited(one, certificates))
        tunnels = opened_many(proxy.secure_port, 5 * CAP, tls=authority.client_context())
        for tunnel in tunnels:
            tunnel.echoes()


def test_without_a_cap_all_are_taken_in(launch, certificates):
    with pool_backends(1) as one:
        proxy = launch(limited(one, certificates, cap=0))
        idle = stalled(proxy.secure_port, 100)
        proxy.wait_metric("tidegate_connections_active", len(idle), listener="secure")


def unanswered(wires):
    """How many of them have heard nothing yet."""
    poll = select.poll()
    for wire in wires:
        poll.register(wire.sock, select.POLLIN)
    return len(wires) - len(poll.poll(0))


@pytest.mark.parametrize("cap", [0, 2000])
def test_echoes_pass_between_the_handshakes_of_a_flood(launch, certificates, authority, cap):
    """All say their first word at once. Each turn of the worker serves the tunnels and then a few handshakes, so that many echoes are
    back before the last handshake is answered; a worker that does all that are due first has time for two or three."""
    with pool_backends(1) as one:
        proxy = launch(limited(one, certificates, cap=cap))
        plain, secure = opened(proxy.port), opened(proxy.secure_port, tls=authority.client_context())
        wires = silent(proxy.secure_port, FLOOD)
        proxy.wait_metric("tidegate_connections_active", FLOOD + 1, listener="secure")
        hello = client_hello()
        for wire in wires:
            wire.send(hello)
        echoes, left = 0, []
        while not left or left[-1]:
            (plain, secure)[echoes % 2].echoes()
            echoes += 1
            left.append(unanswered(wires))
        assert echoes > 8, f"unanswered after each echo: {left}"
