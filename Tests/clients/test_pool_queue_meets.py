"""Those who wait in a pool's queue meet what else happens: bodies, floods, deaths, drains and reloads."""

import copy
import threading

import pytest

from harness.answering import AnsweringBackend
from harness.deaf import full
from harness.frames import BINARY, close_frame, frame
from harness.heads import plain
from harness.messages import read_answer
from harness.process import MemoryMark, MiB
from harness.raw_backend import RawBackend
from harness.waiting import Stopwatch, wait_until
from harness.wire import Wire
from pool_api import PoolAPI
from pool_backend import pool_backends
from pool_client import answered, ask_for_tunnel, opened, opened_many
from pool_settings import capped, pooled
from pool_states import waiting

LIMITS = "tidegate_limits_hit_total"
QUEUE = {"size": 100, "timeout": "10s"}


def test_a_body_that_waits_arrives_whole(launch):
    with AnsweringBackend() as backend, pool_backends(1) as (one,):
        proxy = launch(capped([backend], "pool", 1, queue=QUEUE))
        body = bytes(range(256)) * 2048
        first = Wire.connect(proxy.port)
        first.send(plain("/", method="POST", extra=[("Content-Length", str(len(body)))], body=body[:1000]))
        wait_until(lambda: backend.connections == 1)
        second = Wire.connect(proxy.port)
        second.send(plain("/second", method="POST", extra=[("Content-Length", str(len(body)))], body=body[:1000]))
        waiting(proxy, 1)
        first.send(body[1000:])
        assert read_answer(first).status == 200
        second.send(body[1000:])
        assert read_answer(second).status == 200
        assert [message.body == body for _, message in backend.requests] == [True, True]
        assert one.heads == []


def test_whoever_floods_while_he_waits_is_held_back(launch):
    with pool_backends(1) as (one,):
        proxy = launch(capped([one], "pool", 1, queue={"size": 100, "timeout": "20s"}, timeouts={"handshake": "30s"}))
        kept = opened(proxy.port)
        wires = [ask_for_tunnel(proxy.port) for _ in range(8)]
        waiting(proxy, 8)
        memory = MemoryMark(proxy.process)
        message = frame(BINARY, b"\xa5" * MiB, masked=True)
        sent = sum(wire.send_until_blocked(message, limit=64 * MiB) for wire in wires)
        assert sent < 8 * 16 * MiB, "somebody takes it all in"
        memory.assert_grown_at_most(16 * MiB)
        kept.echoes()


def test_the_queue_costs_no_processor_time(launch):
    with pool_backends(1) as (one,):
        proxy = launch(capped([one], "pool", 1, queue={"size": 100, "timeout": "20s"}, timeouts={"handshake": "30s"}))
        kept = opened(proxy.port)
        wires = [ask_for_tunnel(proxy.port) for _ in range(50)]
        waiting(proxy, 50)
        proxy.process.assert_no_busy_loop("fifty that wait")
        kept.echoes()
        assert all(wire.is_silent(0.001) for wire in wires)


@pytest.mark.parametrize("kind", ["backend", "pool"])
def test_a_full_backend_that_dies_keeps_nobody_waiting(launch, kind):
    with pool_backends(1) as (one,):
        proxy = launch(capped([one], kind, 2, queue=QUEUE))
        lost = opened_many(proxy.port, 2)
        wires = [ask_for_tunnel(proxy.port) for _ in range(5)]
        waiting(proxy, 5)
        one.fall()
        assert [tunnel.close_code() for tunnel in lost] == [1014] * 2
        watch = Stopwatch()
        assert {wire.read_head().status for wire in wires} == {503}
        assert watch.seconds < 3
        waiting(proxy, 0)
        one.listen()
        opened(proxy.port).echoes()


def test_a_full_backend_that_is_drained_makes_room_elsewhere(launch):
    """Its own clients are sent away one by one, yet their places are nobody's: those who wait get the other backend's."""
    with pool_backends(2) as two:
        proxy = launch(capped(two, "backend", 1, queue=QUEUE, drain={"over": "100ms"}))
        kept = opened_many(proxy.port, 2)
        wires = [ask_for_tunnel(proxy.port) for _ in range(2)]
        waiting(proxy, 2)
        PoolAPI(proxy).set(two[0], "drain")
        leaving, staying = sorted(kept, key=lambda tunnel: tunnel.backend != two[0].label)
        assert leaving.close_code() == 1012
        assert all(wire.is_silent(0.3) for wire in wires), "somebody was let in to a backend that drains"
        staying.leave()
        served = wait_until(lambda: [wire for wire in wires if wire.held or wire.wait_readable(0)])
        assert len(served) == 1 and answered(served[0]).backend == two[1].label


def test_once_nobody_takes_anything_those_who_wait_hear_so(launch):
    with pool_backends(1) as (one,):
        proxy = launch(capped([one], "backend", 1, queue={"size": 100, "timeout": "2s"}, drain={"over": "24h"}))
        kept = opened(proxy.port)
        wires = [ask_for_tunnel(proxy.port) for _ in range(3)]
        waiting(proxy, 3)
        PoolAPI(proxy).set(one, "maint")
        watch = Stopwatch()
        assert {wire.read_head().status for wire in wires} == {503}
        assert watch.seconds < 4
        waiting(proxy, 0)
        assert kept


