"""What the kernel says about processes: CPU time by thread, memory, descriptors."""

import os

_TICK_NS = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def cpu_by_thread(pids):
    """Nanoseconds of CPU by (pid, tid), with the thread's name. schedstat counts in nanoseconds; stat, the fallback, in ticks."""
    threads = {}
    for pid in pids:
        for tid in _listing(f"/proc/{pid}/task"):
            base = f"/proc/{pid}/task/{tid}"
            try:
                threads[(pid, int(tid))] = (_read(f"{base}/comm").strip(), _thread_ns(base))
            except (FileNotFoundError, ProcessLookupError):
                continue
    return threads


def cpu_between(before, after):
    """CPU nanoseconds by thread name and in all, between two answers of `cpu_by_thread`."""
    by_name = {}
    for key, (name, ns) in after.items():
        used = ns - before.get(key, (name, 0))[1]
        by_name[name] = by_name.get(name, 0) + used
    return sum(by_name.values()), by_name


def busiest_between(before, after):
    """CPU nanoseconds of the thread that used most between two answers of `cpu_by_thread`; 0 without threads."""
    return max((ns - before.get(key, (name, 0))[1] for key, (name, ns) in after.items()), default=0)


def memory(pids):
    """Bytes of memory, added up: `pss` shares pages fairly between processes, `rss` counts each process's own view."""
    total = {"pss": 0, "rss": 0}
    for pid in pids:
        for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
            name, _, rest = line.partition(":")
            if name.lower() in total:
                total[name.lower()] += int(rest.split()[0]) * 1024
    return total


def descriptors(pids):
    return sum(len(_listing(f"/proc/{pid}/fd")) for pid in pids)


def machine_ns():
    """Nanoseconds of CPU that all processes have used, and that a hypervisor gave to others while somebody here wanted it."""
    fields = [int(field) for field in _read("/proc/stat").splitlines()[0].split()[1:]]
    user, nice, system, _idle, _iowait, irq, softirq, steal = fields[:8]
    return (user + nice + system + irq + softirq) * _TICK_NS, steal * _TICK_NS


def _thread_ns(base):
    try:
        fields = _read(f"{base}/schedstat").split()
        if fields and int(fields[0]) > 0:
            return int(fields[0])
    except FileNotFoundError:
        pass
    # The name may hold spaces and parentheses; what follows the last one does not.
    fields = _read(f"{base}/stat").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_NS


def _listing(path):
    try:
        return os.listdir(path)
    except (FileNotFoundError, ProcessLookupError):
        return []


def _read(path):
    with open(path) as file:
        return file.read()
