"""What a case must say about itself."""

from suite.process import Failure


class Case:
    """One number for each peer and repetition, the smaller the better, with whatever else was seen beside it."""

    # What the number is, as the table's heading says it. Empty where only `figures` tell something.
    measures = ""
    # Further numbers that get rows of their own: name and what they are. A result has them as members of its "figures".
    figures = {}
    # Digits behind the point in tables.
    digits = 2

    def __init__(self, name, tls):
        self.name = name
        self.tls = tls

    def tunnels(self, options):
        """How many tunnels it opens."""
        raise NotImplementedError

    def site_options(self, options):
        """What the proxies must be set up for beyond tunnels (see `Site`)."""
        return {}

    def prepare(self, bench, peers):
        """Whatever must be known before the first measurement, with all peers that will be measured by name: a dict for the record."""
        return {}

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
