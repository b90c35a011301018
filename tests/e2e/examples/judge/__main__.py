"""Compares systems with what the format says they are.

    python3 -m judge IMAGES OUTPUTS NAME=A.yml NAME=A.yml,B.yml...

IMAGES is the OCI layout that the systems were built from, OUTPUTS the directory of NAME-initrd.img, NAME-kernel and
NAME-cmdline. Prints a line for each difference; knows nothing of the code that built the systems.
"""

import dataclasses
import difflib
import json
import os
import re
import sys

from judge import yaml_subset
from judge.bundle import runtime_json
from judge.initrd import unpack
from judge.model import DIRECTORY, System, file
from judge.oci_layout import Layout
from judge.tree import differences

_CONTENT = re.compile(r"/(containers/images/[0-9a-f]{64})/rootfs")


class Images:
    """Images by full name, each read once."""

    def __init__(self, directory):
        self._layout = Layout(directory, "amd64")
        self._read = {}

    def image(self, reference):
        if reference not in self._read:
            self._read[reference] = self._layout.image(reference)
        return self._read[reference]

    def package(self, name):
        return self._layout.only_reference(f"docker.io/standin/{name}:")


def _read(*path):
    with open(os.path.join(*path), "rb") as found:
        return found.read()


def _content_directory(runtime):
    """Where a bundle's image lies, by its own runtime.json: under an overlay or behind a bind mount."""
    for mount in json.loads(runtime)["mounts"]:
        for option in mount.get("options", []):
            if option.startswith("lowerdir="):
                return option.removeprefix("lowerdir=")
        if mount.get("options") == ["bind"]:
            return mount["source"]
    raise ValueError("found no mount of the image's content")


def _as_the_kernel(tree):
    """Without what an initrd does not decide: symlinks have one mode; of a directory's times, the kernel keeps the first."""
    for path, node in tree.items():
        if node.kind == "symlink":
            tree[path] = dataclasses.replace(node, mode=0o777)
        if node.kind == "directory":
            tree[path] = dataclasses.replace(node, time=0)
    return tree


def _judge_container(bundle, container, found, contents):
    """Differences of a container; adds the directory of its image's content to `contents`."""
    texts = {name: found[f"{bundle}/{name}"].content.decode() for name in ("config.json", "runtime.json")}
    source = _content_directory(texts["runtime.json"])
    if not _CONTENT.fullmatch(source):
        yield f"{bundle}/runtime.json", source, f"a directory {_CONTENT.pattern}"
    expected = runtime_json(container.label, container.entry, "/" + bundle, container.readonly, source)
    for name, text in ("config.json", container.config), ("runtime.json", expected):
        yield from differences({f"{bundle}/{name}": found[f"{bundle}/{name}"]}, {f"{bundle}/{name}": file(text.encode())})
    root = found.subtree(source[1:])
    for path, is_found, is_expected in differences(root, _as_the_kernel(container.root)):
        yield f"{bundle}: /{path}", is_found, is_expected
    contents.add(source[1:])


def _judge_tree(system, found):
    contents = set()
    for bundle, container in system.containers.items():
        yield from _judge_container(bundle, container, found, contents)
    rest = type(found)(found)
    for bundle in system.containers:
        del rest[bundle + "/config.json"], rest[bundle + "/runtime.json"]
    for source in contents:
        rest.remove(source)
    expected = type(found)(system.tree)
    expected.update({os.path.dirname(source): DIRECTORY for source in contents})
    if contents:
        expected["containers/images"] = DIRECTORY
    _as_the_kernel(expected)
    yield from _judge_metadata(system, rest, expected)
    yield from differences(rest, expected)


def _judge_metadata(system, found, expected):
    for path, node in expected.items():
        if node.kind == "file" and node.content is None:
            written = yaml_subset.load(found[path].content.decode())
            if list(written.items()) != list(system.metadata().items()):
                yield path, written, system.metadata()
            expected[path] = dataclasses.replace(node, content=found[path].content)


def _judge(name, outputs, system):
    """(path, found, expected) of each difference."""
    initrd = _read(outputs, name + "-initrd.img")
    if system.microcode:
        if not initrd.startswith(system.microcode):
            yield "initrd", initrd[:100], "the microcode first"
        system.tree.update(unpack(system.microcode))
    yield from _judge_tree(system, _as_the_kernel(unpack(initrd)))
    for part, expected in ("kernel", system.kernel), ("cmdline", system.config["kernel"]["cmdline"].encode()):
        found = _read(outputs, f"{name}-{part}")
        if found != expected:
            yield part, found[:1000], expected[:1000]


def _lines(node):
    """A text file's lines; nothing for anything else."""
    content = getattr(node, "content", None)
    try:
        return content.decode().splitlines() if isinstance(content, bytes) else []
    except UnicodeDecodeError:
        return []


def _print_difference(name, path, found, expected):
    print(f"{name}: {path}\n  found    {found}\n  expected {expected}")
    if _lines(found) and _lines(expected):
        for line in list(difflib.unified_diff(_lines(found), _lines(expected), lineterm="", n=2))[2:]:
            print("  " + line)


def _judge_named(name, paths, images, outputs):
    """How many differences a system has; prints them."""
    count = 0
    try:
        system = System([yaml_subset.load(_read(path).decode()) for path in paths], images, os.path.dirname(paths[0]))
        for difference in _judge(name, outputs, system):
            count += 1
            _print_difference(name, *difference)
    except (KeyError, OSError, ValueError) as error:
        count += 1
        print(f"{name}: {type(error).__name__}: {error}")
    return count


def main(images, outputs, arguments):
    images = Images(images)
    count = 0
    for argument in arguments:
        name, _, paths = argument.partition("=")
        count += _judge_named(name, paths.split(","), images, outputs)
    print(f"{len(arguments)} systems, {count} differences")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
