"""Python's csv.DictReader with one line of JSON a record; prints what it measured as JSON."""

import csv
import json
import os
import resource
import sys
import time


def convert(path):
    """Gives the number of rows and of bytes written."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    rows = written = 0
    with open(path, encoding="utf-8", newline="") as source, open(os.devnull, "wb") as output:
        for record in csv.DictReader(source):
            rows += 1
            written += output.write((encode(record) + "\n").encode())
    return rows, written


def peak_bytes():
    """Linux counts a parent's memory in ru_maxrss of its child, but not in VmHWM."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


start_bytes = peak_bytes()
start = time.perf_counter()
rows, written = convert(sys.argv[1])
seconds = time.perf_counter() - start
print(
    json.dumps(
        {
            "rows": rows,
            "outputBytes": written,
            "seconds": seconds,
            "startBytes": start_bytes,
            "peakBytes": peak_bytes(),
        }
    )
)
