"""How the proxy says that a backend stands, and how long to wait for that."""

from harness.waiting import wait_until


def states(proxy, backend):
    """The states in which a backend is said to be: one."""
    series = proxy.metrics().matching("tidegate_backend_state", pool="main", backend=backend.label)
    return {labels["state"] for labels, value in series if value == 1}


def is_up(proxy, backend, deadline=5.0):
    """Waits until it takes part in the choice."""
    proxy.wait_metric("tidegate_backend_up", 1, deadline, pool="main", backend=backend.label)


def is_down(proxy, backend, deadline=5.0):
    """Waits until it does not."""
    proxy.wait_metric("tidegate_backend_up", 0, deadline, pool="main", backend=backend.label)


def is_in(proxy, backend, state, deadline=5.0):
    """Waits until it is in this state."""
    proxy.wait_metric("tidegate_backend_state", 1, deadline, pool="main", backend=backend.label, state=state)


def checked(backend, count=1):
    """Waits until so many more checks have begun."""
    before = backend.checks
    wait_until(lambda: backend.checks >= before + count, 10, lambda: f"{backend.checks} checks, {before} before")


def waiting(proxy, count):
    """Waits until so many are in the queue."""
    proxy.wait_metric("tidegate_queue_length", count, pool="main")
