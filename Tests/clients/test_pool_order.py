"""Who comes first: priorities, backups, the proxy's own zone; and who is asked next when an upgrade fails."""

import pytest

from harness.answering import AnsweringBackend
from harness.frames import TEXT, frame
from harness.heads import answer, upgrade
from harness.tls_backend import server_context
from harness.waiting import wait_until
from harness.wire import Wire
from pool_backend import PoolBackend, pool_backends
from pool_client import answered, fetched, landed, opened, opened_many, refused
from pool_settings import check, pooled
from pool_states import is_down, is_up


def entries(backends, *keys):
    return [{"url": backend.url, **more} for backend, more in zip(backends, keys)]


def falls(proxy, *backends):
    for backend in backends:
        backend.fall()
    for backend in backends:
        is_down(proxy, backend)


def returns(proxy, *backends):
    for backend in backends:
        backend.listen()
    for backend in backends:
        is_up(proxy, backend)


@pytest.mark.parametrize("balance", ["round_robin", "least_connections"])
def test_a_backup_serves_only_while_nobody_else_can(launch, balance):
    with pool_backends(3) as (one, other, backup):
        proxy = launch(pooled(
            entries([one, other, backup], {}, {}, {"backup": True}), balance=balance, check=check("tcp")))
        is_up(proxy, one)
        assert landed(opened_many(proxy.port, 6)) == {one.label: 3, other.label: 3}
        falls(proxy, one)
        assert landed(opened_many(proxy.port, 4)) == {other.label: 4}
        falls(proxy, other)
        on_backup = opened_many(proxy.port, 4)
        assert landed(on_backup) == {backup.label: 4}
        returns(proxy, one)
        assert landed(opened_many(proxy.port, 4)) == {one.label: 4}
        for tunnel in on_backup:
            tunnel.echoes()


def test_priorities_are_used_in_their_order_and_the_backup_behind_them_all(launch):
    with pool_backends(4) as (backup, last, middle, first):
        proxy = launch(pooled(entries(
            [backup, last, middle, first], {"backup": True}, {"priority": 15}, {"priority": 3}, {}), check=check("tcp")))
        is_up(proxy, first)
        for current in (first, middle, last):
            assert landed(opened_many(proxy.port, 4)) == {current.label: 4}
            falls(proxy, current)
        assert landed(opened_many(proxy.port, 4)) == {backup.label: 4}
        returns(proxy, middle)
        assert landed(opened_many(proxy.port, 4)) == {middle.label: 4}


def test_a_full_one_spills_over_to_the_next_priority(launch):
    with pool_backends(2) as (first, second):
        proxy = launch(pooled(entries([first, second], {"max_connections": 3}, {"priority": 1})))
        assert landed(opened_many(proxy.port, 5)) == {first.label: 3, second.label: 2}


def test_without_checks_a_dial_that_fails_goes_on_to_the_next_priority(launch):
    with pool_backends(2) as (first, second):
        proxy = launch(pooled(entries([first, second], {}, {"backup": True})))
        assert opened(proxy.port).backend == first.label
        first.fall()
        assert landed(opened_many(proxy.port, 3)) == {second.label: 3}
        assert fetched(proxy.port).one("X-Backend") == second.label
        first.listen()
        assert opened(proxy.port).backend == first.label


def test_the_own_zone_is_preferred_and_spills_over_when_it_is_ill(launch):
    with pool_backends(4) as (near, nearer, far, farther):
        proxy = launch(pooled(
            entries([near, nearer, far, farther], {"zone": "here"}, {"zone": "here"}, {"zone": "there"}, {}),
            check=check("tcp"), top={"zone": "here"}))
        is_up(proxy, near)
        assert landed(opened_many(proxy.port, 8)) == {near.label: 4, nearer.label: 4}
        falls(proxy, near)
        spread = landed(opened_many(proxy.port, 120))
        # With half of the zone gone, five in seven stay: 86 of 120; six times the deviation either way.
        assert 56 <= spread[nearer.label] <= 116 and spread[far.label] and spread[farther.label], spread
        falls(proxy, nearer)
        assert landed(opened_many(proxy.port, 4)) == {far.label: 2, farther.label: 2}
        returns(proxy, near, nearer)
        assert landed(opened_many(proxy.port, 4)) == {near.label: 2, nearer.label: 2}


def test_a_full_zone_spills_over(launch):
    with pool_backends(2) as (near, far):
        proxy = launch(pooled(
            entries([near, far], {"zone": "here", "max_connections": 2}, {"zone": "there"}), top={"zone": "here"}))
        assert landed(opened_many(proxy.port, 5)) == {near.label: 2, far.label: 3}


def test_a_proxy_without_a_zone_prefers_nobody(launch):
    with pool_backends(2) as (near, far):
        proxy = launch(pooled(entries([near, far], {"zone": "here"}, {"zone": "there"})))
        assert landed(opened_many(proxy.port, 4)) == {near.label: 2, far.label: 2}


def refusing(backend, status):
    backend.refusal = answer(status, ("Connection", "close"), ("X-From", backend.label), body=b"no")


@pytest.mark.parametrize("status", [502, 503, 504])
def test_an_upgrade_that_is_refused_with_a_status_of_the_list_is_tried_elsewhere(launch, status):
    with pool_backends(2) as (sick, sound):
        refusing(sick, status)
        proxy = launch(pooled([sick, sound], retry={"attempts": 3, "statuses": [status]}))
        tunnels = opened_many(proxy.port, 8)
        assert landed(tunnels) == {sound.label: 8} and len(sick.heads) == 4
        for tunnel in tunnels:
            tunnel.echoes()


