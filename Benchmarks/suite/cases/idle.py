"""Memory of tunnels that say nothing."""

import time

from suite import procfs
from suite.cases.case import Case, wait_until_open
from suite.process import Failure

# So many descriptors may have been there before.
KEPT = 8


class Idle(Case):
    """User-space memory of the proxy, per open tunnel: proportional set size from before the first tunnel to after the
    last, all processes added up. The kernel's socket buffers are not in it; they are the same for every proxy."""

    measures = "user-space memory, bytes per idle tunnel (Pss)"
    digits = 0

    def __init__(self, name, tls, touch=False):
        super().__init__(name, tls)
        # Every tunnel has echoed one message before it falls silent.
        self._touch = touch

    def tunnels(self, options):
        return options.tunnels

    def settle(self, proxy):
        """The memory after the tunnels closed."""
        return settled_memory(proxy)

    def finish(self, result):
        """The result as the case wants it."""
        return result

    def measure(self, bench, peer):
        count = self.tunnels(bench.options)
        options = {"tunnels": count} | ({"touch": True} if self._touch else {})
        with bench.backend("echo") as (_, port), bench.proxy(peer, port) as (proxy, site):
            before = settled_memory(proxy)
            held_before = procfs.descriptors(proxy.tree())
            with bench.load("idle", site, self.tls, **options) as load:
                opened = wait_until_open(load, proxy)
                load.event("ready", 70)
                held = procfs.descriptors(proxy.tree()) - held_before
                # One that was kept from the plain request with which its start was awaited may have become a tunnel's.
                if held < 2 * count - KEPT:
                    raise Failure(f"the proxy holds {held} descriptors more for {count} tunnels; {proxy.log_tail()}")
                during = settled_memory(proxy)
                load.close_input()
                load.event("end", 10)
                load.finish(10)
            wait_for_descriptors(proxy, held_before)
            after = self.settle(proxy)
        result = {
            "value": (during["pss"] - before["pss"]) / count,
            "rss_per_tunnel": (during["rss"] - before["rss"]) / count,
            "before": before,
            "during": during,
            "after_close": after,
            "tunnels": count,
            "open_seconds": opened["seconds"],
        }
        return self.finish(result)


def settled_memory(proxy, patience=10):
    """The proxy's memory once it has stopped to change: two readings half a second apart that differ by less than 0.2%."""
    last = procfs.memory(proxy.tree())
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        time.sleep(0.5)
        now = procfs.memory(proxy.tree())
        if abs(now["pss"] - last["pss"]) <= 0.002 * last["pss"]:
            return now
        last = now
    return last


def wait_for_descriptors(proxy, count, patience=20):
    """Returns once the proxy has let go of its tunnels."""
    deadline = time.monotonic() + patience
    while procfs.descriptors(proxy.tree()) > count + 8:
        if time.monotonic() > deadline:
            raise Failure("the proxy keeps descriptors of tunnels that are gone")
        time.sleep(0.1)
