"""Where the proxy's binary is, and what kind of build it is."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]


def path():
    """$TIDEGATE, else the release build, else the debug build."""
    named = os.environ.get("TIDEGATE")
    candidates = [pathlib.Path(named)] if named else [
        ROOT / ".build/release/tidegate",
        ROOT / ".build/debug/tidegate",
    ]
    for candidate in candidates:
        if candidate.is_file():
            return str(candidate.resolve())
    raise FileNotFoundError(f"no tidegate at {', '.join(map(str, candidates))}: build it, or name it in TIDEGATE")


def is_sanitized():
    """True under a sanitizer (TIDEGATE_SANITIZED=1): its shadow memory and slowness make bounds on memory meaningless."""
    return os.environ.get("TIDEGATE_SANITIZED") == "1"


def is_debug():
    """True for SwiftPM's debug build, which allocates where a release build does not."""
    return "debug" in pathlib.Path(path()).parts
