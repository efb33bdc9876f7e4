"""Writes a configuration as block YAML: plain mappings, sequences and scalars, which is all a configuration needs."""

import re

_PLAIN = re.compile(r"^[A-Za-z0-9_./][A-Za-z0-9_./:-]*\Z")


def dump(value):
    return "\n".join(_lines(value, 0)) + "\n"


def _scalar(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    text = str(value)
    if _PLAIN.match(text) and ": " not in text and not text.endswith(":"):
        return text
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\0", "\\0")):
        text = text.replace(plain, escaped)
    return f'"{text}"'


def _lines(value, depth):
    pad = "  " * depth
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, (dict, list)) and item:
                yield f"{pad}{_scalar(key)}:"
                yield from _lines(item, depth + 1)
            elif isinstance(item, list):
                yield f"{pad}{_scalar(key)}: []"
            else:
                yield f"{pad}{_scalar(key)}: {_scalar(item)}"
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, (dict, list)):
                first, *rest = list(_lines(item, depth + 1))
                yield f"{pad}- {first.lstrip()}"
                yield from rest
            else:
                yield f"{pad}- {_scalar(item)}"
    else:
        yield pad + _scalar(value)
