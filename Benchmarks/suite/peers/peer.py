"""What a proxy must say about itself to be measured."""

import os
import shutil
import subprocess


class Peer:
    """A proxy. It must serve `site.workers` workers, plain on `site.plain_port` and TLS on `site.tls_port`, and pass every path to
    `site.backend_port`; with limits above the tunnels of any case and without a time-out, or a number of requests, that a case could
    meet. What else is wanted of it the other members of `Site` say."""

    name = ""
    # How to come by it.
    advice = ""
    # Whether it is one of those that Tidegate is compared with, so that the best of them can be asked for.
    competes = True
    # Whether it serves TLS too.
    tls = True
    # Whether each worker is a thread (or process) of its own. Go moves its work between threads, GOMAXPROCS of them at a time.
    has_worker_threads = True

    def __init__(self, program):
        self.program = program

    @classmethod
    def from_options(cls, options):
        """This peer as the command line wants it."""
        raise NotImplementedError

    def missing(self):
        """Why it cannot be measured here, or None."""
        found = os.access(self.program, os.X_OK) if os.sep in self.program else shutil.which(self.program)
        return None if found else f"{self.name}: {self.program} is not there" + (f" ({self.advice})" if self.advice else "")

    def lacks(self, tls, demands):
        """Why it can have no part in a case with TLS toward the clients and these demands (members of `Site`), or None."""
        return None

    def version(self):
        """One line."""
        raise NotImplementedError

    def configure(self, site):
        """Writes whatever the command needs into the site's directory."""
        raise NotImplementedError

    def command(self, site):
        """The command that serves in the foreground and ends at SIGTERM."""
        raise NotImplementedError

    def environment(self, site):
        """Variables that it gets beside those of this process."""
        return {}

    def output_of(self, *arguments):
        done = subprocess.run([self.program, *arguments], capture_output=True, text=True, timeout=10)
        return (done.stdout + done.stderr).strip()


def write(site, name, template, **values):
    """A file of the site's directory: a template filled with what the site says and `values`."""
    with open(site.path(name), "w") as file:
        file.write(template.format(**(vars(site) | values)))
