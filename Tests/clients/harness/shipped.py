"""The configurations under conf/, made ready to be used where the plays run."""

import re

from .binary import ROOT

EXAMPLES = ROOT / "conf" / "examples"


def names():
    return sorted(path.name for path in EXAMPLES.glob("*.yaml"))


def text(name, **replaced):
    """An example's text, with `replaced` (what stands there: what shall stand there) each found at least once."""
    content = (EXAMPLES / name).read_text()
    for old, new in replaced.items():
        assert old in content, f"{name} does not say {old!r}"
        content = content.replace(old, new)
    return content


def settings_lines(content):
    """The text without its comments."""
    return "\n".join(re.sub(r"(^|\s)#.*$", "", line) for line in content.splitlines())


def files(content):
    """The names of certificates, keys, tokens and authorities it speaks of: relative ones, in the file's folder."""
    return sorted(set(re.findall(r"[\w-]+\.(?:pem|key|token|crt)\b", settings_lines(content))))


def hosts(content):
    """Host names of backends."""
    return sorted(set(re.findall(r"(?:wss?|https?)://([a-z][\w.-]*)", settings_lines(content))))
