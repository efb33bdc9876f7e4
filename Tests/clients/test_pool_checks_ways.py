"""Checks by TLS, over Unix sockets and behind a PROXY header; and what a reload makes of what they found."""

import copy

import pytest

import pool_checks
from harness.heads import answer
from harness.raw_backend import RawBackend
from harness.settings import backend_entry
from harness.tls_backend import server_context
from harness.waiting import wait_until
from pool_backend import PoolBackend, pool_backends
from pool_client import landed, opened, opened_many, refused
from pool_settings import check, pooled
from pool_states import checked, is_down, is_up, states


def changed(proxy, **keys):
    """A reload with other keys of the pool; None takes one away."""
    config = copy.deepcopy(proxy.config)
    pool = config["pools"]["main"]
    for key, value in keys.items():
        pool.pop(key, None)
        if value is not None:
            pool[key] = value
    assert proxy.reload(config), proxy.log.tail()


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_tls_is_spoken_where_the_url_says_so(launch, authority, kind):
    with PoolBackend(tls=server_context(authority.issue("localhost"))) as one:
        one.check = pool_checks.upgraded if kind == "websocket" else pool_checks.passes
        proxy = launch(pooled([one], check=check(kind), tls_pool={"ca": str(authority.path)}))
        is_up(proxy, one)
        checked(one, 3)
        assert states(proxy, one) == {"ready"}
        opened(proxy.port).echoes()
        one.check = pool_checks.fails
        is_down(proxy, one)


def test_a_certificate_of_another_name_is_no_pass(launch, authority):
    with PoolBackend(tls=server_context(authority.issue("other.test"))) as one:
        proxy = launch(pooled([one], check=check(), tls_pool={"ca": str(authority.path)}))
        is_down(proxy, one)
        assert one.checks == 0
        assert refused(proxy.port).status == 503


@pytest.mark.parametrize("kind", ["tcp", "http", "websocket"])
def test_a_backend_on_a_unix_socket_is_checked(launch, tmp_path, kind):
    with PoolBackend(unix=str(tmp_path / "b.sock")) as one:
        one.check = pool_checks.upgraded if kind == "websocket" else pool_checks.passes
        proxy = launch(pooled([one], check=check(kind)))
        wait_until(lambda: states(proxy, one) == {"ready"})
        one.deafen()
        is_down(proxy, one)
        (tmp_path / "b.sock").unlink(missing_ok=True)
        one.listen()
        is_up(proxy, one)
        opened(proxy.port).echoes()


def test_a_check_says_that_it_comes_for_nobody(launch):
    """PROXY protocol 2 with the command LOCAL: the proxy's own connection."""
    with RawBackend() as one:
        proxy = launch(pooled([one], check=check(timeout="3s"), proxy_protocol="v2"))
        wire = one.accept()
        preface = wire.receive(16)
        assert preface[:12] == b"\r\n\r\n\0\r\nQUIT\n" and preface[12] == 0x20, preface
        wire.receive(int.from_bytes(preface[14:16], "big"))
        assert wire.read_head().target == "/check"
        wire.send(answer(200, ("Connection", "close"), body=b"well"))
        is_up(proxy, one)


def test_a_reload_keeps_what_is_known(launch):
    with pool_backends(3) as (sick, sound, new):
        sick.check = pool_checks.fails
        proxy = launch(pooled([sick, sound], check=check()))
        is_down(proxy, sick)
        before = len(sick.heads)
        changed(proxy, backends=[backend_entry(one) for one in (new, sick, sound)])
        assert states(proxy, sick) == {"down"}
        opened_many(proxy.port, 6)
        assert len(sick.heads) == before, "it was forgotten that it is down"
        wait_until(lambda: new.checks >= 2, what="checks of the new one")
        sick.check = pool_checks.passes
        is_up(proxy, sick)
        assert landed(opened_many(proxy.port, 6)) == {one.label: 2 for one in (sick, sound, new)}


def test_without_checks_any_longer_it_takes_part_again(launch):
    with pool_backends(2) as (sick, sound):
        sick.check = pool_checks.fails
        proxy = launch(pooled([sick, sound], check=check()))
        is_down(proxy, sick)
        changed(proxy, check=None)
        is_up(proxy, sick)
        assert landed(opened_many(proxy.port, 4)) == {sick.label: 2, sound.label: 2}
        wait_until(lambda: sick.checks == sick.checks_ended)
        count = sick.checks + sound.checks
        opened_many(proxy.port, 10)
        assert sick.checks + sound.checks <= count + 1


def test_checks_that_a_reload_brings_begin_at_once(launch):
    with pool_backends(2) as (sick, sound):
        sick.check = pool_checks.fails
        proxy = launch(pooled([sick, sound]))
        assert landed(opened_many(proxy.port, 4)) == {sick.label: 2, sound.label: 2}
        changed(proxy, check=check())
        is_down(proxy, sick)
        assert landed(opened_many(proxy.port, 4)) == {sound.label: 4}


def test_a_backend_that_leaves_is_checked_no_more(launch):
    with pool_backends(2) as (leaving, staying):
        proxy = launch(pooled([leaving, staying], check=check()))
        is_up(proxy, leaving)
        changed(proxy, backends=[staying.url])
        wait_until(lambda: leaving.checks == leaving.checks_ended)
        count = leaving.checks
        checked(staying, 5)
        assert leaving.checks <= count + 1
        wait_until(lambda: not proxy.metrics().matching("tidegate_backend_state", backend=leaving.label))


def test_ten_reloads_in_a_row_leave_one_check_at_a_time(launch):
    most = []
    with pool_backends(1) as (one,):

        async def slow(head, reader, writer):
            most.append(one.checks - one.checks_ended)
            await pool_checks.never(head, reader, writer)

        one.check = slow
        proxy = launch(pooled([one], check=check(timeout="400ms")))
        for number in range(10):
            changed(proxy, max_dials=50 + number)
        wait_until(lambda: one.checks >= 3)
        assert max(most) <= 2, f"{max(most)} checks at once"
