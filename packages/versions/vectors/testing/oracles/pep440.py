import sys
from packaging.version import InvalidVersion, Version


def parse(text):
    try:
        return Version(text)
    except InvalidVersion:
        return None


sys.stdin.reconfigure(encoding="utf-8", newline="\n")
for line in sys.stdin:
    a, b = (parse(side[1:]) for side in line.rstrip("\n").split("\t"))
    print("?" if a is None or b is None else "<" if a < b else ">" if a > b else "=")
