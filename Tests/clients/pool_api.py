"""The admin API of pools."""

import json
import urllib.parse


class PoolAPI:
    """`ask` gives (status, the JSON that came); `headers` are sent with every request."""

    def __init__(self, proxy, pool="main", headers=None):
        self.proxy, self._pool, self._headers = proxy, pool, headers or {}

    def ask(self, path, method="GET", headers=None):
        fields = {**self._headers, **(headers or {})}
        if method == "POST":
            fields["Content-Length"] = "0"
        reply = self.proxy.admin.get(f"/api/v1{path}", method=method, headers=fields)
        is_json = (reply.headers["Content-Type"] or "").startswith("application/json")
        return reply.status, json.loads(reply.text) if is_json and reply.body else None

    def pools(self):
        status, body = self.ask("/pools")
        assert status == 200, status
        return body

    def pool(self):
        status, body = self.ask(f"/pools/{self._pool}")
        assert status == 200, status
        return body

    def backend(self, backend):
        """What is told of one backend."""
        label = label_of(backend)
        found = [one for one in self.pool()["backends"] if label in one.values()]
        assert len(found) == 1, f"{label} is told {len(found)} times"
        return found[0]

    def state(self, backend, state, method="POST", headers=None):
        """The status of setting a backend's state."""
        label = urllib.parse.quote(label_of(backend), safe="")
        return self.ask(f"/pools/{self._pool}/backends/{label}/state?state={state}", method, headers)[0]

    def set(self, backend, state):
        status = self.state(backend, state)
        assert 200 <= status < 300, f"{state} of {label_of(backend)}: {status}"

    def rebalance(self, **pace):
        query = f"?{urllib.parse.urlencode(pace)}" if pace else ""
        return self.ask(f"/pools/{self._pool}/rebalance{query}", "POST")[0]

    def cancel_rebalance(self):
        return self.ask(f"/pools/{self._pool}/rebalance", "DELETE")[0]


def label_of(backend):
    return backend if isinstance(backend, str) else backend.label
