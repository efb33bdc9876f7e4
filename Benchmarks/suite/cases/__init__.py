"""What can be measured, by name. A new case is a class in a file beside this one and an entry here."""

from suite.cases.dial import Dial
from suite.cases.echo import Echo, Paced
from suite.cases.idle import Idle
from suite.cases.push import Push
from suite.cases.request import Request

ALL = {
    case.name: case
    for case in (
        Echo("echo-plain", tls=False),
        Echo("echo-tls", tls=True),
        Idle("idle-plain", tls=False),
        Idle("idle-tls", tls=True),
        Idle("touched-plain", tls=False, touch=True),
        Idle("touched-tls", tls=True, touch=True),
        Paced("paced-plain", tls=False),
        Paced("paced-tls", tls=True),
        Push("push-plain", tls=False),
        Push("push-tls", tls=True),
        Request("request", tls=False),
        Request("request-tls", tls=True),
        Dial("dial", backend_tls=False),
        Dial("dial-tls", backend_tls=True),
        Dial("dial-tls-resumed", backend_tls=True, resumed=True),
    )
}

DEFAULT = ["echo-plain", "echo-tls", "idle-plain", "idle-tls", "request", "request-tls"]
