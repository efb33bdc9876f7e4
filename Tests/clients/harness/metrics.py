"""Reads Prometheus text 0.0.4 strictly enough to notice when it is malformed."""

import re

_SERIES = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)(?: -?\d+)?$')
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)')


class Metrics:
    """One scrape. `value` sums every series of a name whose labels contain the given ones; 0.0 when there is none."""

    def __init__(self, text):
        self.text = text
        self.series = []
        self.types = {}
        seen = set()
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                _, _, name, kind = line.split(" ", 3)
                assert name not in self.types, f"a second TYPE line for {name}"
                self.types[name] = kind
            if not line or line.startswith("#"):
                continue
            found = _SERIES.match(line)
            assert found, f"not a metric line: {line!r}"
            labels = self._labels(found.group(2) or "", line)
            key = (found.group(1), tuple(sorted(labels.items())))
            assert key not in seen, f"a series twice: {line!r}"
            seen.add(key)
            self.series.append((found.group(1), labels, float(found.group(3))))

    @staticmethod
    def _labels(text, line):
        labels, at = {}, 0
        while at < len(text):
            found = _LABEL.match(text, at)
            assert found, f"labels not understood: {line!r}"
            labels[found.group(1)] = found.group(2)
            at = found.end()
        return labels

    def matching(self, name, **labels):
        return [
            (have, value)
            for series, have, value in self.series
            if series == name and all(have.get(key) == str(want) for key, want in labels.items())
        ]

    def value(self, name, **labels):
        return sum(value for _, value in self.matching(name, **labels))

    def has(self, name, **labels):
        return bool(self.matching(name, **labels))

    def families(self):
        return set(self.types)
