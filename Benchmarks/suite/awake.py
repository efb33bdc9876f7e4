"""CPUs that never halt. On a machine that a hypervisor shares out, a load of many short sleeps may find a large part of its CPUs stolen
where an endless loop finds none: what wakes has to wait for its turn."""

import contextlib
import sys

from suite.process import Child, Failure

# SCHED_IDLE (sched(7)): runs only when nobody else wants the CPU, and makes way at once.
SPIN = """
import os
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
print('{"event": "spinning"}', flush=True)
while True: pass
"""


@contextlib.contextmanager
def kept_awake(cpus, log_path):
    """Until the block ends each of `cpus` has a process that spins whenever it has nothing else to do: their ids. Where that may not be
    had the run ends, with the reason."""
    with contextlib.ExitStack() as stack:
        children = [stack.enter_context(Child([sys.executable, "-c", SPIN], log_path, {cpu})) for cpu in cpus]
        try:
            for child in children:
                child.event("spinning", 10)
        except Failure as failure:
            sys.exit(f"--keep-awake: {failure}")
        yield [child.pid for child in children]
