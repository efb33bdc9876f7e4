"""Request heads that nobody honest sends: each is refused with the right status, the connection closes, no backend hears of it."""

from harness.heads import plain, upgrade
from harness.rows import Row, ask, assert_refused, rows

CHUNKED = ("Transfer-Encoding", "chunked")


def length(value):
    return ("Content-Length", value)


def coded(value):
    return ("Transfer-Encoding", value)


def post(*fields, body=b"hello", **options):
    return plain(method="POST", extra=fields, body=body, **options)


def raw(text):
    return text if isinstance(text, bytes) else text.encode("latin-1")


def with_line(line, tail=b"Host: site.test\r\n\r\n"):
    return raw(line) + b"\r\n" + tail


def with_field(line):
    """A valid upgrade with one more field line, byte for byte."""
    return upgrade()[:-2] + raw(line) + b"\r\n\r\n"


BODY_FRAMING = [
    Row("H1", "Content-Length beside chunked", post(length("5"), CHUNKED)),
    Row("H1", "chunked beside Content-Length, on an upgrade", upgrade(extra=[CHUNKED, length("5")])),
    Row("H2", "two Content-Length that differ", post(length("5"), length("6"))),
    Row("H3", "two equal Content-Length", post(length("5"), length("5"))),
    Row("H3", "a Content-Length list of equals", post(length("5, 5"))),
    Row("H4", "an empty Content-Length", post(length(""))),
    Row("H4", "an empty Content-Length before a good one", post(length(""), length("5"))),
    *[Row("H5", f"Content-Length {value!r}", post(length(value))) for value in ("+10", "-48", "0x10", "1_0", "1Z", " 1 0")],
    *[Row("H6", f"Content-Length {value}", post(length(value)), 400, 413)
      for value in ("18446744073709551616", "9223372036854775808")],
    Row("H7", "Transfer-Encoding identity", post(coded("identity")), 400, 501),
    *[Row("H8", f"Transfer-Encoding {value}", post(coded(value)), 400, 501)
      for value in ("xchunked", "chunked, gzip", "gzip", "gzip, chunked", "blegh")],
    Row("H9", "chunked twice in one line", post(coded("chunked, chunked"))),
    Row("H9", "chunked in two lines", post(CHUNKED, CHUNKED)),
    *[Row("H11", f"Transfer-Encoding {value!r}", post(coded(value)), 400, 501)
      for value in ("\x0bchunked", "\xa0chunked", '"chunked"')],
    Row("H11", "a space before the colon of Transfer-Encoding", post(("Transfer-Encoding ", "chunked"))),
    Row("H12", "chunked in HTTP/1.0", post(CHUNKED, version="HTTP/1.0")),
]

FIELDS = [
    Row("H17", "a folded field", with_field("X-Folded: one\r\n two")),
    Row("H17", "a field folded with a tab", with_field("X-Folded: one\r\n\ttwo")),
    Row("H17", "a folded line as the first field", with_line("GET / HTTP/1.1", b" Host: site.test\r\n\r\n")),
    Row("H18", "a bare LF after the request line", upgrade().replace(b"HTTP/1.1\r\n", b"HTTP/1.1\n")),
    Row("H18", "a bare LF after a field", upgrade().replace(b"site.test\r\n", b"site.test\n")),
    Row("H18", "bare LFs everywhere", upgrade().replace(b"\r\n", b"\n")),
    Row("H18", "a bare CR inside a value", with_field(b"X-Bare: one\rtwo")),
    Row("H20", "NUL in the request line", with_line(b"GET /\0 HTTP/1.1")),
    Row("H20", "NUL in a field's name", with_field(b"X-\0Nul: 1")),
    Row("H20", "NUL in a field's value", with_field(b"X-Nul: one\0two")),
    *[Row("H22", f"a field's name with {name!r}", with_field(raw(name) + b": 1"))
      for name in ("X Space", "X\tTab", "X(", 'X"', "X\x80")],
    Row("H22", "a field without a name", with_field(b": value")),
    Row("H22", "a field without a colon", with_field(b"X-Nothing")),
    Row("H27", "a method that is no token", with_line('G=":<>(e) / HTTP/1.1'), 400, 501),
    Row("H27", "an empty method", with_line(" / HTTP/1.1"), 400, 501),
    Row("H27", "a method of 10 KiB", with_line(b"A" * 10240 + b" / HTTP/1.1"), 400, 501),
    Row("H27", "a method that is not UTF-8", with_line(b"G\xff\xfeT / HTTP/1.1"), 400, 501),
    Row("H41", "an unknown expectation", upgrade(extra=[("Expect", "foo")]), 417),
]

