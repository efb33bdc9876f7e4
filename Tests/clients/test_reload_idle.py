"""Reloads and clients that wait between two requests: the next request sees the new configuration."""

import copy

import pytest

from harness.exchange import read_answer
from harness.heads import answer, plain
from harness.ports import free_port
from harness.ruled import ruled
from harness.wire import Wire


def spoken(client, backend, request=None):
    """The head that reaches the backend for the client's next request, which is answered."""
    client.send(request or plain())
    server, head = backend.request()
    server.send(answer(200, ("Connection", "close"), body=b"ok"))
    got, body = read_answer(client)
    assert got.status == 200 and body == b"ok"
    server.close()
    return head


def changed(config, change):
    fresh = copy.deepcopy(config)
    change(fresh)
    return fresh


@pytest.fixture
def crowd(backend, launch):
    """A proxy with a second listener, and idle clients of both on every worker."""
    config = ruled(backend)
    config["listeners"].append({"name": "second", "bind": f"127.0.0.1:{free_port()}"})
    proxy = launch(config)

    def idle(name="plain", count=8):
        clients = [Wire.connect(proxy.port_of(name)) for _ in range(count)]
        for client in clients:
            spoken(client, backend)
        return clients

    return proxy, idle


CLAIMS = [("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https")]


def test_the_first_request_after_forwarded_was_turned_on_has_it(crowd, backend):
    proxy, idle = crowd
    clients = idle()
    assert proxy.reload(changed(proxy.config, lambda c: c.update(forwarding={"forwarded": True})))
    for client in clients:
        assert "for=127.0.0.1" in spoken(client, backend).one("Forwarded")
    assert proxy.reload(changed(proxy.config, lambda c: c.pop("forwarding")))
    for client in clients:
        assert not spoken(client, backend).all("Forwarded")


def test_the_first_request_after_a_proxy_lost_its_trust_is_not_believed(crowd, backend):
    proxy, idle = crowd
    assert proxy.reload(changed(proxy.config, lambda c: c.update(trusted_proxies=["127.0.0.0/8"])))
    clients = idle()
    for client in clients:
        assert spoken(client, backend, plain(extra=CLAIMS)).one("X-Real-IP") == "203.0.113.9"
    assert proxy.reload(changed(proxy.config, lambda c: c.pop("trusted_proxies")))
    for client in clients:
        head = spoken(client, backend, plain(extra=CLAIMS))
        assert head.one("X-Real-IP") == "127.0.0.1" and head.one("X-Forwarded-Proto") == "http"
        assert b"203.0.113.9" not in head.raw


def test_the_first_request_after_a_reload_is_under_its_rules(crowd, backend):
    proxy, idle = crowd
    clients = idle()
    rules = {"set": {"X-Rule": "new"}, "remove": ["Cookie"]}
    assert proxy.reload(changed(proxy.config, lambda c: c["routes"][0].update(request_headers=rules)))
    for client in clients:
        head = spoken(client, backend, plain(extra=[("Cookie", "a=b")]))
        assert head.one("X-Rule") == "new" and not head.all("Cookie")


def test_the_first_request_after_its_route_was_removed_finds_none(crowd, backend):
    proxy, idle = crowd
    clients = idle()
    assert proxy.reload(changed(proxy.config, lambda c: c["routes"][0].update(path="/elsewhere")))
    for client in clients:
        client.send(plain())
        assert client.read_head().status == 404
    assert backend.is_untouched()


def without_second(config):
    return changed(config, lambda c: c.update(listeners=[one for one in c["listeners"] if one["name"] != "second"]))


def test_idle_clients_of_a_removed_listener_are_closed_and_others_are_not(crowd, backend):
    proxy, idle = crowd
    gone, kept = idle("second"), idle("plain")
    assert proxy.reload(without_second(proxy.config))
    for client in gone:
        assert client.read_rest(3) == b"" and client.end == "fin"
    for client in kept:
        spoken(client, backend)


def test_a_client_of_a_removed_listener_gets_its_answer_and_then_the_end(crowd, backend):
    proxy, idle = crowd
    client = idle("second", 1)[0]
    client.send(plain("/long"))
    server, _ = backend.request()
    assert proxy.reload(without_second(proxy.config))
    assert client.is_silent(0.3)
    server.send(answer(200, body=b"after all"))
    head, body = read_answer(client)
    assert head.status == 200 and body == b"after all" and "close" in head.tokens("Connection")
    assert client.read_rest(3) == b"" and client.end == "fin"
