"""Fixtures of the plays."""

import pytest

from harness import binary
from harness.certificates import Authority
from harness.echo_backends import WebsocketsEcho
from harness.raw_backend import RawBackend
from harness.settings import settings
from harness.tidegate import Tidegate
from harness.wire import Wire


def _launcher(folder):
    """A function that starts proxies, each in a folder of its own, and a list of those it started."""
    started = []

    def launch(config, *, start=True, **options):
        proxy = Tidegate(folder / f"tidegate-{len(started)}", config, **options)
        started.append(proxy)
        return proxy.start() if start else proxy

    return launch, started


def _finish(started):
    """Ends every proxy, even when the first one is unwell; the first complaint is the one that is told."""
    complaint = None
    for proxy in reversed(started):
        try:
            proxy.finish()
        except BaseException as error:
            complaint = complaint or error
    if complaint:
        raise complaint


@pytest.fixture
def launch(tmp_path):
    """Starts a proxy for one play; when the play ends, asserts that it gave everything back."""
    function, started = _launcher(tmp_path)
    yield function
    _finish(started)


@pytest.fixture(scope="module")
def launch_once(tmp_path_factory):
    """Starts a proxy for all the plays of a file."""
    function, started = _launcher(tmp_path_factory.mktemp("proxy"))
    yield function
    _finish(started)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def certificates(authority):
    """The default certificate, then `site.test`, then `*.wild.test`."""
    return [
        authority.issue("default.test", "127.0.0.1"),
        authority.issue("site.test"),
        authority.issue("*.wild.test"),
    ]


@pytest.fixture(scope="module")
def backend():
    """A backend that the play speaks for."""
    with RawBackend() as backend:
        yield backend


@pytest.fixture(scope="module")
def proxy(backend, launch_once):
    """A proxy with one plain listener in front of `backend`, shared by the plays of a file."""
    return launch_once(settings(backend))


@pytest.fixture(scope="module")
def echo():
    with WebsocketsEcho() as echo:
        yield echo


@pytest.fixture(autouse=True)
def _nothing_left_open():
    """Closes the raw ends a play left open, and takes unasked connections off the queues of the backends that play on."""
    yield
    Wire.close_all()
    RawBackend.drain_all()


def pytest_sessionstart(session):
    """Without a binary there is one complaint, not one for each play."""
    if session.config.option.collectonly:
        return
    try:
        binary.path()
    except FileNotFoundError as missing:
        pytest.exit(str(missing), returncode=2)
