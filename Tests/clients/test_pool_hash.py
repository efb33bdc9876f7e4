"""balance: hash over real sockets: one key, one backend, whoever asks."""

import copy

import pytest

from harness.frozen import frozen
from harness.settings import backend_entry
from harness.waiting import wait_until
from pool_backend import pool_backends
from pool_client import answered, ask_for_tunnel, close_all, fetched, landed, opened, opened_many
from pool_settings import pooled

TRUSTED = {"trusted_proxies": ["127.0.0.0/8"]}


def hashed(backends, key, *, top=None, **rules):
    return pooled(backends, balance="hash", hash={"key": key, **rules}, top=top)


def rooms(port, numbers, **options):
    """Where the tunnel of each room lands."""
    return {number: opened(port, f"/ws?room={number}", **options) for number in numbers}


def places(tunnels):
    return {number: tunnel.backend for number, tunnel in tunnels.items()}


# A part of the key, and what makes the request of key number so and so: target, extra fields, changed fields.
PARTS = {
    "address": lambda n: ("/", [("X-Forwarded-For", f"10.1.{n}.7")], None),
    "host": lambda n: ("/", [], {"Host": f"room{n}.test"}),
    "header.X-Room": lambda n: ("/", [("X-Room", f"room {n}")], None),
    "cookie.room": lambda n: ("/", [("Cookie", f"a=1; room=r{n}; b=2")], None),
    "query.room": lambda n: (f"/ws?a=1&room=r{n}&b={n % 2}", [], None),
    "path.2": lambda n: (f"/rooms/r{n}/chat?x=1", [], None),
    "subprotocol": lambda n: ("/", [("Sec-WebSocket-Protocol", f"room{n}, other")], None),
}


@pytest.mark.parametrize("part", PARTS)
def test_equal_keys_meet_on_two_proxies_with_two_workers_each(launch, part):
    make = PARTS[part]
    with pool_backends(3) as three:
        proxies = [launch(hashed(three, part, max_load="off", hold=False, top=TRUSTED)) for _ in range(2)]
        found = []
        for number in range(16):
            target, extra, change = make(number)
            tunnels = [
                opened(proxy.port, target, extra=extra, change=change) for proxy in proxies for _ in range(4)]
            assert len(landed(tunnels)) == 1, f"key {number}: {landed(tunnels)}"
            found.append(tunnels[0].backend)
            close_all(tunnels)
        assert len(set(found)) >= 2, "one backend has all the keys"


@pytest.mark.parametrize("part", ["header.X-Room", "cookie.room", "query.room", "path.2", "address"])
def test_a_request_without_the_key_goes_in_turn(launch, part):
    with pool_backends(2) as two:
        proxy = launch(hashed(two, part, max_load="off"))
        if part == "address":
            # Everybody has one: the same for all of us.
            assert len(landed(opened_many(proxy.port, 4))) == 1
        else:
            assert landed(opened_many(proxy.port, 8)) == {backend.label: 4 for backend in two}


def test_ipv6_clients_of_one_network_meet(launch):
    with pool_backends(3) as three:
        proxy = launch(hashed(three, "address", max_load="off", top=TRUSTED))

        def at(address):
            return opened(proxy.port, extra=[("X-Forwarded-For", address)]).backend

        for net in range(12):
            assert len({at(f"2001:db8:0:{net:x}::{host:x}") for host in (1, 2, 0xffff)}) == 1
        assert len({at(f"2001:db8:0:{net:x}::1") for net in range(12)}) >= 2


def test_an_address_that_nobody_trusted_says_is_no_key(launch):
    with pool_backends(3) as three:
        proxy = launch(hashed(three, "address", max_load="off"))
        assert len({opened(proxy.port, extra=[("X-Forwarded-For", f"10.1.{n}.7")]).backend for n in range(12)}) == 1


def test_a_key_of_two_parts_is_both(launch):
    with pool_backends(3) as three:
        proxy = launch(hashed(three, ["host", "query.room"], max_load="off"))

        def at(host, room):
            return opened(proxy.port, f"/?room={room}", change={"Host": host}).backend

        found = {(host, room): at(host, room) for host in ("a.test", "b.test") for room in range(12)}
        assert {pair: at(*pair) for pair in found} == found
        assert any(found["a.test", room] != found["b.test", room] for room in range(12))
        assert at("A.TEST", 3) == found["a.test", 3], "the case of a host does not matter"


def test_plain_requests_go_where_the_tunnels_of_their_key_are(launch):
    with pool_backends(3) as three:
        proxy = launch(hashed(three, "query.room", max_load="off"))
        for number, tunnel in rooms(proxy.port, range(12)).items():
            assert fetched(proxy.port, f"/poll?room={number}").one("X-Backend") == tunnel.backend


def grown(proxy, backends):
    """A reload with these backends in all."""
    config = copy.deepcopy(proxy.config)
    config["pools"]["main"]["backends"] = [backend_entry(backend) for backend in backends]
    assert proxy.reload(config), proxy.log.tail()


def test_a_room_with_people_in_it_stays_when_a_backend_is_added(launch):
    with pool_backends(4) as (*three, fourth):
        proxy = launch(hashed(three, "query.room", max_load="off"))
        busy, before = rooms(proxy.port, range(30)), rooms(proxy.port, range(100, 140))
        quiet = places(before)
        close_all(before.values())
        proxy.wait_metric("tidegate_tunnels_active", 30)
        grown(proxy, [*three, fourth])
        assert places(rooms(proxy.port, range(30))) == places(busy), "a room was torn apart"
        after = places(rooms(proxy.port, range(100, 140)))
        moved = [number for number in quiet if after[number] != quiet[number]]
        assert moved and sum(label == fourth.label for label in after.values()) >= 3, "the new backend has nothing"
        assert len(moved) <= 20, f"{len(moved)} of 40 moved, where 10 are its share"


