import contextlib
import io
import os
import subprocess
import sys
import tempfile
import unittest

import run
from suite import cases, peers
from suite.options import arguments
from suite.peers.bare import Bare
from suite.peers.caddy import Caddy
from suite.peers.envoy import Envoy
from suite.peers.haproxy import Haproxy
from suite.peers.nginx import Nginx
from suite.peers.tidegate import Tidegate
from suite.site import Site, free_ports, make_certificate

# What a case may demand of a proxy.
DEMANDS = ({}, {"kept": 128}, {"backend_tls": True}, {"workers": 2})


class ConfigurationTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tidegate-bench-test-")
        self.addCleanup(folder.cleanup)
        self.directory = folder.name

    def site(self, descriptors=20000, **demands):
        certificate, key = make_certificate(self.directory)
        return Site(self.directory, certificate, key, *free_ports(4), descriptors, **demands)

    def check(self, peer, *arguments):
        if peer.missing():
            self.skipTest(peer.missing())
        for demands in DEMANDS:
            site = self.site(**demands)
            peer.configure(site)
            command = [peer.program, *(argument.format(directory=self.directory) for argument in arguments)]
            environment = os.environ | peer.environment(site)
            done = subprocess.run(command, capture_output=True, text=True, timeout=30, env=environment)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_nginx_takes_its_configuration_whatever_a_case_demands(self):
        self.check(Nginx("/usr/sbin/nginx"), "-t", "-p", "{directory}", "-c", "{directory}/nginx.conf", "-e", "{directory}/log")

    def test_haproxy_takes_its_configuration_whatever_a_case_demands(self):
        self.check(Haproxy("/usr/sbin/haproxy"), "-c", "-f", "{directory}/haproxy.cfg")

    def test_envoy_takes_its_configuration_whatever_a_case_demands(self):
        self.check(Envoy.from_options(arguments([])), "--mode", "validate", "-l", "error", "-c", "{directory}/envoy.yaml")

    def test_caddy_takes_its_configuration_whatever_a_case_demands(self):
        self.check(Caddy.from_options(arguments([])), "validate", "--adapter", "caddyfile", "--config", "{directory}/Caddyfile")

    def test_every_peer_has_as_many_workers_as_the_site_says(self):
        told = {}
        for kind in peers.ALL.values():
            peer, site = kind("program"), self.site(workers=3)
            peer.configure(site)
            written = "".join(self.written(name) for name in os.listdir(self.directory) if os.path.isfile(site.path(name)))
            words = " ".join([*peer.command(site), *(f"{name}={value}" for name, value in peer.environment(site).items()), written])
            patterns = ("worker_processes 3;", "nbthread 3", "--concurrency 3", "GOMAXPROCS=3", "workers: 3")
            told[peer.name] = any(pattern in words for pattern in patterns)
            for name in os.listdir(self.directory):
                os.remove(site.path(name))
        self.assertEqual([name for name, does in told.items() if not does], ["bare"])

    def test_the_bare_relay_has_no_part_in_what_it_cannot_do(self):
        bare = Bare("bench-relay")
        self.assertIsNone(bare.lacks(False, {"kept": 128, "workers": 1}))
        for tls, demands in ((True, {}), (False, {"backend_tls": True}), (False, {"workers": 2})):
            self.assertTrue(bare.lacks(tls, demands))

    def test_who_takes_up_no_sessions_toward_backends_has_no_part_where_that_is_demanded(self):
        demands = cases.ALL["connect-backend-tls-resumed"].site_options(None)
        without = [name for name, kind in peers.ALL.items() if kind("program").lacks(False, demands)]
        self.assertEqual(without, ["caddy", "traefik", "bare"])
        self.assertFalse(cases.ALL["connect-tls-resumed"].site_options(None)["backend_resumption"])

    def test_haproxy_is_not_told_of_more_connections_than_descriptors_allow(self):
        site = self.site(descriptors=1200)
        Haproxy("haproxy").configure(site)
        self.assertIn("maxconn 500\n", self.written("haproxy.cfg"))

    def test_tidegate_hears_of_plain_requests_and_of_tls_only_where_a_case_demands_them(self):
        texts = []
        for demands in DEMANDS:
            Tidegate("tidegate").configure(self.site(**demands))
            texts.append(self.written("tidegate.yaml"))
        tunnels, requests, encrypted, _ = texts
        said = [("keep_alive:" in text, "wss://" in text) for text in texts]
        self.assertEqual(said, [(False, False), (True, False), (False, True), (False, False)])
        self.assertIn("connections: 128", requests)
        self.assertIn("server_name: bench.test", encrypted)
        self.assertTrue(set(tunnels.splitlines()[:5]) <= set(requests.splitlines()))

    def written(self, name):
        with open(os.path.join(self.directory, name)) as file:
            return file.read()


class SelectionTests(unittest.TestCase):
    def chosen(self, *words):
        """The peers that a command line chooses, and what it prints."""
        present = [f"--{name}={sys.executable}" for name in ("nginx", "haproxy", "envoy", "caddy", "traefik", "tidegate")]
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            found = run.chosen_peers(arguments([*present, *words]))
        return list(found), printed.getvalue()

    def test_all_that_are_there_are_measured_by_default(self):
        self.assertEqual(self.chosen(), (["nginx", "haproxy", "envoy", "caddy", "traefik", "bare", "tidegate"], ""))

    def test_what_is_not_there_is_skipped_with_a_line_that_says_how_to_come_by_it(self):
        names, printed = self.chosen("--haproxy=/nonexistent/haproxy", "--envoy=/nonexistent/envoy")
        self.assertEqual(names, ["nginx", "caddy", "traefik", "bare", "tidegate"])
        lines = printed.splitlines()
        self.assertEqual(len(lines), 2)
        self.assertIn("skipped: haproxy: /nonexistent/haproxy is not there (Debian's package", lines[0])
        self.assertIn("skipped: envoy: /nonexistent/envoy is not there (run.py --install", lines[1])

    def test_a_missing_peer_that_was_asked_for_is_an_error(self):
        with self.assertRaises(SystemExit) as ended:
            self.chosen("--haproxy=/nonexistent/haproxy", "--peers=nginx,haproxy")
        self.assertIn("haproxy: /nonexistent/haproxy is not there (Debian's package is haproxy", str(ended.exception))

    def test_unknown_names_are_refused_and_groups_are_spelled_out(self):
        with self.assertRaises(SystemExit):
            run.chosen("nginx,squid", peers.ALL, "peer")
        self.assertEqual(list(run.chosen("b,ab", {"a": 1, "b": 2}, "case", {"ab": ["a", "b"]})), ["b", "a"])

    def test_every_peer_begins_as_often_as_the_others_and_neighbours_change(self):
        orders = [run.rotated(["a", "b", "c", "d"], repetition) for repetition in range(1, 5)]
        self.assertEqual(["".join(order) for order in orders], ["abcd", "badc", "cdab", "dcba"])


if __name__ == "__main__":
    unittest.main()
