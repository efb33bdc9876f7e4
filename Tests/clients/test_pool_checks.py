"""Active checks: what takes a backend down, what brings it up, and who gets the traffic meanwhile."""

import pytest

import pool_checks
from harness.waiting import wait_until
from pool_backend import pool_backends
from pool_client import landed, opened, opened_many
from pool_settings import check, pooled
from pool_states import checked, is_down, is_up


def answers(reply):
    def set_(backend):
        backend.check = reply

    return set_


def is_gone(backend):
    backend.fall()


def is_back(backend):
    if not backend.is_listening:
        backend.listen()


# What is asked for, what a well backend answers, and how it falls ill.
KINDS = {
    "tcp, and nobody listens": (check("tcp"), None, is_gone),
    "http, and nobody listens": (check(), pool_checks.passes, is_gone),
    "http, and it is a 500": (check(), pool_checks.passes, answers(pool_checks.fails)),
    "http, and it is a 302": (check(), pool_checks.passes, answers(pool_checks.replies(302, ("Location", "/elsewhere")))),
    "http, and it says nothing": (check(), pool_checks.passes, answers(pool_checks.never)),
    "http, and it hangs up": (check(), pool_checks.passes, answers(pool_checks.hangs_up)),
    "http with a body, and it is another": (
        check(body="all is well"), pool_checks.passes, answers(pool_checks.replies(200, body=b"all is lost"))),
    "http with statuses, and it is a 200": (
        check(status=[204, "300-399"]), pool_checks.replies(304), answers(pool_checks.passes)),
    "websocket, and it is a 403": (check("websocket"), pool_checks.upgraded, answers(pool_checks.replies(403))),
    "websocket, and it is a 200": (check("websocket"), pool_checks.upgraded, answers(pool_checks.passes)),
    "websocket with a ping, and it stays silent": (
        check("websocket", ping=True), pool_checks.upgraded, answers(pool_checks.upgraded_and_mute)),
    "websocket with a ping, and the pong is another": (
        check("websocket", ping=True), pool_checks.upgraded, answers(pool_checks.upgraded_and_says(b"", pong=b"other"))),
    "websocket with a text, and it says another": (
        check("websocket", send="are you well?", expect="well"), pool_checks.upgraded,
        answers(pool_checks.upgraded_and_says(b"I am lost"))),
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_ill_backend_gets_nothing_new_and_a_well_one_is_back(launch, kind):
    rules, well, falls_ill = KINDS[kind]
    with pool_backends(2) as (sick, sound):
        sick.check = sound.check = well
        proxy = launch(pooled([sick, sound], check=rules))
        proxy.wait_metric("tidegate_backend_checks_total", lambda value: value >= 1, pool="main", backend=sick.label)
        wait_until(lambda: set(landed(opened_many(proxy.port, 2))) == {sick.label, sound.label})
        kept = None if falls_ill is is_gone else _on(proxy, sick)
        falls_ill(sick)
        is_down(proxy, sick)
        down = proxy.log.wait("backend_down", pool="main", backend=sick.label)
        assert down["reason"], down
        assert landed(opened_many(proxy.port, 6)) == {sound.label: 6}
        if kept:
            kept.echoes(b"what is open may live")
        sick.check = well
        is_back(sick)
        is_up(proxy, sick)
        proxy.log.wait("backend_up", pool="main", backend=sick.label)
        assert landed(opened_many(proxy.port, 6)) == {sick.label: 3, sound.label: 3}
        assert not proxy.log.events("backend_down", backend=sound.label)


def _on(proxy, backend):
    """A tunnel on this backend."""
    return wait_until(lambda: next((one for one in opened_many(proxy.port, 2) if one.backend == backend.label), None))


def test_rise_and_fall_count_in_a_row(launch):
    passes, fails = pool_checks.passes, pool_checks.fails
    with pool_backends(1) as (one,):
        proxy = launch(pooled([one], check=check(rise=3, fall=3)))
        is_up(proxy, one)
        checked(one, 2)

        one.script.extend([fails, fails, passes])
        wait_until(lambda: not one.script, 10)
        checked(one, 2)
        assert not proxy.log.events("backend_down"), "two failures were enough"
        ups = len(proxy.log.events("backend_up"))
        one.check = fails
        one.script.extend([fails, fails, fails, passes, passes])
        is_down(proxy, one)
        wait_until(lambda: not one.script, 10)
        checked(one, 2)
        assert len(proxy.log.events("backend_up")) == ups, "two passes were enough"
        is_down(proxy, one)
        one.check = passes
        is_up(proxy, one)
        assert len(proxy.log.events("backend_up")) == ups + 1 and len(proxy.log.events("backend_down")) == 1


def test_the_first_answer_counts_at_once(launch):
    with pool_backends(2) as (sick, sound):
        sick.check = pool_checks.fails
        proxy = launch(pooled([sick, sound], check=check(rise=100, fall=100)))
        is_down(proxy, sick)
        checked(sick)
        assert sick.checks <= 10
        assert landed(opened_many(proxy.port, 4)) == {sound.label: 4}


@pytest.mark.parametrize("kind", ["http", "websocket", "tcp"])
def test_checks_never_overlap_and_leave_nothing_behind(launch, kind):
    with pool_backends(1) as (one,):
        most = []

        async def slow(head, reader, writer):
            most.append(one.checks - one.checks_ended)
            await pool_checks.never(head, reader, writer)

        one.check = slow
        launch(pooled([one], check=check(kind, timeout="300ms")))
        if kind == "tcp":
            wait_until(lambda: one.connections >= 10, 10)
        else:
            wait_until(lambda: one.checks >= 6, 10)
            assert set(most) == {1}, most
        wait_until(lambda: one.open_now <= 1, what="connections of checks that are over")
        assert not one.heads


def test_a_check_asks_as_it_is_told(launch):
    seen = []
    with pool_backends(1) as (one,):

        async def looks(head, reader, writer):
            seen.append(head)
            await pool_checks.passes(head, reader, writer)

        one.check = looks
        proxy = launch(pooled([one], check=check(method="HEAD", host="health.test")))
        is_up(proxy, one)
        checked(one, 2)
        assert (seen[0].method, seen[0].target, seen[0].one("Host")) == ("HEAD", "/check", "health.test")
        assert not seen[0].all("X-Forwarded-For")


def test_a_check_offers_its_subprotocol(launch):
    seen = []
    with pool_backends(1) as (one,):

        async def looks(head, reader, writer):
            seen.append(head)
            await pool_checks.upgraded(head, reader, writer)

        one.check = looks
        proxy = launch(pooled([one], check=check("websocket", subprotocol="chat.v2")))
        wait_until(lambda: seen)
        assert seen[0].one("Sec-WebSocket-Protocol") == "chat.v2"
        assert proxy.metrics().types["tidegate_backend_checks_total"] == "counter"


def test_a_check_may_have_a_port_of_its_own(launch):
    with pool_backends(2) as (one, health):
        health.check = pool_checks.fails
        proxy = launch(pooled([one], check=check(port=health.port)))
        is_down(proxy, one)
        assert health.checks and not one.checks
        health.check = pool_checks.passes
        is_up(proxy, one)
        assert opened(proxy.port).backend == one.label


def test_both_sides_of_a_change_are_counted(launch):
    with pool_backends(1) as (one,):
        proxy = launch(pooled([one], check=check()))
        checked(one, 2)
        counted = {labels["result"] for labels, value in proxy.metrics().matching("tidegate_backend_checks_total") if value}
        one.check = pool_checks.fails
        is_down(proxy, one)
        after = {labels["result"] for labels, value in proxy.metrics().matching("tidegate_backend_checks_total") if value}
        assert len(counted) == 1 and len(after) == 2, f"{counted}, then {after}"
        metrics = proxy.metrics()
        assert metrics.value("tidegate_backend_state", backend=one.label) == 1, "one state at a time"
        assert metrics.value("tidegate_backend_state", backend=one.label, state="down") == 1
        assert metrics.value("tidegate_backend_check_duration_seconds_count", pool="main") >= 2
