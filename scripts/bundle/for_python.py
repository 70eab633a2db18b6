"""Prints the lines of a locked requirements file that another release of Python needs, hashes kept, conditions resolved.

    python for_python.py REQUIREMENTS 3.12.4
"""

import re
import sys

from pip._vendor.packaging.markers import Marker


def main(file, release):
    version = ".".join(release.split(".")[:2])
    target = {"python_version": version, "python_full_version": release, "implementation_version": release}
    with open(file, encoding="utf8") as lines:
        entries = re.split(r"\n(?=[A-Za-z0-9])", "\n" + re.sub(r"^ *#.*\n", "", lines.read(), flags=re.M))
    for entry in entries[1:]:
        requirement, _, rest = entry.partition("\\\n")
        pin, _, marker = requirement.partition(";")
        if not marker or Marker(marker.strip()).evaluate(target):
            print(f"{pin.strip()} \\\n{rest.rstrip()}")


main(*sys.argv[1:3])
