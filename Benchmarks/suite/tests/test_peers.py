import contextlib
import io
import os
import subprocess
import sys
import tempfile
import types
import unittest
from unittest import mock

import run
from suite import peers
from suite.peers.haproxy import Haproxy
from suite.peers.nginx import Nginx
from suite.peers.tidegate import Tidegate
from suite.site import Site, free_ports, make_certificate

# What a case may demand of a proxy.
DEMANDS = ({}, {"kept": 128}, {"backend_tls": True})


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
            done = subprocess.run(command, capture_output=True, text=True, timeout=30)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_nginx_takes_its_configuration_whatever_a_case_demands(self):
        self.check(Nginx("/usr/sbin/nginx"), "-t", "-p", "{directory}", "-c", "{directory}/nginx.conf", "-e", "{directory}/log")

    def test_haproxy_takes_its_configuration_whatever_a_case_demands(self):
        self.check(Haproxy("/usr/sbin/haproxy"), "-c", "-f", "{directory}/haproxy.cfg")

    def test_haproxy_is_not_told_of_more_connections_than_descriptors_allow(self):
        site = self.site(descriptors=1200)
        Haproxy("haproxy").configure(site)
        self.assertIn("maxconn 500\n", self.written("haproxy.cfg"))

    def test_tidegate_hears_of_plain_requests_and_of_tls_only_where_a_case_demands_them(self):
        texts = []
        for demands in DEMANDS:
            Tidegate("tidegate").configure(self.site(**demands))
            texts.append(self.written("tidegate.yaml"))
        tunnels, requests, encrypted = texts
        self.assertEqual([("keep_alive:" in text, "wss://" in text) for text in texts], [(False, False), (True, False), (False, True)])
        self.assertIn("connections: 128", requests)
        self.assertIn("server_name: bench.test", encrypted)
        self.assertTrue(set(tunnels.splitlines()[:5]) <= set(requests.splitlines()))

    def written(self, name):
        with open(os.path.join(self.directory, name)) as file:
            return file.read()


class SelectionTests(unittest.TestCase):
    def options(self, **programs):
        present = {"nginx": sys.executable, "haproxy": sys.executable, "tidegate": sys.executable}
        return types.SimpleNamespace(**(present | programs))

    def test_haproxy_is_measured_by_default_where_it_is_installed(self):
        self.assertEqual(peers.default(self.options()), ["nginx", "haproxy", "tidegate"])
        self.assertEqual(peers.default(self.options(haproxy="/nonexistent/haproxy")), ["nginx", "tidegate"])

    def test_a_missing_peer_that_was_asked_for_is_named_with_advice(self):
        command = ["run.py", "--peers", "nginx,haproxy", "--nginx", sys.executable, "--haproxy", "/nonexistent/haproxy"]
        with mock.patch.object(sys, "argv", command), contextlib.redirect_stdout(io.StringIO()):
            with self.assertRaises(SystemExit) as ended:
                run.main()
        self.assertIn("haproxy: /nonexistent/haproxy is not there (Debian's package is haproxy", str(ended.exception))

    def test_unknown_names_are_refused(self):
        with self.assertRaises(SystemExit):
            run.chosen("nginx,squid", peers.ALL, "peer")


if __name__ == "__main__":
    unittest.main()
