"""What can be measured, by name. A new case is a class in a file beside this one and an entry here."""

from suite.cases.connect import Connect
from suite.cases.echo import Echo, Steady
from suite.cases.fanout import FanOut
from suite.cases.growth import MANY, Growth
from suite.cases.idle import Idle
from suite.cases.latency import Latency
from suite.cases.push import Push
from suite.cases.release import Release
from suite.cases.request import Request
from suite.cases.scaling import Scaling
from suite.cases.storm import Storm

# One with plain clients and one with TLS of each.
PAIRS = [
    pair
    for name, make in {
        "echo": Echo,
        # 1,000 tunnels with 5 messages a second each.
        "paced": lambda name, tls: Steady(name, tls, tunnels=1000, rate=5000),
        "push": Push,
        "idle": Idle,
        "touched": lambda name, tls: Idle(name, tls, touch=True),
        "release": Release,
        "latency": lambda name, tls: Latency(name, tls, tunnels=200),
        "latency-many": lambda name, tls: Latency(name, tls, tunnels=MANY),
        "growth": Growth,
        "fanout": FanOut,
        "scaling": Scaling,
    }.items()
    for pair in (make(f"{name}-plain", False), make(f"{name}-tls", True))
]

ALL = {
    case.name: case
    for case in (
        *PAIRS,
        Connect("connect-plain"),
        Connect("connect-tls", tls=True),
        Connect("connect-tls-resumed", tls=True, resumed=True),
        Connect("connect-backend-tls", backend_tls=True),
        Connect("connect-backend-tls-resumed", backend_tls=True, resumed=True),
        Request("request", tls=False),
        Request("request-tls", tls=True),
        Storm("storm-tls", tls=True),
    )
}

# The table of the field: what is measured when nobody says.
DEFAULT = [
    *("echo-plain", "echo-tls", "paced-plain", "paced-tls"),
    *("connect-plain", "connect-tls", "connect-tls-resumed"),
    *("push-plain", "push-tls", "idle-plain", "idle-tls"),
]

# Sets of cases that have a name of their own.
GROUPS = {
    "default": DEFAULT,
    "many": ["growth-plain", "growth-tls", "release-plain", "release-tls", "latency-many-plain", "latency-many-tls"],
    "latency": ["latency-plain", "latency-tls", "fanout-plain", "fanout-tls", "storm-tls"],
    "all": list(ALL),
}
