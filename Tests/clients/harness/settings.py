"""Configurations the plays start from."""

from .ports import free_port


def settings(*backends, tls=None, pools=None, routes=None, **top):
    """A listener `plain` (and `secure`, when `tls` gives certificates), one pool `main` of `backends`, quick timeouts, no pings.

    `top` replaces whole top-level keys; `timeouts` and `limits` are merged into the defaults."""
    listeners = [{"name": "plain", "bind": f"127.0.0.1:{free_port()}"}]
    if tls:
        listeners.append({
            "name": "secure",
            "bind": f"127.0.0.1:{free_port()}",
            "tls": {"certificates": [certificate.setting() for certificate in tls]},
        })
    config = {
        "workers": 2,
        "listeners": listeners,
        "routes": routes or [{"path": "/*", "pool": "main"}],
        "pools": pools or {"main": {"backends": [backend_entry(backend) for backend in backends]}},
        "timeouts": {"handshake": "5s", "connect": "2s", "close": "2s", **top.pop("timeouts", {})},
        "ping": "off",
        "drain": {"period": "300ms"},
        "admin": {"bind": f"127.0.0.1:{free_port()}"},
        "log": {"level": "info", "format": "json"},
    }
    config.update(top)
    return config


def backend_entry(backend):
    """A backend's URL from whatever a play has at hand: a URL, a mapping, or something with a `url`."""
    return backend if isinstance(backend, (str, dict)) else backend.url


def port_of(listener):
    return int(listener["bind"].rsplit(":", 1)[1])