@pytest.mark.parametrize("status, listed", [(503, []), (503, [502]), (500, [502, 503, 504]), (403, [503])])
def test_another_status_is_the_clients_answer(launch, status, listed):
    with pool_backends(2) as (sick, sound):
        refusing(sick, status)
        proxy = launch(pooled([sick, sound], retry={"attempts": 3, "statuses": listed}))
        heads = [refused_or_open(proxy.port) for _ in range(4)]
        assert sorted(head.status for head in heads) == sorted([101, 101, status, status])
        assert all(head.one("X-From") == sick.label for head in heads if head.status != 101)


def refused_or_open(port):
    wire = Wire.connect(port)
    wire.send(upgrade())
    head = wire.read_head()
    wire.close()
    return head


def test_no_more_are_tried_than_attempts_and_the_last_answer_is_the_clients(launch):
    with pool_backends(4) as four:
        for backend in four:
            refusing(backend, 503)
        proxy = launch(pooled(four, retry={"attempts": 3, "statuses": [503]}))
        head = refused(proxy.port)
        assert head.status == 503
        assert sum(len(backend.heads) for backend in four) == 3
        assert len({id(backend) for backend in four if backend.heads}) == 3, "one was asked twice"


def test_with_retry_off_there_is_one_attempt(launch):
    with pool_backends(2) as (dead, sound):
        dead.fall()
        proxy = launch(pooled([dead, sound], retry="off"))
        heads = [refused_or_open(proxy.port) for _ in range(4)]
        assert sorted(head.status for head in heads) == [101, 101, 503, 503]


def test_plain_requests_are_not_repeated_for_their_status(launch):
    with AnsweringBackend(lambda message: answer(503, body=b"no")) as sick, pool_backends(1) as (sound,):
        proxy = launch(pooled([sick, sound], retry={"attempts": 3, "statuses": [503]}))
        assert sorted(fetched(proxy.port).status for _ in range(4)) == [200, 200, 503, 503]
        assert len(sick.requests) == 2


def test_an_early_message_waits_for_the_one_who_takes_the_upgrade(launch):
    """It came with the upgrade's head. Who refuses the upgrade gets the head and no more; who takes it gets the message, once."""
    with pool_backends(2) as (sick, sound):
        refusing(sick, 503)
        proxy = launch(pooled([sick, sound], retry={"attempts": 3, "statuses": [503]}))
        tunnels = []
        for _ in range(4):
            wire = Wire.connect(proxy.port)
            wire.send(upgrade() + frame(TEXT, b"early", masked=True))
            tunnels.append(answered(wire))
        assert landed(tunnels) == {sound.label: 4} and len(sick.heads) == 2
        for tunnel in tunnels:
            assert tunnel.wire.read_frame().payload == b"early"
            tunnel.echoes()
        wait_until(lambda: sick.open_now == 0)
        assert sick.surplus == b"", "a refused upgrade's message went out"


def test_request_bodies_and_fields_are_the_same_at_the_second_attempt(launch):
    with pool_backends(2) as (sick, sound):
        refusing(sick, 503)
        proxy = launch(pooled([sick, sound], retry={"attempts": 2, "statuses": [503]}))
        for _ in range(4):
            opened(proxy.port, "/room?x=1", extra=[("X-Mine", "kept"), ("Cookie", "a=b")])
        strip = {"x-request-id"}
        seen = [
            sorted((name.lower(), value) for name, value in head.fields if name.lower() not in strip)
            for head in sick.heads + sound.heads]
        assert len(seen) == 6 and all(fields == seen[0] for fields in seen), seen
        assert {head.target for head in sick.heads + sound.heads} == {"/room?x=1"}


def test_a_backend_whose_tls_fails_is_passed_over(launch, authority):
    """Its certificate is another's: each upgrade and each plain request is served by the other one."""
    wrong, right = (server_context(authority.issue(name)) for name in ("other.test", "localhost"))
    with PoolBackend(tls=wrong) as impostor, PoolBackend(tls=right) as sound:
        proxy = launch(pooled(
            [impostor, sound], tls_pool={"ca": str(authority.path)},
            ejection={"failures": 3, "base": "30s", "longest": "30s"}))
        assert landed(opened_many(proxy.port, 8)) == {sound.label: 8}
        assert fetched(proxy.port).one("X-Backend") == sound.label
        assert impostor.heads == []
        proxy.log.wait("backend_ejected", backend=impostor.label)


def test_a_sticky_upgrade_that_is_retried_gets_the_cookie_of_the_one_that_took_it(launch):
    with pool_backends(2) as (sick, sound):
        proxy = launch(pooled(
            [sick, sound], retry={"attempts": 2, "statuses": [503]}, sticky={"cookie": "place", "keys": ["k" * 40]}))
        tunnel = next(tunnel for tunnel in opened_many(proxy.port, 2) if tunnel.backend == sick.label)
        cookie = tunnel.head.one("Set-Cookie").split(";")[0]
        refusing(sick, 503)
        again = opened(proxy.port, extra=[("Cookie", cookie)])
        assert again.backend == sound.label
        moved = again.head.one("Set-Cookie").split(";")[0]
        sick.refusal = None
        assert moved != cookie and opened(proxy.port, extra=[("Cookie", moved)]).backend == sound.label


@pytest.mark.parametrize("balance", ["round_robin", "least_connections", "power_of_two", "random"])
def test_a_backup_is_found_behind_however_many_dead_ones(launch, balance):
    with pool_backends(6) as backends:
        *dead, backup = backends
        proxy = launch(pooled(
            [*(backend.url for backend in dead), {"url": backup.url, "backup": True}], balance=balance))
        for backend in dead:
            backend.fall()
        assert landed(opened_many(proxy.port, 10)) == {backup.label: 10}
