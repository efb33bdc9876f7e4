"""The suite's own Python environment, with the peers that come from PyPI and what draws plots."""

import os
import subprocess
import sys
import venv

REQUIREMENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "requirements.txt")


def install(directory):
    """Makes the environment if need be, and installs what is missing in it."""
    if not os.access(python(directory), os.X_OK):
        venv.create(directory, with_pip=True)
    command = [python(directory), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS]
    subprocess.run(command, check=True)
    print(f"installed in {directory}")


def python(directory):
    return os.path.join(directory, "bin", "python3")


def continue_with_plots(directory):
    """Returns if matplotlib can be imported; else begins this program anew with the environment's Python, where it can."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        there = python(directory)
        if not os.access(there, os.X_OK) or os.path.abspath(sys.prefix) == os.path.abspath(directory):
            sys.exit("plots need matplotlib: run.py --install gets it")
        os.execv(there, [there, *sys.argv])
