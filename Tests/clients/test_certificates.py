"""T14: certificates that cannot serve are told before anything is served."""

import subprocess
import time

import pytest

from harness import binary
from harness.raw_backend import RawBackend
from harness.settings import settings
from harness.wire import Wire


def broken(kind, authority, folder):
    """A certificate's two paths with something wrong, and a word the message must hold."""
    good, other = authority.issue("one.test"), authority.issue("two.test")
    bad = folder / "bad.pem"
    if kind == "missing certificate":
        return folder / "nowhere.pem", good.key, "nowhere.pem"
    if kind == "missing key":
        return good.certificate, folder / "nowhere.key", "nowhere.key"
    if kind == "key of another":
        return good.certificate, other.key, "key"
    if kind == "empty file":
        bad.write_bytes(b"")
        return bad, good.key, "bad.pem"
    if kind == "not PEM":
        bad.write_bytes(b"\x30\x82garbage" * 20)
        return bad, good.key, "bad.pem"
    if kind == "half written":
        with open(good.certificate, "rb") as whole:
            bad.write_bytes(whole.read()[:300])
        return bad, good.key, "bad.pem"
    assert kind == "a folder"
    return folder, good.key, str(folder)


KINDS = ["missing certificate", "missing key", "key of another", "empty file", "not PEM", "half written", "a folder"]


@pytest.mark.parametrize("kind", KINDS)
def test_t14_a_certificate_that_cannot_serve_refuses_the_start_with_a_message(launch, authority, tmp_path, kind):
    config = settings("ws://127.0.0.1:9", tls=[authority.issue("site.test")])
    certificate, key, word = broken(kind, authority, tmp_path)
    config["listeners"][1]["tls"]["certificates"] = [{"certificate": str(certificate), "key": str(key)}]
    proxy = launch(config, start=False).spawn()
    assert proxy.wait_exit() == 1
    assert word in proxy.log.tail()
    checked = subprocess.run([binary.path(), "check", "-c", str(proxy.path)], capture_output=True, text=True, timeout=10)
    assert checked.returncode == 1
    output = checked.stdout + checked.stderr
    assert word in output and f"{proxy.path}:" in output and "certificates" in output, output


@pytest.mark.parametrize("starts, ends, word", [(-60, -30, "expired"), (10, 30, "valid")], ids=["expired", "not yet valid"])
def test_t14_a_certificate_outside_its_time_serves_with_a_warning(launch, authority, starts, ends, word):
    with RawBackend() as backend:
        certificate = authority.issue("site.test", starts=starts, ends=ends)
        proxy = launch(settings(backend, tls=[certificate]))
        assert word in proxy.log.tail().lower()
        with Wire.connect(proxy.secure_port, tls=authority.client_context(check=False)) as client:
            assert client.sock.version()


def test_the_end_of_a_certificates_time_is_a_metric(launch, authority):
    with RawBackend() as backend:
        proxy = launch(settings(backend, tls=[authority.issue("site.test", ends=-3, starts=-9), authority.issue("b.test")]))
        ends = sorted(value for _, value in proxy.metrics().matching("tidegate_tls_certificate_not_after_timestamp_seconds"))
        assert len(ends) == 2
        assert abs(ends[0] - (time.time() - 3 * 86400)) < 3600
        assert abs(ends[1] - (time.time() + 30 * 86400)) < 3600
