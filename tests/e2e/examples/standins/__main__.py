"""Makes the stand-in for each image that a system names.

    python3 -m standins images systems/*.yml
"""

import re
import sys

from standins.images import image
from standins.layout import Layout

_REFERENCE = re.compile(r"\bstandin/([^:\s]+):(\S+)")


def main(directory, systems):
    references = set()
    for path in systems:
        with open(path, encoding="utf-8") as system:
            references.update(_REFERENCE.findall(system.read()))
    layout = Layout(directory)
    for name, tag in sorted(references):
        # A kernel is for one machine, as its modules are.
        architectures = ["amd64"] if name == "kernel" else ["arm64", "amd64"]
        variants = [(architecture, *image(name, tag, architecture)) for architecture in architectures]
        layout.add_image(f"docker.io/standin/{name}:{tag}", variants)
    layout.finish()
    print(f"made {len(references)} images")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
