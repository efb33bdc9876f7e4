"""Backends whose certificates the system's authorities vouch for: a file and a folder that somebody else keeps up to date."""

import os

import pytest

from harness.certificates import Authority
from harness.frames import TEXT, frame
from harness.heads import answer, plain, switching, upgrade
from harness.tls_backend import TLSBackend, server_context
from harness.tls_pool import secure
from harness.wire import Wire

MAKES = {"a plain request": plain, "an upgrade": upgrade}


class Store:
    """The system's authorities as one process sees them: a file, and an empty folder in place of the real one."""

    def __init__(self, folder):
        self.path, self.others = folder / "system.pem", folder / "others"
        self.others.mkdir()
        self.environment = {"SSL_CERT_FILE": str(self.path), "SSL_CERT_DIR": str(self.others)}

    def hold(self, authority, *, in_place=False):
        """Packages replace the file by renaming; an editor may write into it."""
        if in_place:
            self.path.write_bytes(authority.path.read_bytes())
            return
        fresh = self.path.with_suffix(".new")
        fresh.write_bytes(authority.path.read_bytes())
        os.replace(fresh, self.path)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("other"))


@pytest.fixture
def backend(authority):
    with TLSBackend(server_context(authority.issue("localhost"))) as backend:
        yield backend


def serves(proxy, backend, make):
    """One request that a backend takes, and the tunnel or the answer that comes of it."""
    client = Wire.connect(proxy.port)
    client.send(make())
    server, head = backend.request()
    if make is upgrade:
        server.send(switching(head.one("Sec-WebSocket-Key")))
        assert client.read_head().status == 101
        server.send(frame(TEXT, b"down"))
        assert client.read_frame().payload == b"down"
    else:
        server.send(answer(200, body=b"ok"))
        assert client.read_head().status == 200 and client.receive(2) == b"ok"
    return client, server


def refuses(proxy, backend, make):
    client = Wire.connect(proxy.port)
    client.send(make())
    # The plays' authorities share a name: one that has another's name but not its key is told apart by the signature.
    assert backend.refused() in ("TLSV1_ALERT_UNKNOWN_CA", "TLSV1_ALERT_DECRYPT_ERROR")
    assert client.read_head().status == 502
    client.close()


@pytest.mark.parametrize("in_place", [False, True], ids=["renamed", "written in place"])
@pytest.mark.parametrize("scheme", ["wss", "https"])
@pytest.mark.parametrize("kind", MAKES)
def test_an_authority_that_is_distrusted_is_not_believed_after_a_reload(
        launch, authority, other, store, backend, kind, scheme, in_place):
    make = MAKES[kind]
    store.hold(authority)
    proxy = launch(secure(None, f"{scheme}://localhost:{backend.port}"), environment=store.environment)
    for _ in range(2):  # The second one may resume the first one's session.
        client, server = serves(proxy, backend, make)
        client.reset()
        server.close()
    store.hold(other, in_place=in_place)
    assert proxy.reload()
    for _ in range(2):
        refuses(proxy, backend, make)
    store.hold(authority, in_place=in_place)
    assert proxy.reload()
    client, server = serves(proxy, backend, make)
    assert backend.names[-1] == "localhost"


def test_tunnels_outlive_the_authority_that_vouched_for_them(launch, authority, other, store, backend):
    store.hold(authority)
    proxy = launch(secure(None, backend), environment=store.environment)
    client, server = serves(proxy, backend, upgrade)
    store.hold(other)
    assert proxy.reload()
    server.send(frame(TEXT, b"still here"))
    assert client.read_frame().payload == b"still here"
    refuses(proxy, backend, upgrade)


def test_a_connection_kept_under_a_distrusted_authority_carries_nothing_more(launch, authority, other, store, backend):
    """It was verified once, by an authority that is not believed any more."""
    store.hold(authority)
    proxy = launch(secure(None, backend, pool={"keep_alive": {"timeout": "60s"}}), environment=store.environment)
    client, server = serves(proxy, backend, plain)
    client.close()
    proxy.wait_metric("tidegate_backend_connections_idle", 1)
    store.hold(other)
    assert proxy.reload()
    refuses(proxy, backend, plain)
    assert server.read_rest() == b""


def test_an_authority_of_the_pools_own_leaves_the_systems_out(launch, authority, other, store, backend):
    store.hold(authority)
    proxy = launch(secure(other, backend), environment=store.environment)
    refuses(proxy, backend, plain)
    store.hold(other)
    assert proxy.reload(secure_with(proxy, authority))
    serves(proxy, backend, plain)


def secure_with(proxy, authority):
    """The same proxy with another authority."""
    main = {**proxy.config["pools"]["main"], "tls": {"ca": str(authority.path)}}
    return {**proxy.config, "pools": {"main": main}}
