"""The sticky cookie: what it looks like, whose word is taken, and what a new key does."""

import copy
import http.cookies

import pytest

from harness.settings import backend_entry
from pool_backend import pool_backends
from pool_client import fetched, landed, opened, opened_many
from pool_settings import check, pooled
from pool_states import is_down, is_up

OLD, NEW = "an old key of the plays, which is long enough", "a new key of the plays, which is long enough"


def sticky(backends, *, keys=(OLD,), pool=None, tls=None, **cookie):
    return pooled(backends, tls=tls, sticky={"cookie": {"name": "place", **cookie}, "keys": list(keys)}, **(pool or {}))


def given(head, name="place"):
    """The cookie that an answer sets, with its attributes; None for none."""
    found = []
    for value in head.all("Set-Cookie"):
        jar = http.cookies.SimpleCookie()
        jar.load(value)
        found += [morsel for key, morsel in jar.items() if key == name]
    assert len(found) <= 1, head.raw
    return found[0] if found else None


def carrying(value):
    return [("Cookie", f"other=1; place={value}; more=2")]


def ways(proxy):
    """An upgrade and a plain request, each giving the answer's head."""
    return [
        lambda extra=(): opened(proxy.port, extra=extra).head,
        lambda extra=(): fetched(proxy.port, extra=extra),
    ]


@pytest.mark.parametrize("way", [0, 1], ids=["an upgrade", "a plain request"])
def test_a_client_comes_back_by_its_cookie_whatever_it_asks_for(launch, way):
    with pool_backends(4) as four:
        proxy = launch(sticky(four))
        first = ways(proxy)[way]()
        cookie = given(first)
        for again in ways(proxy) * 3:
            head = again(carrying(cookie.value))
            assert head.one("X-Backend") == first.one("X-Backend")
            assert given(head) is None, "a good cookie was set again"
        assert len(landed(opened_many(proxy.port, 8))) == 4, "without one everybody goes in turn"


def test_the_cookie_tells_nothing_about_the_backend(launch):
    with pool_backends(2) as two:
        proxy = launch(sticky(two))
        values = {backend.label: set() for backend in two}
        for tunnel in opened_many(proxy.port, 6):
            values[tunnel.backend].add(given(tunnel.head).value)
        for backend in two:
            assert all(str(backend.port) not in value and "127.0.0.1" not in value for value in values[backend.label])
        assert not values[two[0].label] & values[two[1].label]


def test_nobody_without_the_key_can_tell_which_address_an_id_stands_for(launch):
    """The same backend has another ID with another key, and so no list of addresses leads to it."""
    with pool_backends(1) as one:
        values = [given(opened(launch(sticky(one, keys=[key])).port).head).value for key in (OLD, NEW)]
        ids = {value.split(".")[0] for value in values}
        assert len(ids) == 2, values


