"""All of it at once: backends fall, flap, drain and return under reloads, and nobody who comes back is ever turned away."""

import copy
import os
import random
import time

import pytest

from harness.waiting import Stopwatch, wait_until
from pool_api import PoolAPI
from pool_backend import pool_backends
from pool_regulars import Regulars
from pool_settings import check, pooled
from pool_states import is_up

CLIENTS, SECONDS = 60, 12
SEED = int(os.environ.get("TIDEGATE_SEED", "4"))

POOLS = {
    "least_connections": {"balance": "least_connections", "rebalance": {"share": 100, "interval": "1s"}},
    "round_robin": {"balance": "round_robin"},
    "hash": {"balance": "hash", "hash": {"key": "address"}},
    "sticky": {"sticky": {"cookie": "place", "keys": ["k" * 40]}},
}


class Chaos:
    """Does something to the pool at each `turn`, and leaves the first backend alone."""

    def __init__(self, proxy, backends, seed):
        self.proxy, self.api, self.random = proxy, PoolAPI(proxy), random.Random(seed)
        self.safe, *self.others = backends
        self.done = []
        # (backend, from, to): it resets all that is open. (monotonic)
        self.deaths = []

    def turn(self):
        backend = self.random.choice(self.others)
        deed = self.random.choice([self.falls, self.returns, self.cut, self.drains, self.is_ready, self.reloads, self.dies, self.lives])
        self.done.append((deed.__name__, backend.port))
        deed(backend)

    def falls(self, backend):
        if backend.is_listening:
            self._kills(backend, backend.fall)

    def returns(self, backend):
        if not backend.is_listening:
            backend.listen()

    def cut(self, backend):
        self._kills(backend, backend.cut)

    def _kills(self, backend, deed):
        began = time.monotonic()
        deed()
        self.deaths.append((backend.label, began, time.monotonic()))

    def drains(self, backend):
        self.api.set(backend, self.random.choice(["drain", "maint"]))

    def is_ready(self, backend):
        self.api.set(backend, "ready")

    def reloads(self, backend):
        config = copy.deepcopy(self.proxy.config)
        config["pools"]["main"]["max_dials"] = self.random.randrange(50, 100)
        assert self.proxy.reload(config), self.proxy.log.tail()

    def dies(self, backend):
        backend.dies = True

    def lives(self, backend):
        backend.dies = False

    def unexplained(self, cuts):
        """Upgrades answered 502 although the backend that had them in its hands did not die meanwhile."""
        holders = {line["id"]: line.get("backend") for line in self.proxy.log.events("refused", status=502)}
        return [
            (cut, holders.get(cut.id)) for cut in cuts
            if not any(
                label == holders.get(cut.id) and began <= cut.answered and cut.asked <= ended for label, began, ended in self.deaths)]

    def ends(self):
        for backend in self.others:
            backend.dies = False
            self.returns(backend)
            self.is_ready(backend)
        for backend in [self.safe, *self.others]:
            is_up(self.proxy, backend, 15)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("pool", POOLS)
def test_nobody_is_turned_away_while_one_backend_is_well(launch, pool):
    with pool_backends(3) as three:
        for backend in three:
            backend.thinks = 0.01
        proxy = launch(pooled(
            three, **POOLS[pool], check=check("tcp"), ejection={"failures": 3, "base": "500ms", "longest": "1s", "early_death": "100ms"},
            slow_start={"period": "2s", "connections": 20}, queue={"size": 200, "timeout": "5s"}, drain={"over": "500ms"},
            max_lifetime={"time": "4s", "jitter": 50}, when_down="close", timeouts={"handshake": "20s"}))
        chaos = Chaos(proxy, three, SEED)
        with Regulars(proxy.port, CLIENTS) as regulars:
            watch = Stopwatch()
            while watch.seconds < SECONDS and not regulars.complaint:
                chaos.turn()
                regulars.all_speak()
            assert not regulars.complaint, f"{regulars.complaint}; seed {SEED}, {chaos.done}"
            chaos.ends()
            wait_until(lambda: regulars.all_speak() == CLIENTS, 10)
            assert regulars.closed > CLIENTS, "too little happened to prove anything"
            assert set(regulars.codes) <= {1012, 1014}, regulars.codes
            wait_until(lambda: len(proxy.log.events("refused", status=502)) == len(regulars.cut), 5)
            assert not chaos.unexplained(regulars.cut), f"{chaos.unexplained(regulars.cut)}; seed {SEED}"
        assert not proxy.log.events("internal_error")
