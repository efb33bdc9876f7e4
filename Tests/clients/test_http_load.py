"""wrk, as operators use it: many kept connections, every answer whole."""

import re
import subprocess

import pytest

from harness.settings import port_of, settings
from harness.stream_process import StreamProcess


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_wrk_gets_nothing_but_whole_answers(scheme, launch, certificates):
    with StreamProcess() as backend:
        proxy = launch(settings(backend, tls=certificates))
        port = port_of(proxy.config["listeners"][1 if scheme == "https" else 0])
        url = f"{scheme}://127.0.0.1:{port}/openapi.json"
        ran = subprocess.run(["wrk", "-t1", "-c40", "-d2s", url], capture_output=True, text=True, timeout=30)
        assert ran.returncode == 0, ran.stderr
        assert "Socket errors" not in ran.stdout and "Non-2xx" not in ran.stdout, ran.stdout
        requests = int(re.search(r"(\d+) requests in", ran.stdout)[1])
        assert requests > 100, ran.stdout
        assert proxy.metric("tidegate_requests_total", pool="main", code="200") >= requests
