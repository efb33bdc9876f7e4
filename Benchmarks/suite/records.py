"""Records of runs: files of JSON."""

import datetime
import json
import os

from suite.options import HERE


def save(record, path):
    """Writes a record, to a dated file when no path is given; where it is."""
    if not path:
        folder = os.path.join(HERE, ".build/records")
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, datetime.datetime.now().strftime("%Y%m%d-%H%M%S.json"))
    with open(path, "w") as file:
        json.dump(record, file, indent=1)
    return path


def load(paths):
    """Records as one: the cases of all (of the same case the last one counts), the rest as the first has it, the versions of all."""
    merged = None
    for path in paths:
        with open(path) as file:
            record = json.load(file)
        if merged is None:
            merged = record
            continue
        merged["cases"] |= record["cases"]
        merged["machine"]["peers"] |= record["machine"]["peers"]
    return merged
