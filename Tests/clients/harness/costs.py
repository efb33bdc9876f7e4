"""What a proxy's workers ask of the allocator and of the kernel, counted by a library that is preloaded into it.

    with Costs(tmp_path) as costs:
        proxy = launch(config, environment=costs.environment)
        before = costs.read()
        ...
        spent = costs.since(before)
"""

import mmap
import os
import shutil
import struct
import subprocess
from collections import namedtuple
from pathlib import Path

Counts = namedtuple("Counts", "allocations waits receives sends interests others")
_FORMAT = "@6L"


class Costs:
    def __init__(self, folder):
        self._library = build(folder)
        self._path = folder / "costs"
        self._path.write_bytes(bytes(struct.calcsize(_FORMAT)))

    def __enter__(self):
        with open(self._path, "r+b") as file:
            self._map = mmap.mmap(file.fileno(), struct.calcsize(_FORMAT))
        return self

    def __exit__(self, *_):
        self._map.close()

    @property
    def environment(self):
        return {"LD_PRELOAD": str(self._library), "TIDEGATE_COSTS": str(self._path)}

    def read(self):
        return Counts(*struct.unpack(_FORMAT, self._map[:]))

    def since(self, before):
        return Counts(*(now - then for now, then in zip(self.read(), before)))


def build(folder):
    """Compiles the library with whatever C compiler there is; Swift's toolchain brings one."""
    library = folder / "costs.so"
    subprocess.run(
        [compiler(), "-O2", "-shared", "-fPIC", "-o", library, Path(__file__).with_name("costs.c"), "-ldl"],
        check=True, timeout=120)
    return library


def compiler():
    for name in ("cc", "gcc", "clang"):
        if found := shutil.which(name):
            return found
    swift = shutil.which("swift")
    assert swift, "there is no C compiler"
    return os.path.join(os.path.dirname(os.path.realpath(swift)), "clang")
