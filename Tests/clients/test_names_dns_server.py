"""The plays' own name server does what the plays about names rely on."""

import pytest

from dnsmasq import AAAA, NO_ERROR, NXDOMAIN, REFUSED, SRV, Dnsmasq


@pytest.fixture
def dns(tmp_path):
    hosts = {"chat.test": ["127.0.0.1", "127.0.0.2", "::1"], "a.test": ["127.0.0.3"]}
    with Dnsmasq(tmp_path, hosts, {"_ws._tcp.chat.test": [("a.test", 9001, 0, 10), ("chat.test", 9002, 5, 1)]}, ttl=7) as dns:
        yield dns


def test_it_knows_its_zone_and_nothing_else(dns):
    assert dns.ask("chat.test") == (NO_ERROR, ["127.0.0.1", "127.0.0.2"], [7, 7])
    assert dns.ask("chat.test", AAAA) == (NO_ERROR, ["::1"], [7])
    assert dns.ask("a.test", AAAA) == (NO_ERROR, [], [])
    assert dns.ask("b.test")[0] == NXDOMAIN
    assert dns.ask("chat.example")[0] == REFUSED


def test_services_come_with_all_they_say_and_change_with_a_restart_on_the_same_port(dns):
    assert dns.ask("_ws._tcp.chat.test", SRV)[1:] == ([("a.test", 9001, 0, 10), ("chat.test", 9002, 5, 1)], [7, 7])
    port = dns.port
    dns.set_services({"_ws._tcp.chat.test": [("a.test", 9003, 1, 2)]})
    assert dns.ask("_ws._tcp.chat.test", SRV)[1] == [("a.test", 9003, 1, 2)] and dns.port == port
    assert dns.ask("chat.test")[1] == ["127.0.0.1", "127.0.0.2"]


def test_a_changed_zone_is_in_force_at_once(dns):
    child = dns.child.pid
    for number in range(2, 12):
        dns.set_hosts({"chat.test": [f"127.0.0.{number}"]})
        assert dns.ask("chat.test")[1] == [f"127.0.0.{number}"]
    assert dns.ask("a.test")[0] == NXDOMAIN
    assert dns.child.pid == child


def test_it_falls_silent_and_comes_back(dns):
    dns.pause()
    assert dns.ask("chat.test", patience=0.2)[0] is None
    dns.resume()
    assert dns.ask("chat.test")[0] == NO_ERROR


def test_a_stopped_one_is_gone_and_starts_again_where_it_was(dns):
    dns.stop()
    assert dns.ask("chat.test", patience=0.2)[0] is None
    dns.start()
    assert dns.ask("chat.test")[1] == ["127.0.0.1", "127.0.0.2"]


def test_it_tells_how_often_it_was_asked(dns):
    before = dns.questions("chat.test")
    for _ in range(3):
        dns.ask("chat.test")
    dns.ask("chat.test", AAAA)
    assert dns.questions("chat.test") == before + 3
    assert dns.questions("chat.test", "AAAA") == 1
