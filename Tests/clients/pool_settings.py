"""Configurations of one pool."""

from harness.settings import backend_entry, settings

FAST = {"interval": "100ms", "fast_interval": "100ms", "timeout": "500ms", "rise": 2, "fall": 2}


def check(kind="http", **keys):
    """A quick check of `/check`."""
    path = {} if kind == "tcp" else {"path": "/check"}
    return {"type": kind, **FAST, **path, **keys}


def pooled(backends, *, timeouts=None, tls=None, top=None, tls_pool=None, **pool):
    """A proxy's settings with the pool `main` of `backends`, and all else in `pool` as its keys. No panic unless it is
    asked for. `tls` is the listener's, as for `settings`; `tls_pool` the pool's."""
    entries = [backend_entry(backend) for backend in backends]
    if tls_pool:
        pool["tls"] = tls_pool
    return settings(
        tls=tls, pools={"main": {"backends": entries, "panic": 0, "keep_alive": "off", **pool}},
        timeouts=timeouts or {}, **(top or {}))


def capped(backends, kind, count, *, queue=None, **pool):
    """A pool with so many places in all, by the cap of its one backend or of the pool as a whole."""
    entries = [{"url": backend.url, **({"max_connections": count} if kind == "backend" else {})} for backend in backends]
    whole = {"max_connections": count} if kind == "pool" else {}
    return pooled(entries, **whole, **({"queue": queue} if queue else {}), **pool)
