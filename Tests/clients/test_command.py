"""The command line: what it prints, and the status it ends with."""

import asyncio
import os
import re
import signal
import ssl
import subprocess

import pytest

from harness import binary, yaml
from harness.load import connect
from harness.ports import is_free
from harness.raw_backend import RawBackend
from harness.settings import settings
from harness.waiting import wait_until


def tidegate(*arguments, deadline=15, **options):
    return subprocess.run([binary.path(), *arguments], capture_output=True, text=True, timeout=deadline, **options)


def check(folder, text):
    path = folder / "tidegate.yaml"
    path.write_text(text)
    done = tidegate("check", "-c", str(path))
    return done.returncode, (done.stdout + done.stderr).splitlines(), path


GOOD = """\
listeners:
  - { name: plain, bind: 127.0.0.1:18080 }
routes:
  - { path: /ws/*, pool: chat }
pools:
  chat:
    backends: [ "ws://127.0.0.1:9001" ]
"""

# Six problems, each with the line it is on and the path of its key.
BAD = """\
listeners:
  - { name: plain, bind: 127.0.0.1:99999 }
routes:
  - { path: /ws/*, pool: nowhere }
pools:
  chat:
    balance: rond_robin
    backends: [ "htp://127.0.0.1:9001" ]
timeouts:
  handshake: soon
trusted_proxies: [ 10.0.0.0/40 ]
"""
PROBLEMS = [
    (2, "listeners[0].bind"), (4, "routes[0].pool"), (7, "pools.chat.balance"), (8, "pools.chat.backends[0]"),
    (10, "timeouts.handshake"), (11, "trusted_proxies[0]"),
]


def test_check_of_a_good_file_says_nothing_bad_and_ends_with_0(tmp_path):
    code, lines, _ = check(tmp_path, GOOD)
    assert code == 0, lines


def test_check_prints_every_problem_with_its_line_its_path_and_a_remedy(tmp_path):
    code, lines, path = check(tmp_path, BAD)
    assert code == 1
    for number, key in PROBLEMS:
        found = [line for line in lines if line.startswith(f"{path}:{number}: {key}")]
        assert found, f"nothing about {key} at line {number} in {lines}"
        assert re.match(rf"{re.escape(str(path))}:{number}: {re.escape(key)}[^:]*: .+; .+", found[0]), found[0]


@pytest.mark.parametrize("text, line, word", [
    (GOOD + "listenerz: []\n", 8, "listenerz"),
    (GOOD + "workers: 2\nworkers: 3\n", 8, "workers"),
    (GOOD + "log: { level: loud }\n", 8, "log.level"),
    (GOOD.replace("}\nroutes", "}\n  - { name: plain, bind: 127.0.0.1:18081 }\nroutes"), 3, "name"),
    (GOOD.replace("}\nroutes", "}\n  - { name: other, bind: 127.0.0.1:18080 }\nroutes"), 3, "listeners[1]"),
    (GOOD.replace("}\npools", "}\n  - { path: /ws/*, pool: chat }\npools"), 5, "routes[1]"),
    (GOOD.replace('[ "ws://127.0.0.1:9001" ]', "[]"), 7, "backends"),
], ids=["an unknown key", "a key twice", "a bad value", "a name twice", "a bind twice", "an ambiguous route", "no backends"])
def test_check_tells_the_line(tmp_path, text, line, word):
    code, lines, path = check(tmp_path, text)
    assert code == 1
    assert any(said.startswith(f"{path}:{line}: ") and word in said and "; " in said for said in lines), lines


def test_check_warns_of_keys_without_effect_and_ends_with_0(tmp_path):
    text = GOOD + "    when_down: close\n    ejection: true\n    queue: { timeout: 1m }\nzone: moon\n"
    status, lines, path = check(tmp_path, text)
    assert status == 0 and f"{path}: ok" in lines
    warned = [line for line in lines if line.startswith(f"warning: {path}:")]
    assert [re.match(r"\d+: [\w.]+", line.removeprefix(f"warning: {path}:")).group() for line in warned] == [
        "9: pools.chat.ejection", "10: pools.chat.queue.timeout", "11: zone"]
    assert all("; " in line for line in warned), "without a remedy"


def test_check_of_a_syntax_error_tells_where(tmp_path):
    code, lines, path = check(tmp_path, GOOD + "limits: [ {\n")
    assert code == 1
    assert any(re.match(rf"{re.escape(str(path))}:\d+:", line) for line in lines), lines


def test_check_of_a_missing_file_ends_with_1(tmp_path):
    done = tidegate("check", "-c", str(tmp_path / "nowhere.yaml"))
    assert done.returncode == 1
    assert "nowhere.yaml" in done.stdout + done.stderr


