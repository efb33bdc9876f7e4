"""Foreign clients and servers of plain HTTP: curl, aiohttp on either side, http.client, uvicorn."""

import asyncio
import collections
import hashlib
import http.client
import json
import os
import subprocess

import aiohttp
import aiohttp.web
import pytest

from harness.echo_backends import EchoBackend
from harness.heads import answer
from harness.answering import AnsweringBackend
from harness.settings import settings
from harness.stream_process import StreamProcess


class AiohttpEcho(EchoBackend):
    """Tells of each request what it was: as JSON, chunked when `?chunked` is asked for, compressed when the client takes it."""

    async def start(self):
        app = aiohttp.web.Application(client_max_size=1 << 28)
        app.router.add_route("*", "/{tail:.*}", self._serve)
        self.runner = aiohttp.web.AppRunner(app, shutdown_timeout=0.1, access_log=None, keepalive_timeout=60)
        await self.runner.setup()
        site = aiohttp.web.TCPSite(self.runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        return site._server.sockets[0].getsockname()[1]

    async def _serve(self, request):
        self.requests.append((request.path_qs, request.headers))
        body = await request.read()
        response = aiohttp.web.json_response({
            "method": request.method, "path": request.path_qs, "length": len(body), "sha256": hashlib.sha256(body).hexdigest()})
        if "chunked" in request.query:
            response.enable_chunked_encoding()
        response.enable_compression()
        return response

    async def stop(self):
        await self.runner.cleanup()


@pytest.fixture(scope="module")
def echo():
    with AiohttpEcho() as echo:
        yield echo


@pytest.fixture(scope="module")
def front(echo, launch_once, certificates):
    return launch_once(settings(echo, tls=certificates))


@pytest.fixture(scope="module")
def uvicorn(launch_once, certificates):
    with StreamProcess() as application:
        yield launch_once(settings(application, tls=certificates))


@pytest.fixture
def urls(front):
    return {"http": f"http://127.0.0.1:{front.port}", "https": f"https://site.test:{front.secure_port}"}


def curl(*arguments, front, authority, stdin=None):
    """Runs curl, which must be content; gives its standard output."""
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", "20", "--cacert", str(authority.path),
         "--resolve", f"site.test:{front.secure_port}:127.0.0.1", *arguments], input=stdin, capture_output=True)
    assert done.returncode == 0, f"curl ended with {done.returncode}: {done.stderr.decode()}"
    return done.stdout


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_curl_uploads_its_standard_input_in_chunks(front, authority, urls, scheme):
    data = os.urandom(3_000_000)
    told = json.loads(curl("-T", "-", f"{urls[scheme]}/put", front=front, authority=authority, stdin=data))
    assert (told["method"], told["length"], told["sha256"]) == ("PUT", len(data), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_curl_that_expects_100_continue_gets_it_without_waiting_in_vain(front, authority, urls, scheme):
    """curl would send its body after fifteen seconds in any case; the 100 spares it those."""
    out = curl("-H", "Expect: 100-continue", "--expect100-timeout", "15", "--data-binary", "@-", "-w", "\n%{time_total}",
               f"{urls[scheme]}/post", front=front, authority=authority, stdin=b"x" * 2_000_000)
    told, _, seconds = out.rpartition(b"\n")
    assert json.loads(told)["length"] == 2_000_000
    assert float(seconds) < 10


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_curl_fetches_two_urls_over_one_connection(front, authority, urls, scheme):
    out = curl("-w", "\n%{num_connects} %{http_version} %{http_code}\n", f"{urls[scheme]}/1", f"{urls[scheme]}/2",
               front=front, authority=authority).decode().split("\n")
    assert [json.loads(out[0])["path"], json.loads(out[2])["path"]] == ["/1", "/2"]
    assert [out[1], out[3]] == ["1 1.1 200", "0 1.1 200"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_curl_asks_for_the_head_alone(front, authority, urls, scheme):
    lines = curl("-I", f"{urls[scheme]}/head", front=front, authority=authority).decode().split("\r\n")
    assert lines[0] == "HTTP/1.1 200 OK"
    assert any(line.lower().startswith("content-length: ") for line in lines)


@pytest.mark.parametrize("arguments, path", [
    (["--compressed"], "/gzip"), (["--http1.0"], "/old"), (["--http0.9"], "/new"), (["--path-as-is"], "/a/b"),
    (["-X", "OPTIONS"], "/any"), (["-H", "Connection: close"], "/last"), (["--tr-encoding"], "/te"),
    (["--compressed"], "/gzip?chunked=1"), (["-H", "Upgrade-Insecure-Requests: 1"], "/browser"),
], ids=str)
def test_curl_with_other_options_is_served(front, authority, urls, arguments, path):
    told = json.loads(curl(*arguments, f"{urls['http']}{path}", front=front, authority=authority))
    assert told["path"] == path


def test_a_thousand_requests_of_aiohttp_over_twenty_connections_each_get_their_own_answer(front, echo):
    before = front.metric("tidegate_connections_total", listener="plain")
    reused = front.metric("tidegate_backend_reuses_total", pool="main")

    async def play():
        connector = aiohttp.TCPConnector(limit=20)
        async with aiohttp.ClientSession(connector=connector) as session:
            async def one(number):
                body = (b"%d," % number) * (number % 500)
                coded = {"data": _parts(body)} if number % 3 == 0 else {"data": body}
                method = ("POST", "PUT", "GET", "DELETE")[number % 4]
                url = f"http://127.0.0.1:{front.port}/{number}" + ("?chunked=1" if number % 5 == 0 else "")
                async with session.request(method, url, **coded) as response:
                    told = await response.json()
                    assert response.status == 200
                    return (told["method"], told["path"].split("?")[0], told["sha256"]) == (
                        method, f"/{number}", hashlib.sha256(body).hexdigest())

            return await asyncio.gather(*(one(number) for number in range(1000)))

    assert all(asyncio.run(play()))
    assert front.metric("tidegate_connections_total", listener="plain") - before <= 20
    assert front.metric("tidegate_backend_reuses_total", pool="main") - reused >= 900


async def _parts(body):
    for at in range(0, len(body), 700):
        yield body[at:at + 700]
    if not body:
        yield b""


def saying(what):
    return lambda message: answer(200, body=what)


def test_two_backends_take_turns_request_by_request(launch):
    with AnsweringBackend(saying(b"one")) as one, AnsweringBackend(saying(b"two")) as two:
        proxy = launch(settings(one, two, workers=1))
        client = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=5)
        heard = collections.Counter()
        for _ in range(40):
            client.request("GET", "/")
            heard[client.getresponse().read()] += 1
        client.close()
        assert heard == {b"one": 20, b"two": 20}
        proxy.wait_metric("tidegate_requests_total", 40, pool="main", code="200")


def test_a_dead_backends_requests_go_to_the_other_one(launch):
    with AnsweringBackend(saying(b"alive")) as alive:
        with AnsweringBackend() as dying:
            proxy = launch(settings(dying, alive, workers=1))
        client = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=5)
        for number in range(20):
            client.request("POST" if number % 2 else "GET", "/", body=b"x" * 100)
            response = client.getresponse()
            assert (response.status, response.read()) == (200, b"alive")
        client.close()


def test_http_client_reads_a_keep_alive_series_of_every_kind_of_body(uvicorn, authority):
    client = http.client.HTTPSConnection(
        "localhost", uvicorn.secure_port, context=authority.client_context(check=False), timeout=10)
    for _ in range(3):
        client.request("GET", "/plain?n=1")
        assert json.loads(client.getresponse().read()) == {"n": 1}
        client.request("HEAD", "/nowhere")
        assert client.getresponse().read() == b""
        client.request("GET", "/download?blocks=3")
        assert len(client.getresponse().read()) == 3 * 65536
        client.request(
            "POST", "/upload", body=iter([b"abc", b"def"]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
        assert json.loads(client.getresponse().read())["length"] == 6
        client.request("GET", "/events?count=2&every=0")
        assert client.getresponse().read().count(b"\n\n") == 2
    client.close()
    uvicorn.wait_metric("tidegate_connections_total", 1, listener="secure")
