"""The shipped voice gateway in front of a stand-in of a realtime API, and the other shipped configurations."""

import asyncio
import base64
import hashlib
import json
import random

import pytest
import websockets

from harness import shipped
from harness.certificates import Authority
from harness.command import tidegate
from harness.exchange import ask_plain
from harness.heads import plain, upgrade
from harness.load import close_code, connect
from harness.ports import free_port
from harness.realtime_api import RealtimeAPI
from harness.rows import ask
from harness.waiting import wait_until

MiB = 1 << 20
KEY = "sk-stand-in-4f9a1c77e0d24b53"
NAME = "voice-gateway.yaml"


def gateway(launch, authority, backend_port, *, key=KEY, believed=None, host="localhost", start=True):
    """The example as it is shipped, but for its ports; what it names stands beside it."""
    port, admin = free_port(), free_port()
    text = shipped.text(NAME, **{
        "127.0.0.1:8443": f"127.0.0.1:{port}", "wss://localhost:9443": f"wss://{host}:{backend_port}",
        "127.0.0.1:9180": f"127.0.0.1:{admin}"})
    ports = {
        "listeners": [{"name": "public", "bind": f"127.0.0.1:{port}"}], "admin": {"bind": f"127.0.0.1:{admin}"}}
    proxy = launch(ports, text=text, start=False)
    own = authority.issue("localhost")
    (proxy.folder / "gateway.pem").write_bytes(open(own.certificate, "rb").read())
    (proxy.folder / "gateway.key").write_bytes(open(own.key, "rb").read())
    (proxy.folder / "provider-ca.pem").write_bytes((believed or authority).path.read_bytes())
    (proxy.folder / "provider.key").write_text(key + "\n")
    proxy.write()
    return proxy.start() if start else proxy


def url(proxy):
    return f"wss://localhost:{proxy.port}/v1/realtime?model=gpt-x"


def dial(proxy, authority, **options):
    return connect(url(proxy), tls=authority.client_context(), server_hostname="localhost", **options)


async def converse(socket, seed, sizes, appended=40):
    """Speaks `appended` chunks, asks for an answer in `sizes`, and compares what both ends heard and said."""
    source, mine, theirs = random.Random(seed), hashlib.sha256(), hashlib.sha256()
    for _ in range(appended):
        audio = source.randbytes(4800)
        mine.update(audio)
        await socket.send(json.dumps({"type": "input_audio_buffer.append", "audio": base64.b64encode(audio).decode()}))
    await socket.send(json.dumps({"type": "response.create", "seed": seed, "sizes": sizes}))
    heard = []
    while True:
        event = json.loads(await asyncio.wait_for(socket.recv(), 20))
        if event["type"] == "response.audio.delta":
            audio = base64.b64decode(event["delta"])
            heard.append(len(audio))
            theirs.update(audio)
        elif event["type"] == "response.done":
            assert heard == sizes
            assert event["heard"] == mine.hexdigest() and event["said"] == theirs.hexdigest()
            return