def forgeries(value):
    yield ""
    yield "x"
    yield "." * 50
    yield "A" * 4000
    yield value[:-1]
    yield value + "A"
    yield value.split(".")[0]
    yield value.split(".")[0] + "."
    yield "." + value.split(".")[-1]
    for at in (0, len(value) // 4, value.index(".") + 1, len(value) - 2):
        yield value[:at] + ("B" if value[at] == "A" else "A") + value[at + 1:]
    yield value.swapcase()
    yield f'"{value}x"'


def test_a_forged_cookie_is_no_cookie(launch):
    with pool_backends(2) as two:
        proxy = launch(sticky(two))
        cookie = given(opened(proxy.port).head)
        for forged in forgeries(cookie.value):
            spread = set()
            for _ in range(2):
                tunnel = opened(proxy.port, extra=carrying(forged))
                assert given(tunnel.head), f"{forged!r} was believed"
                spread.add(tunnel.backend)
            assert len(spread) == 2, f"{forged!r} led to {spread}"


def test_a_cookie_of_another_pool_or_another_key_is_none(launch):
    with pool_backends(4) as four:
        config = sticky(four[:2])
        config["pools"]["other"] = {**config["pools"]["main"], "backends": [backend_entry(backend) for backend in four[:2]]}
        config["routes"].append({"path": "/other/*", "pool": "other"})
        proxy, stranger = launch(config), launch(sticky(four[:2], keys=[NEW]))
        value = given(opened(proxy.port).head).value
        assert given(opened(proxy.port, "/other/", extra=carrying(value)).head)
        assert given(opened(stranger.port, extra=carrying(value)).head)
        assert given(opened(proxy.port, extra=carrying(value)).head) is None


def test_two_proxies_with_the_same_key_believe_each_other(launch):
    with pool_backends(3) as three:
        one, other = launch(sticky(three)), launch(sticky(three))
        for tunnel in opened_many(one.port, 3):
            again = opened(other.port, extra=carrying(given(tunnel.head).value))
            assert again.backend == tunnel.backend and given(again.head) is None


def test_a_cookie_outlives_reloads_and_other_backends_in_the_list(launch):
    with pool_backends(4) as four:
        proxy = launch(sticky(four[:3]))
        tunnels = opened_many(proxy.port, 3)
        config = copy.deepcopy(proxy.config)
        config["pools"]["main"]["backends"] = [backend_entry(four[index]) for index in (3, 2, 1)]
        assert proxy.reload(config)
        for tunnel in tunnels:
            again = opened(proxy.port, extra=carrying(given(tunnel.head).value))
            if tunnel.backend == four[0].label:
                assert given(again.head), "the cookie names a backend that is gone"
            else:
                assert again.backend == tunnel.backend and given(again.head) is None


def test_a_backend_that_is_down_is_replaced_and_so_is_the_cookie(launch):
    with pool_backends(2) as (one, other):
        proxy = launch(sticky([one, other], pool={"check": check("tcp")}))
        tunnel = next(tunnel for tunnel in opened_many(proxy.port, 2) if tunnel.backend == one.label)
        value = given(tunnel.head).value
        one.fall()
        is_down(proxy, one)
        again = opened(proxy.port, extra=carrying(value))
        assert again.backend == other.label and given(again.head).value != value


def test_a_backend_that_refuses_the_dial_is_replaced_and_so_is_the_cookie(launch):
    with pool_backends(2) as (one, other):
        proxy = launch(sticky([one, other]))
        tunnel = next(tunnel for tunnel in opened_many(proxy.port, 2) if tunnel.backend == one.label)
        value = given(tunnel.head).value
        one.fall()
        for again in (opened(proxy.port, extra=carrying(value)).head, fetched(proxy.port, extra=carrying(value))):
            assert again.one("X-Backend") == other.label and given(again).value != value


def test_keys_are_changed_by_reloads_and_nobody_loses_his_place(launch):
    with pool_backends(4) as four:
        proxy = launch(sticky(four))
        tunnel = opened(proxy.port)
        old = given(tunnel.head).value

        def keys(*values):
            config = copy.deepcopy(proxy.config)
            config["pools"]["main"]["sticky"]["keys"] = list(values)
            assert proxy.reload(config), proxy.log.tail()

        keys(NEW, OLD)
        for again in (opened(proxy.port, extra=carrying(old)).head, fetched(proxy.port, extra=carrying(old))):
            assert again.one("X-Backend") == tunnel.backend
            new = given(again).value
            assert new != old, "signed by the old key, and not renewed"
        assert given(opened(proxy.port, extra=carrying(new)).head) is None
        keys(NEW)
        assert opened(proxy.port, extra=carrying(new)).backend == tunnel.backend
        assert given(opened(proxy.port, extra=carrying(old)).head), "the old key is believed although it is gone"


def test_the_attributes_are_those_of_the_file(launch):
    with pool_backends(1) as one:
        proxy = launch(sticky(
            one, path="/ws", domain="example.com", max_age="2h", secure=True, http_only=False, same_site="strict"))
        cookie = given(opened(proxy.port).head)
        assert (cookie["path"], cookie["domain"], cookie["max-age"], cookie["samesite"].lower()) == \
            ("/ws", "example.com", "7200", "strict")
        assert cookie["secure"] and not cookie["httponly"]


def test_the_attributes_by_default(launch, certificates, authority):
    with pool_backends(1) as one:
        proxy = launch(sticky(one, tls=certificates))
        plain = given(opened(proxy.port).head)
        assert (plain["path"], plain["domain"], plain["max-age"], plain["samesite"].lower()) == ("/", "", "", "lax")
        assert plain["httponly"] and not plain["secure"]
        assert given(opened(proxy.secure_port, tls=authority.client_context()).head)["secure"]


def test_secure_follows_what_a_trusted_proxy_says(launch):
    with pool_backends(1) as one:
        config = sticky(one)
        config["trusted_proxies"] = ["127.0.0.0/8"]
        proxy = launch(config)
        assert given(opened(proxy.port, extra=[("X-Forwarded-Proto", "https")]).head)["secure"]
        assert not given(opened(proxy.port, extra=[("X-Forwarded-Proto", "http")]).head)["secure"]


def test_cookies_of_the_backend_stand_beside_it(launch):
    with pool_backends(1) as (one,):
        one.sets_cookie = "session=abc; Path=/"
        proxy = launch(sticky([one]))
        for head in (opened(proxy.port).head, fetched(proxy.port)):
            assert sorted(value.split("=")[0] for value in head.all("Set-Cookie")) == ["place", "session"]


@pytest.mark.parametrize("said, told", [
    (None, ["private"]), ("public, max-age=60", ["public, max-age=60", "private"]), ("max-age=5, Private", ["max-age=5, Private"]),
    ("no-store", ["no-store"]),
])
def test_an_answer_with_the_cookie_is_for_one_client_and_says_so(launch, said, told):
    with pool_backends(1) as (one,):
        one.cache_control = said
        proxy = launch(sticky([one]))
        first, as_it_came = fetched(proxy.port), [said] if said else []
        assert first.all("Cache-Control") == told
        assert opened(proxy.port).head.all("Cache-Control") == as_it_came, "nobody keeps a 101"
        assert fetched(proxy.port, extra=carrying(given(first).value)).all("Cache-Control") == as_it_came


def test_the_cookie_wins_over_the_hash(launch):
    with pool_backends(3) as three:
        proxy = launch(sticky(three, pool={"balance": "hash", "hash": {"key": "query.room"}}))
        tunnels = {}
        for room in range(20):
            tunnels.setdefault((tunnel := opened(proxy.port, f"/?room={room}")).backend, tunnel)
        assert len(tunnels) >= 2
        for backend, tunnel in tunnels.items():
            for room in range(50, 56):
                assert opened(proxy.port, f"/?room={room}", extra=carrying(given(tunnel.head).value)).backend == backend


def test_who_met_a_backup_stays_there_when_the_others_are_back(launch):
    with pool_backends(2) as (first, backup):
        proxy = launch(sticky([{"url": first.url}, {"url": backup.url, "backup": True}], pool={"check": check("tcp")}))
        is_up(proxy, first)
        home = given(opened(proxy.port).head).value
        first.fall()
        is_down(proxy, first)
        moved = opened(proxy.port, extra=carrying(home)).head
        assert moved.one("X-Backend") == backup.label
        cookie = given(moved).value
        first.listen()
        is_up(proxy, first)
        assert landed(opened_many(proxy.port, 4)) == {first.label: 4}, "who has no cookie goes there no more"
        for again in ways(proxy):
            assert again(carrying(cookie)).one("X-Backend") == backup.label
            assert again(carrying(home)).one("X-Backend") == first.label
        backup.fall()
        is_down(proxy, backup)
        assert opened(proxy.port, extra=carrying(cookie)).head.one("X-Backend") == first.label
