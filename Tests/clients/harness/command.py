"""The command line, run to its end."""

import subprocess

from . import binary


def tidegate(*arguments, deadline=15, **options):
    """`tidegate ARGUMENTS`: the finished process, its output as text."""
    return subprocess.run([binary.path(), *arguments], capture_output=True, text=True, timeout=deadline, **options)
