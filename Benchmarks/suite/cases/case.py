"""What a case must say about itself."""

from suite.process import Failure


class Case:
    """One number for each peer and repetition, the smaller the better, with whatever else was seen beside it."""

    # What the number is, as the table's heading says it.
    measures = ""

    def __init__(self, name, tls):
        self.name = name
        self.tls = tls

    def tunnels(self, options):
        """How many tunnels it opens."""
        raise NotImplementedError

    def measure(self, bench, peer):
        """A fresh proxy, a fresh backend, one measurement: a dict with "value" and whatever else is worth keeping.
        Raises Failure for what cannot be used."""
        raise NotImplementedError


def wait_until_open(load, proxy):
    """The load's report about its tunnels, all of which are open."""
    report = load.event("open", 130)
    if report["errors"]:
        raise Failure(f"only {report['tunnels']} tunnels opened: {report['errors']}; the proxy: {proxy.log_tail()}")
    return report
