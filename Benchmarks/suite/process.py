"""Processes that this run starts, and ends again: by their own id, and never later than their bound."""

import ctypes
import json
import os
import select
import signal
import subprocess
import time

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Failure(Exception):
    """A measurement that cannot be used; the text says why."""


class Child:
    """One process, with its standard error in a file, and its standard output to read lines from or, unless it `talks`, in the file too."""

    def __init__(self, command, log_path, cpus=None, stdin=subprocess.DEVNULL, environment=None, talks=True):
        self.command = command
        self.log_path = log_path
        self._cpus = cpus
        self._buffer = b""
        with open(log_path, "ab") as log:
            out = subprocess.PIPE if talks else log
            variables = os.environ | (environment or {})
            try:
                self._popen = subprocess.Popen(
                    command, stdin=stdin, stdout=out, stderr=log, preexec_fn=self._prepare, bufsize=0, env=variables
                )
            except OSError as error:
                raise Failure(f"{command[0]}: cannot be started: {error.strerror}") from None
        self.pid = self._popen.pid

    def _prepare(self):
        # Should the runner be killed, the kernel ends its children.
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if self._cpus:
            os.sched_setaffinity(0, self._cpus)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def is_alive(self):
        return self._popen.poll() is None

    def event(self, name, timeout):
        """The next JSON line of standard output, which must carry the event `name`."""
        record = json.loads(self._line(time.monotonic() + timeout))
        if record.get("event") != name:
            raise Failure(f"{self.command[0]}: expected {name!r}, got {record}")
        return record

    def _line(self, deadline):
        stdout = self._popen.stdout.fileno()
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([stdout], [], [], max(0, left))
            if not ready:
                raise Failure(f"{self.command[0]}: silent for too long; {self.log_tail()}")
            piece = os.read(stdout, 65536)
            if not piece:
                raise Failure(f"{self.command[0]}: ended too soon ({self._end()}); {self.log_tail()}")
            self._buffer += piece
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line

    def _end(self):
        """How it ended, as text."""
        try:
            return f"exit status {self._popen.wait(1)}"
        except subprocess.TimeoutExpired:
            return "it only closed its output"

    def close_input(self):
        if self._popen.stdin:
            self._popen.stdin.close()

    def finish(self, timeout):
        """Waits for an end of its own accord; a status other than 0 is a failure."""
        try:
            status = self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Failure(f"{self.command[0]}: did not end; {self.log_tail()}") from None
        if status != 0:
            raise Failure(f"{self.command[0]}: exit status {status}; {self.log_tail()}")

    def stop(self, patience=5):
        """Ends the process: politely, then not."""
        if self._popen.stdin and not self._popen.stdin.closed:
            self._popen.stdin.close()
        if self.is_alive():
            self._popen.terminate()
            try:
                self._popen.wait(patience)
            except subprocess.TimeoutExpired:
                self._kill_tree()
        if self._popen.stdout:
            self._popen.stdout.close()

    def _kill_tree(self):
        for pid in self.tree()[::-1]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self._popen.wait()

    def tree(self):
        """This process and its descendants, oldest first."""
        found = [self.pid]
        for pid in found:
            try:
                tasks = os.listdir(f"/proc/{pid}/task")
                for task in tasks:
                    with open(f"/proc/{pid}/task/{task}/children") as file:
                        found += [int(child) for child in file.read().split()]
            except (FileNotFoundError, ProcessLookupError):
                continue
        return found

    def log_tail(self):
        with open(self.log_path, errors="replace") as file:
            lines = file.read().strip().splitlines()[-5:]
        return "its log ends: " + " | ".join(lines) if lines else "its log is empty"