VERSIONS = [
    *[Row("H28", f"version {version}", with_line(f"GET / {version}"), 400, 505)
      for version in ("HTTP/1.32", "HTTP/1.1.1", "HTTP/2.0", "http/1.1", "HTTP/4294967295.255", "HTTP/", "HTTQ/1.1")],
    Row("H28", "HTTP/0.9", b"GET /\r\n\r\n"),
    Row("H30", "a thousand empty lines before the request", b"\r\n" * 1000 + upgrade(), 400, None),
    Row("H34", "CONNECT", plain("host.test:443", method="CONNECT", host="host.test:443"), 405, 501),
]

HOSTS = [
    Row("H31", "no Host", upgrade(drop=["Host"])),
    Row("H31", "two Hosts", upgrade(extra=[("Host", "other.test")])),
    Row("H31", "two equal Hosts", upgrade(extra=[("Host", "site.test")])),
    *[Row("H31", f"Host {host!r}", upgrade(change={"Host": host}))
      for host in ("a.test, b.test", "a/b", "user@site.test", "a b", "a#b", "a?b", "site.test:0", "site.test:65536",
                   "site.test:1.2", "site.test:80:80", ".", "[::1", "[]", "site.test:x")],
    Row("H32", "an absolute target that contradicts Host", upgrade("http://other.test/", change={"Host": "site.test"})),
]

TARGETS = [
    *[Row("H35", f"the path {path}", upgrade(path))
      for path in ("/a/../admin", "/a/%2e%2e/admin", "/a/%2E./admin", "/a/..;/admin", "/./admin", "/admin%00", "/admin%2f..",
                   "\\admin", "/\\admin", "/%5cadmin", "/%zz", "/%", "/%4", "/a#b")],
    Row("H35", "a path with a raw byte past ASCII", upgrade(b"/\xc3\xa9")),
    Row("H35", "a path that does not begin with a slash", upgrade("admin")),
    Row("H49", "a line break in the path, escaped", upgrade("/%0d%0aSet-Cookie:%20a=b")),
    Row("H26", "a request line of 64 KiB", upgrade("/" + "a" * 65536), 414),
]

SIZES = [
    Row("H24", "one field of 64 KiB", upgrade(extra=[("X-Big", "a" * 65536)]), 431),
    Row("H24", "a head of 1 MiB", upgrade(extra=[(f"X-{n}", "a" * 1000) for n in range(1024)]), 431),
    Row("H25", "a hundred thousand tiny fields", upgrade(extra=[("a", "b")] * 100_000), 400, 431),
    Row("H25", "one field more than the limit", upgrade(extra=[("a", "b")] * 96), 400, 431),
]

NOMINATED = [
    Row("H38", f"Connection names {name}", upgrade(change={"Connection": f"Upgrade, {name}"}, extra=extra))
    for name, extra in (
        ("Sec-WebSocket-Key", []), ("Host", []), ("Content-Length", [length("0")]), ("sec-websocket-version", []))
]


@rows(*BODY_FRAMING, *FIELDS, *VERSIONS, *HOSTS, *TARGETS, *SIZES, *NOMINATED)
def test_a_hostile_head_is_refused(proxy, backend, row):
    answer = ask(proxy.port, row.data)
    assert_refused(answer, *row.statuses)
    assert backend.is_untouched()


@rows(BODY_FRAMING[0], FIELDS[0], FIELDS[3], FIELDS[7], HOSTS[0], TARGETS[0], NOMINATED[0])
def test_a_hostile_head_is_refused_byte_by_byte(proxy, backend, row):
    assert_refused(ask(proxy.port, row.data, bytewise=True), *row.statuses)
    assert backend.is_untouched()


def test_h49_nothing_of_the_request_is_echoed_into_the_answers_head(proxy):
    answer = ask(proxy.port, upgrade("/%0d%0aX-Injected:%20yes", extra=[("X-Request-Id", "a\tb")]))
    assert_refused(answer, 400)
    assert b"injected" not in answer.head.raw.lower()
