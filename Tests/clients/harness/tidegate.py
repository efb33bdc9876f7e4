"""The proxy as a child process."""

import os
import resource
import signal
import subprocess

from . import binary, yaml
from .admin import Admin
from .log import Log
from .process import Process
from .settings import port_of
from .waiting import wait_until
from .wire import Wire

# What a service manager tells its services must not leak from the machine that runs the plays into the proxy.
_FOREIGN = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES")


class Tidegate:
    """`tidegate run -c FILE` with its log, metrics and signals at hand. `finish` asserts that it is as well as at the start."""

    def __init__(self, folder, config, *, environment=None, descriptors=None, wrapper=(), text=None):
        """`config` is a mapping, or None with the file's `text` given. `wrapper` is put before the command line;
        `descriptors` is the process's limit of open files."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.config = config
        self.path = folder / "tidegate.yaml"
        self.log = Log(folder / "stderr.log")
        self.environment = {key: value for key, value in os.environ.items() if key not in _FOREIGN}
        self.environment.update(environment or {})
        self.descriptor_limit, self.wrapper, self.text = descriptors, list(wrapper), text
        self.pass_descriptors = ()
        self.child = None
        self.ended = self.asked_to_end = False
        self.baseline = None

    # Starting

    def write(self, config=None):
        """Writes the file as a whole, by renaming, as a careful operator does."""
        if config is not None:
            self.config, self.text = config, None
        temporary = self.path.with_suffix(".new")
        temporary.write_text(self.text if self.text is not None else yaml.dump(self.config))
        os.replace(temporary, self.path)

    def spawn(self):
        """Starts the process without waiting for anything."""
        self.write()
        limit = self.descriptor_limit

        def lower():
            if limit:
                resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))

        with open(self.log.path, "ab") as stderr:
            self.child = subprocess.Popen(
                [*self.wrapper, binary.path(), "run", "-c", str(self.path)],
                stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr,
                env=self.environment, preexec_fn=lower if limit else None, pass_fds=self.pass_descriptors)
        self.process = Process(self.child.pid)
        return self

    def start(self, deadline=15.0):
        """Starts it and waits until it says that it takes connections."""
        self.spawn()
        wait_until(lambda: self._ready_or_dead(), deadline, lambda: f"ready; its log:\n{self.log.tail()}")
        self.metrics()
        self.baseline = min(self.process.sockets() for _ in range(20))  # Our own scrape may still be closing.
        return self

    def _ready_or_dead(self):
        assert self.child.poll() is None, f"it ended with {self.child.returncode} at its start:\n{self.log.tail()}"
        return self.admin.status("/readyz") == 200

    # Asking

    @property
    def admin(self):
        return Admin(self.config["admin"]["bind"])

    @property
    def port(self):
        return port_of(self.config["listeners"][0])

    def port_of(self, name):
        return next(port_of(listener) for listener in self.config["listeners"] if listener["name"] == name)

    @property
    def secure_port(self):
        return self.port_of("secure")

    def metrics(self):
        return self.admin.metrics()

    def metric(self, name, **labels):
        return self.metrics().value(name, **labels)

    def wait_metric(self, name, wanted, deadline=5.0, **labels):
        """Waits until a metric's sum equals `wanted`, or makes `wanted` (a function) true."""
        fits = wanted if callable(wanted) else lambda value: value == wanted
        last = None

        def look():
            nonlocal last
            last = self.metric(name, **labels)
            return fits(last)

        wait_until(look, deadline, lambda: f"{name}{labels} is {last}", interval=0.02)
        return last

    def is_alive(self):
        return self.child.poll() is None

    # Signals

    def signal(self, number):
        self.asked_to_end |= number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
        self.child.send_signal(number)

    def reload(self, config=None, deadline=10.0):
        """Writes `config`, sends SIGHUP, waits until that reload was counted, and says whether it was taken."""
        before = self.metric("tidegate_config_reloads_total")
        if config is not None:
            self.write(config)
        self.signal(signal.SIGHUP)
        self.wait_metric("tidegate_config_reloads_total", lambda value: value > before, deadline)
        return self.metric("tidegate_config_last_reload_successful") == 1

    def wait_exit(self, deadline=10.0):
        """Its exit status (negative: the signal that killed it)."""
        try:
            code = self.child.wait(deadline)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it did not end within {deadline} s:\n{self.log.tail()}") from None
        self.ended = True
        return code

    def stop(self, deadline=10.0):
        self.signal(signal.SIGTERM)
        return self.wait_exit(deadline)

    # Ending

    def finish(self):
        """Closes what the play left open, asserts that the proxy gave everything back, and ends it."""
        Wire.close_all()
        if self.child is None or self.ended:
            if self.baseline is not None:
                self.log.lines()
            return
        if self.asked_to_end:
            # The play failed before it had seen the end it asked for; its own complaint is the one to tell.
            self.child.kill()
            self.child.wait()
            return
        try:
            assert self.is_alive(), f"the proxy died with {self.child.returncode}:\n{self.log.tail()}"
            self._assert_given_back()
            assert self.metric("tidegate_internal_errors_total") == 0, "a fault of the proxy itself was counted"
            code = self.stop()
            assert code == 0, f"exit status {code} with nothing left to drain:\n{self.log.tail()}"
            self.log.lines()
        finally:
            if self.child.poll() is None:
                self.child.kill()
                self.child.wait()

    def _assert_given_back(self):
        if self.baseline is None:
            return
        self.wait_metric("tidegate_connections_active", 0)
        self.wait_metric("tidegate_tunnels_active", 0)
        self.wait_metric("tidegate_streams_active", 0)
        self.wait_metric("tidegate_buffered_bytes", 0)
        # Idle connections to backends are kept on purpose; they are counted, and every other socket must be gone.
        wait_until(
            lambda: self.process.sockets() <= self.baseline + self.metric("tidegate_backend_connections_idle"), 5.0,
            lambda: f"{self.process.sockets()} sockets, {self.baseline} at the start")
