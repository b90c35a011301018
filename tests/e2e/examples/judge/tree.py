"""What a directory tree is made of, and how two are compared."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Node:
    """A file of any kind. `content` is bytes, the target of a symlink, or (major, minor) of a device."""

    kind: str  # "file", "directory", "symlink", "c", "b" or "fifo"
    mode: int = 0
    uid: int = 0
    gid: int = 0
    time: int = 0
    content: object = None

    def __str__(self):
        text = f"{self.kind} {self.mode:04o} {self.uid}:{self.gid} {self.time}"
        if isinstance(self.content, bytes):
            return f"{text} {len(self.content)} bytes {self.content[:100]!r}"
        return text if self.content is None else f"{text} {self.content}"


def parents(path):
    """a/b/c: a and a/b."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[: i + 1]) for i in range(len(parts))]


class Tree(dict):
    """Nodes by path; the root is `.`."""

    def below(self, path):
        """Paths under a directory, not itself."""
        return [other for other in self if path == "." and other != "." or other.startswith(path + "/")]

    def remove(self, path):
        for other in self.below(path):
            del self[other]
        self.pop(path, None)

    def put(self, path, node, made_up=None):
        """As unpacking an archive into a file system does. `made_up` is what becomes a directory that nothing brought."""
        for parent in parents(path):
            if parent not in self or self[parent].kind != "directory":
                if made_up is None:
                    raise ValueError(f"{path}: found no directory {parent}")
                self.remove(parent)
                self[parent] = made_up
        if node.kind != "directory" or path in self and self[path].kind != "directory":
            self.remove(path)
        self[path] = node

    def subtree(self, path):
        """What lies in a directory, by relative path, itself as `.`."""
        found = Tree({other[len(path) + 1 :]: self[other] for other in self.below(path)})
        found["."] = self[path]
        return found


def differences(found, expected):
    """One (path, found, expected) for each path that is not as expected."""
    for path in sorted(found.keys() | expected.keys()):
        if found.get(path) != expected.get(path):
            yield path, found.get(path, "nothing"), expected.get(path, "nothing")