@pytest.mark.parametrize("change", ["queue", "pool"])
def test_a_reload_that_takes_the_queue_away_answers_those_who_wait(launch, change):
    with pool_backends(2) as (one, other):
        proxy = launch(capped([one], "pool", 1, queue={"size": 100, "timeout": "2s"}))
        kept = opened(proxy.port)
        wires = [ask_for_tunnel(proxy.port) for _ in range(3)]
        waiting(proxy, 3)
        config = copy.deepcopy(proxy.config)
        if change == "queue":
            del config["pools"]["main"]["queue"]
        else:
            config["pools"] = {"new": {"backends": [other.url]}}
            config["routes"] = [{"path": "/*", "pool": "new"}]
        assert proxy.reload(config), proxy.log.tail()
        watch = Stopwatch()
        assert {wire.read_head().status for wire in wires} == {503}
        assert watch.seconds < 4
        wait_until(lambda: proxy.metric("tidegate_queue_length") == 0)
        assert kept


def test_places_come_back_however_a_tunnel_ends(launch):
    with pool_backends(1) as (one,):
        proxy = launch(capped([one], "pool", 2, queue=QUEUE))
        for number in range(12):
            tunnel = opened(proxy.port)
            if number % 4 == 0:
                tunnel.leave()
            elif number % 4 == 1:
                tunnel.wire.reset()
            elif number % 4 == 2:
                tunnel.wire.close()
            else:
                one.cut()
                assert tunnel.close_code() == 1014
        both = opened_many(proxy.port, 2)
        assert ask_for_tunnel(proxy.port).is_silent()
        for tunnel in both:
            tunnel.echoes()


def test_a_client_that_reads_nothing_holds_its_place_and_no_more(launch):
    """The other one of two places turns over all the same."""
    with pool_backends(1) as (one,):
        proxy = launch(capped([one], "pool", 2, queue=QUEUE))
        slow = opened(proxy.port)
        assert slow.wire.send_until_blocked(frame(BINARY, b"\xa5" * 65536, masked=True), limit=64 * MiB) < 64 * MiB
        for _ in range(10):
            opened(proxy.port).leave()


def test_who_has_no_use_for_a_free_place_keeps_nobody_from_it(launch):
    """It was refused by the one backend and waits for the other one, which is full: what the first has to give is for those behind it."""
    with pool_backends(2) as (one, other):
        entries = [{"url": one.url}, {"url": other.url, "max_connections": 1}]
        proxy = launch(pooled(entries, queue=QUEUE, retry={"attempts": 3}, timeouts={"handshake": "30s"}) | {"workers": 2})
        one.deafen()
        kept = opened(proxy.port)
        choosy = ask_for_tunnel(proxy.port)
        waiting(proxy, 1)
        one.listen()
        later = []
        for _ in range(8):
            watch = Stopwatch()
            later.append(opened(proxy.port))
            assert watch.seconds < 1, "a free place stood empty"
        assert {tunnel.backend for tunnel in later} == {one.label}
        # They stood behind it, and met no limit.
        assert proxy.metric(LIMITS) == proxy.metric(LIMITS, limit="backend_max_connections") == 1
        assert choosy.is_silent()
        kept.leave()
        assert answered(choosy, 2).backend == other.label
        waiting(proxy, 0)


def test_lines_of_two_workers_do_not_wait_for_each_other(launch):
    """One backend refuses all dials, so that many who wait have been tried somewhere already; the other one is full."""
    with pool_backends(2) as (gone, one):
        entries = [gone.url, {"url": one.url, "max_connections": 4}]
        proxy = launch(pooled(entries, queue=QUEUE, timeouts={"handshake": "30s"}) | {"workers": 2})
        gone.fall()
        statuses = []

        def come_and_go():
            for _ in range(5):
                client = ask_for_tunnel(proxy.port)
                client.sock.settimeout(30)
                statuses.append(client.read_head(deadline=30).status)
                client.send(close_frame(1000, masked=True))
                client.wait_end()

        threads = [threading.Thread(target=come_and_go) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert statuses == [101] * 200


@pytest.mark.parametrize("upgrades", [3, 40])
def test_a_kept_connection_serves_who_came_first_behind_however_many_upgrades(launch, upgrades):
    """Dials hang, so that upgrades wait; a plain request behind them needs none."""
    get, answer = plain("/"), b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    with RawBackend(backlog=0) as backend:
        proxy = launch(pooled(
            [backend], max_dials=1, keep_alive={"connections": 8}, queue=QUEUE, timeouts={"connect": "30s", "handshake": "30s"},
            top={"workers": 1}))
        first = Wire.connect(proxy.port)
        first.send(get)
        server, _ = backend.request()
        with full(backend.port):
            wires = [ask_for_tunnel(proxy.port) for _ in range(upgrades + 1)]
            waiting(proxy, upgrades)
            patient = Wire.connect(proxy.port)
            patient.send(get)
            waiting(proxy, upgrades + 1)
            server.send(answer)
            assert first.read_head().status == 200
            server.read_head()
            server.send(answer)
            assert patient.read_head().status == 200
            waiting(proxy, upgrades)
            assert all(wire.is_silent(0.001) for wire in wires)


@pytest.mark.parametrize("queue", [{}, {"queue": QUEUE}])
def test_those_who_wait_for_dials_met_the_cap_on_dials(launch, queue):
    with RawBackend(backlog=0) as backend, full(backend.port):
        proxy = launch(pooled([backend], max_dials=1, timeouts={"connect": "30s", "handshake": "30s"}, **queue))
        wires = [ask_for_tunnel(proxy.port) for _ in range(10)]
        waiting(proxy, 9)
        assert proxy.metric(LIMITS) == proxy.metric(LIMITS, limit="max_dials") == 9
        assert all(wire.is_silent(0.001) for wire in wires)
