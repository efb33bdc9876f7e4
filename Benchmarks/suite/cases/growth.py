"""What a message costs when there are many tunnels."""

from suite.cases.case import Case
from suite.cases.echo import Steady

# The same messages a second in all, spread over few tunnels and over many: what differs is how many there are.
RATE = 5000
FEW = 100
MANY = 9000


class Growth(Case):
    """Two measurements at the same fixed rate, each with a fresh proxy."""

    measures = f"proxy CPU per message with {MANY} tunnels, relative to {FEW} ({RATE} messages a second in all)"
    figures = {"few": f"proxy CPU, us per message, {FEW} tunnels", "many": f"proxy CPU, us per message, {MANY} tunnels"}

    def tunnels(self, options):
        return MANY

    def measure(self, bench, peer):
        few, many = (Steady(self.name, self.tls, count, RATE).measure(bench, peer) for count in (FEW, MANY))
        worst = {key: max(few[key], many[key]) for key in ("foreign_cpus", "stolen_cpus")}
        figures = {"few": few["value"], "many": many["value"]}
        return {"value": many["value"] / few["value"], "figures": figures, "few": few, "many": many} | worst