def assert_secret(proxy, *secrets):
    """No log line, metric, admin answer or `check` holds a secret, or the half of one."""
    checked = tidegate("check", "-c", str(proxy.path))
    places = {
        "the log": proxy.log.raw(), "check": (checked.stdout + checked.stderr).encode(),
        **{path: proxy.admin.get(path).body for path in ("/metrics", "/livez", "/readyz", "/api/v1/config", "/api/v1", "/")}}
    for place, content in places.items():
        for secret in secrets:
            for part in (secret, secret[:len(secret) // 2], secret[len(secret) // 2:]):
                assert part.encode() not in content, f"{place} tells a secret"
                assert base64.b64encode(part.encode())[:12] not in content, f"{place} tells a secret in base64"


# The gateway


def test_a_conversation_without_a_key_reaches_the_provider_with_it(launch, authority):
    with RealtimeAPI(authority.issue("localhost"), KEY) as api:
        proxy = gateway(launch, authority, api.port)

        async def play():
            async with dial(proxy, authority, additional_headers={"Cookie": "sid=1", "Origin": "https://app.test"}) as socket:
                assert json.loads(await socket.recv())["type"] == "session.created"
                await converse(socket, 1, [4800] * 20)
                await converse(socket, 2, [3 * MiB, 1, 5 * MiB, 0, 4800])
            return close_code(socket)

        assert asyncio.run(play()) == 1000
        path, headers = api.requests[0]
        assert path == "/v1/realtime?model=gpt-x"
        assert headers.get_all("Authorization") == [f"Bearer {KEY}"]
        assert headers.get_all("Host") == [f"localhost:{api.port}"]
        assert not headers.get_all("Cookie") and not headers.get_all("Origin")
        assert api.names == ["localhost"]
        assert_secret(proxy, KEY)


def test_twenty_conversations_at_once_each_hear_their_own(launch, authority):
    with RealtimeAPI(authority.issue("localhost"), KEY) as api:
        proxy = gateway(launch, authority, api.port)

        async def one(seed):
            async with dial(proxy, authority) as socket:
                await socket.recv()
                await converse(socket, seed, [4800, 200_000, 4800], appended=10)

        async def play():
            await asyncio.gather(*(one(seed) for seed in range(20)))

        asyncio.run(play())
        assert len(api.requests) == 20


def test_a_key_that_the_client_brings_is_replaced(launch, authority):
    with RealtimeAPI(authority.issue("localhost"), KEY) as api:
        proxy = gateway(launch, authority, api.port)

        async def play():
            async with dial(proxy, authority, additional_headers={"Authorization": "Bearer mine"}) as socket:
                await socket.recv()

        asyncio.run(play())
        assert api.requests[0][1].get_all("Authorization") == [f"Bearer {KEY}"]


def test_a_wrong_key_brings_the_providers_401_whole(launch, authority):
    wrong = "sk-wrong-0011223344556677"
    with RealtimeAPI(authority.issue("localhost"), KEY) as api:
        proxy = gateway(launch, authority, api.port, key=wrong)

        async def play():
            with pytest.raises(websockets.InvalidStatus) as refused:
                await dial(proxy, authority)
            return refused.value.response

        response = asyncio.run(play())
        assert response.status_code == 401
        assert json.loads(response.body)["error"]["code"] == "invalid_api_key"
        assert response.headers["X-Provider"] == "stand-in" and response.headers["Content-Type"] == "application/json"
        assert_secret(proxy, wrong, KEY)


def test_a_new_key_is_read_at_a_reload_and_conversations_go_on(launch, authority):
    with RealtimeAPI(authority.issue("localhost"), KEY) as api:
        proxy = gateway(launch, authority, api.port)

        async def play():
            async with dial(proxy, authority) as early:
                await early.recv()
                api._token = "sk-rolled-8899aabbccddeeff"
                (proxy.folder / "provider.key").write_text(api._token)
                assert await asyncio.to_thread(proxy.reload)
                async with dial(proxy, authority) as late:
                    assert json.loads(await late.recv())["type"] == "session.created"
                await converse(early, 3, [4800, 4800])

        asyncio.run(play())
        assert_secret(proxy, KEY, api._token)


def test_an_empty_or_broken_key_file_is_refused_at_a_reload_without_telling_it(launch, authority):
    with RealtimeAPI(authority.issue("localhost"), KEY) as api:
        proxy = gateway(launch, authority, api.port)
        for content in ("", "sk-half\r\nX-Injected: yes-indeed", "sk-nul\0after-the-nul"):
            (proxy.folder / "provider.key").write_text(content)
            assert not proxy.reload()
        (proxy.folder / "provider.key").unlink()
        assert not proxy.reload()
        assert b"yes-indeed" not in proxy.log.raw() and b"after-the-nul" not in proxy.log.raw()

        async def play():
            async with dial(proxy, authority) as socket:
                await socket.recv()

        asyncio.run(play())


@pytest.mark.parametrize("kind, label", [
    ("another name", "certificate_name_mismatch"), ("an unknown authority", "certificate_unknown_authority"),
    ("expired", "certificate_expired")])
def test_a_provider_that_cannot_prove_who_it_is_gets_no_key(launch, authority, tmp_path, kind, label):
    certificate = {
        "another name": lambda: authority.issue("api.elsewhere.test"),
        "an unknown authority": lambda: Authority(tmp_path / "unknown").issue("localhost"),
        "expired": lambda: authority.issue("localhost", starts=-9, ends=-2)}[kind]()
    with RealtimeAPI(certificate, KEY) as api:
        proxy = gateway(launch, authority, api.port)

        async def play():
            with pytest.raises(websockets.InvalidStatus) as refused:
                await dial(proxy, authority)
            return refused.value.response.status_code

        assert asyncio.run(play()) == 502
        wait_until(lambda: label.encode() in proxy.log.raw(), 5, proxy.log.tail)
        assert not api.requests
        assert_secret(proxy, KEY)


def test_a_provider_whose_name_does_not_resolve_is_told_by_check_and_refuses_the_start(launch, authority):
    proxy = gateway(launch, authority, 9, host="no-such-name.invalid", start=False)
    checked = tidegate("check", "-c", str(proxy.path))
    output = checked.stdout + checked.stderr
    assert checked.returncode == 1
    assert "no-such-name.invalid" in output and "pools.realtime.backends[0]" in output, output
    proxy.spawn()
    assert proxy.wait_exit() == 1
    assert "no-such-name.invalid" in proxy.log.tail()
    assert KEY not in output + proxy.log.tail()


def test_a_page_that_asks_for_the_socket_by_plain_http_is_told_to_upgrade(launch, authority):
    with RealtimeAPI(authority.issue("localhost"), KEY) as api:
        proxy = gateway(launch, authority, api.port)
        tls = authority.client_context(check=False)
        answered = ask(proxy.port, plain("/v1/realtime", host="localhost"), tls=tls)
        assert answered.status == 426 and answered.head.one("Sec-WebSocket-Version") == "13"
        assert ask_plain(proxy.port, plain("/healthz"), tls=tls)[1] == b"ok\n"
        assert ask(proxy.port, upgrade("/v1/other"), tls=tls).status == 404
        assert not api.requests


# All that is shipped


@pytest.mark.parametrize("name", shipped.names())
def test_a_shipped_example_passes_check_with_the_files_it_names(tmp_path, authority, name):
    content = shipped.text(name)
    for host in shipped.hosts(content):
        content = content.replace(host, "localhost")
    (tmp_path / name).write_text(content)
    certificate = authority.issue("localhost")
    for file in shipped.files(content):
        if file.endswith("-ca.pem"):
            source = authority.path
        elif file.endswith(".pem"):
            source = certificate.certificate
        else:
            source = certificate.key
        (tmp_path / file).write_bytes(open(source, "rb").read())
    # A key of a provider is one line; a certificate's key would not be.
    if "file:provider.key" in content:
        (tmp_path / "provider.key").write_text(KEY)
    checked = tidegate("check", "-c", str(tmp_path / name))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "warning" not in checked.stderr.lower(), checked.stderr


def test_the_stand_in_refuses_and_admits_without_the_proxy(authority):
    """The stand-in itself: a key that is missing or wrong is 401, the right one opens."""
    with RealtimeAPI(authority.issue("localhost"), KEY) as api:
        context = authority.client_context()

        async def status(headers):
            try:
                async with connect(
                        f"{api.url}/v1/realtime", tls=context, server_hostname="localhost", additional_headers=headers) as socket:
                    await socket.recv()
                    await converse(socket, 1, [4800, 70_000])
                    return 101
            except websockets.InvalidStatus as refused:
                return refused.response.status_code

        wanted = {"": 401, "Bearer wrong": 401, f"Bearer {KEY}": 101}
        for value, code in wanted.items():
            assert asyncio.run(status({"Authorization": value} if value else {})) == code