def test_relative_paths_start_at_the_files_folder(tmp_path, authority):
    certificate = authority.issue("site.test")
    (tmp_path / "site.pem").write_bytes(open(certificate.certificate, "rb").read())
    (tmp_path / "site.key").write_bytes(open(certificate.key, "rb").read())
    text = GOOD.replace(
        "bind: 127.0.0.1:18080 }",
        "bind: 127.0.0.1:18080, tls: { certificates: [ { certificate: site.pem, key: site.key } ] } }")
    code, lines, _ = check(tmp_path, text)
    assert code == 0, lines


def test_run_of_a_bad_file_prints_every_problem_and_ends_with_1(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(BAD)
    done = tidegate("run", "-c", str(path))
    assert done.returncode == 1
    for _, key in PROBLEMS:
        assert key in done.stdout + done.stderr


def test_run_on_a_taken_port_ends_with_1_and_names_it(tmp_path):
    with RawBackend() as taken:
        config = settings("ws://127.0.0.1:9")
        config["listeners"][0]["bind"] = f"127.0.0.1:{taken.port}"
        path = tmp_path / "tidegate.yaml"
        path.write_text(yaml.dump(config))
        done = tidegate("run", "-c", str(path))
        assert done.returncode == 1
        assert str(taken.port) in done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [
    ["nonsense"], ["run", "--nonsense"], ["run", "-c"], ["check", "a", "b", "c"], ["version", "extra"],
], ids=" ".join)
def test_wrong_usage_ends_with_64(arguments):
    done = tidegate(*arguments)
    assert done.returncode == 64
    assert "Usage" in done.stderr or "USAGE" in done.stderr


def test_help_ends_with_0_and_names_every_command():
    done = tidegate("--help")
    assert done.returncode == 0
    for command in ("run", "check", "demo", "version"):
        assert command in done.stdout


def test_version_is_the_one_in_the_metrics(launch):
    done = tidegate("version")
    assert done.returncode == 0
    number = re.search(r"\d+\.\d+\.\d+\S*", done.stdout)
    assert number, done.stdout
    with RawBackend() as backend:
        assert launch(settings(backend)).metrics().has("tidegate_build_info", version=number.group())


def test_a_secret_from_the_environment_or_a_file_is_not_printed(tmp_path):
    (tmp_path / "admin.token").write_text("hunter2hunter2\n")
    for text in (GOOD + "admin: { bind: 127.0.0.1:19180, token: file:admin.token }\nworkers: none\n",
                 GOOD + "admin: { bind: 127.0.0.1:19180, token: hunter2hunter2 }\nworkers: none\n"):
        code, lines, _ = check(tmp_path, text)
        assert code == 1 and not any("hunter2" in line for line in lines), lines


@pytest.mark.parametrize("format_, json", [("auto", True), ("json", True), ("text", False)])
def test_the_logs_format_is_what_the_file_says(launch, format_, json):
    with RawBackend() as backend:
        proxy = launch(settings(backend, log={"level": "info", "format": format_}))
        proxy.baseline = None  # A log that is text is right here.
        client, server = backend.tunnel(proxy.port)
        client.close()
        server.close()
        proxy.wait_metric("tidegate_tunnels_active", 0)
        wait_until(lambda: b"tunnel_closed" in proxy.log.raw(), 5, what="a line about the tunnel")
        assert proxy.stop() == 0
        assert all(line.startswith(b"{") for line in proxy.log.raw().splitlines() if line) == json


async def _demo_echoes(url, tls):
    async with connect(url, tls=tls) as socket:
        await socket.send("hello, demo")
        return await socket.recv()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_demo_works_without_any_file(tmp_path, number):
    for port in (8080, 8443, 9180):
        if not is_free(port):
            pytest.skip(f"port {port} of this machine is taken by somebody else")
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with open(tmp_path / "output", "wb") as output:
        child = subprocess.Popen(
            [binary.path(), "demo"], stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=tmp_path,
            env={**os.environ, "HOME": str(tmp_path)})
    try:
        said = lambda: (tmp_path / "output").read_text(errors="replace")
        wait_until(lambda: not is_free(8080) and not is_free(8443) and not is_free(9180), 20, said)
        wait_until(lambda: "8443" in said() and "8080" in said(), 5, said)
        assert "hello, demo" in asyncio.run(_demo_echoes("ws://127.0.0.1:8080/", None))
        assert "hello, demo" in asyncio.run(_demo_echoes("wss://127.0.0.1:8443/", trusting))
        child.send_signal(number)
        assert child.wait(15) == 0, said()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["output"], "it left files behind"
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
