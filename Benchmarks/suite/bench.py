"""What every case needs: the tools, one measurement's proxy and backend, and where processes may run."""

import contextlib
import os
import subprocess

from suite.awake import kept_awake
from suite.process import Child
from suite.site import Site, free_ports, wait_until_it_serves

# No process of a measurement lives longer than this many seconds.
LIFETIME = 600


class Bench:
    """The settings of a run, and how to start what it measures."""

    def __init__(self, options, directory, certificate, descriptors):
        self.options = options
        self.directory = directory
        self.certificate, self.key = certificate
        self.descriptors = descriptors
        self.cpus = sorted(os.sched_getaffinity(0))
        self.pinned = options.pin and len(self.cpus) > 1
        self._proxy_cpus = self._load_cpus = None
        self.place(1, self.pinned)
        self._counter = 0
        # Whose CPU time is neither the measured programs' nor a stranger's.
        self.own_pids = [os.getpid()]

    @contextlib.contextmanager
    def awake(self):
        """Keeps the CPUs from halting until the block ends, if the run is to (`--keep-awake`)."""
        with kept_awake(self.cpus if self.options.keep_awake else [], self._fresh("awake.log")) as pids:
            self.own_pids = [os.getpid(), *pids]
            try:
                yield
            finally:
                self.own_pids = [os.getpid()]

    def place(self, workers, pinned):
        """Where what starts from now on may run. Pinned, the proxy has the last CPUs to itself, one for each worker; the load and the
        backend share the others."""
        self._proxy_cpus = set(self.cpus[-workers:]) if pinned else None
        self._load_cpus = set(self.cpus[:-workers]) if pinned else None

    def tool(self, name):
        return os.path.join(self.options.tools, name)

    @contextlib.contextmanager
    def backend(self, mode, tls=False, **options):
        """A fresh backend: its process and its port. With `tls` it speaks nothing else and shows the run's certificate."""
        command = [self.tool("bench-echo"), mode, *_flags({"lifetime": LIFETIME} | options)]
        if tls:
            command += ["--certificate", self.certificate, "--key", self.key]
        with Child(command, self._fresh("backend.log"), self._load_cpus, subprocess.PIPE) as child:
            yield child, child.event("listening", 10)["port"]

    @contextlib.contextmanager
    def proxy(self, peer, backend_port, **site_options):
        """A fresh proxy in front of `backend_port`, set up as `site_options` demand (see `Site`): its process and its site."""
        directory = self._fresh(peer.name)
        os.mkdir(directory)
        ports = free_ports(3)
        site = Site(directory, self.certificate, self.key, *ports, backend_port, self.descriptors, **site_options)
        peer.configure(site)
        log, environment = os.path.join(directory, "log"), peer.environment(site)
        with Child(peer.command(site), log, self._proxy_cpus, environment=environment, talks=False) as child:
            wait_until_it_serves(site.plain_port, False, child)
            if peer.tls:
                wait_until_it_serves(site.tls_port, True, child)
            yield child, site

    def load(self, mode, site, tls, **options):
        """A load generator toward `site`, as a process that reports events."""
        port = site.tls_port if tls else site.plain_port
        command = [self.tool("bench-load"), mode, *_flags({"port": port} | options | ({"tls": True} if tls else {}))]
        return Child(command, self._fresh("load.log"), self._load_cpus, subprocess.PIPE)

    def _fresh(self, name):
        """A path that nobody used yet."""
        self._counter += 1
        return os.path.join(self.directory, f"{self._counter}-{name}")


def _flags(options):
    """Options as a tool's command line has them; True stands for one without a value."""
    words = []
    for name, value in options.items():
        words += [f"--{name}"] if value is True else [f"--{name}", str(value)]
    return words