def test_a_room_goes_to_its_new_place_once_the_last_has_left(launch):
    with pool_backends(4) as (*three, fourth):
        proxy = launch(hashed(three, "query.room", max_load="off"))
        held = rooms(proxy.port, range(30))
        grown(proxy, [*three, fourth])
        fresh = launch(hashed([*three, fourth], "query.room", max_load="off"))
        wanted = places(rooms(fresh.port, range(30)))
        moving = [number for number in held if held[number].backend != wanted[number]]
        assert moving, "no room has another place now"
        close_all(held.values())
        proxy.wait_metric("tidegate_tunnels_active", 0)
        assert places(rooms(proxy.port, range(30))) == wanted


def test_without_hold_the_table_alone_decides(launch):
    with pool_backends(4) as (*three, fourth):
        proxy = launch(hashed(three, "query.room", max_load="off", hold=False))
        held = rooms(proxy.port, range(30))
        grown(proxy, [*three, fourth])
        fresh = launch(hashed([*three, fourth], "query.room", max_load="off", hold=False))
        wanted = places(rooms(fresh.port, range(30)))
        assert wanted != places(held)
        assert places(rooms(proxy.port, range(30))) == wanted


def test_only_the_keys_of_a_lost_backend_move(launch):
    with pool_backends(4) as four:
        proxy = launch(hashed(four, "query.room", max_load="off", hold=False))
        tunnels = rooms(proxy.port, range(40))
        before = places(tunnels)
        four[0].fall()
        proxy.wait_metric("tidegate_tunnels_active", sum(label != four[0].label for label in before.values()))
        after = places(rooms(proxy.port, range(40)))
        assert four[0].label not in after.values()
        assert {n: after[n] for n in after if before[n] != four[0].label} == \
            {n: before[n] for n in before if before[n] != four[0].label}


def test_a_room_whose_backend_died_holds_together_at_its_next_place(launch):
    with pool_backends(3) as three:
        proxy = launch(hashed(three, "query.room", max_load="off"))
        first = opened(proxy.port, "/?room=1")
        lost = next(backend for backend in three if backend.label == first.backend)
        lost.fall()
        assert first.close_code() == 1014
        second = opened(proxy.port, "/?room=1")
        assert second.backend != first.backend
        lost.listen()
        again = opened_many(proxy.port, 4, "/?room=1")
        assert landed(again) == {second.backend: 4}, "the room was torn apart when its old backend came back"


def test_a_hot_key_passes_on_what_is_beyond_the_bound(launch):
    with pool_backends(4) as four:
        proxy = launch(hashed(four, "query.room", max_load=1.25, hold=False))
        spread = landed(opened_many(proxy.port, 40, "/?room=hot"))
        assert len(spread) == 4 and max(spread.values()) <= 14, spread


@pytest.mark.parametrize("rules", [{"max_load": "off", "hold": False}, {"max_load": 1.25, "hold": True}], ids=["no bound", "hold"])
def test_a_hot_key_stays_together_where_that_is_wanted(launch, rules):
    with pool_backends(4) as four:
        proxy = launch(hashed(four, "query.room", **rules))
        assert len(landed(opened_many(proxy.port, 40, "/?room=hot"))) == 1


def test_many_keys_are_within_the_bound(launch):
    with pool_backends(4) as four:
        proxy = launch(hashed(four, "query.room", max_load=1.25, hold=False))
        spread = landed(rooms(proxy.port, range(200)).values())
        assert max(spread.values()) <= 1.25 * 50 + 2 and len(spread) == 4, spread


def test_a_room_that_is_opened_by_many_at_once_is_one_room(launch):
    """Eight connections for each of twenty rooms, on both workers, all upgrades sent before one is answered."""
    with pool_backends(4) as four:
        proxy = launch(hashed(four, "query.room"))
        wires = [(room, ask_for_tunnel(proxy.port, f"/?room={room}")) for _ in range(8) for room in range(20)]
        found = {}
        for room, wire in wires:
            found.setdefault(room, set()).add(answered(wire).backend)
        assert all(len(places) == 1 for places in found.values()), found
        wait_until(lambda: sum(backend.live for backend in four) == 160)


def test_rooms_of_a_killed_backend_meet_again_though_all_come_back_at_once(launch):
    """Eight people in each of twenty rooms; those whose backend died all ask again before one of them is answered."""
    with pool_backends(3) as three:
        proxy = launch(hashed(three, "query.room"))
        people = {room: opened_many(proxy.port, 8, f"/?room={room}") for room in range(20)}
        dead = max(three, key=lambda backend: backend.live)
        lost = [room for room in people if people[room][0].backend == dead.label]
        assert lost and all(len(landed(tunnels)) == 1 for tunnels in people.values())
        dead.fall()
        assert {tunnel.close_code() for room in lost for tunnel in people[room]} == {1014}
        with frozen(proxy):
            wires = [(room, ask_for_tunnel(proxy.port, f"/?room={room}")) for _ in range(8) for room in lost]
        found = {}
        for room, wire in wires:
            found.setdefault(room, set()).add(answered(wire).backend)
        assert all(len(places) == 1 for places in found.values()), found
