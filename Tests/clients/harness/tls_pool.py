"""A proxy's settings with one pool of encrypted backends."""

from .settings import settings


def secure(authority, *backends, pool=None, timeouts=None, **tls):
    """A proxy's settings with one pool of encrypted backends that believes `authority`."""
    tls = ({"ca": str(authority.path)} if authority else {}) | tls
    return settings(
        pools={"main": {
            "backends": [backend if isinstance(backend, str) else backend.url for backend in backends],
            **({"tls": tls} if tls else {}), "keep_alive": "off", **(pool or {})}},
        timeouts=timeouts or {})
