"""Images of an OCI layout: their configuration, and the tree that their layers give."""

import io
import json
import os
import tarfile

from judge.tree import Node, Tree

_KINDS = {
    tarfile.REGTYPE: "file",
    tarfile.DIRTYPE: "directory",
    tarfile.SYMTYPE: "symlink",
    tarfile.CHRTYPE: "c",
    tarfile.BLKTYPE: "b",
    tarfile.FIFOTYPE: "fifo",
}
# A directory that an image has no entry for. In a system it leaves one as it is that another image has there.
MADE_UP = Node("directory", 0o755, time=1492533000)
_OPAQUE = ".wh..wh..opq"


class Layout:
    def __init__(self, directory, architecture):
        self._directory = directory
        self._architecture = architecture
        with open(os.path.join(directory, "index.json"), encoding="utf-8") as index:
            manifests = json.load(index)["manifests"]
        self._images = {each["annotations"]["org.opencontainers.image.ref.name"]: each for each in manifests}

    def image(self, reference):
        """(config, tree) of the image for the architecture."""
        manifest = json.loads(self._blob(self._images[reference]))
        if "manifests" in manifest:
            matching = [each for each in manifest["manifests"] if each["platform"]["architecture"] == self._architecture]
            manifest = json.loads(self._blob(matching[0]))
        config = json.loads(self._blob(manifest["config"])).get("config", {})
        tree = Tree()
        for layer in manifest["layers"]:
            _apply_layer(tree, self._blob(layer))
        return config, tree

    def only_reference(self, prefix):
        """The full name of the one image whose name begins so."""
        [reference] = [each for each in self._images if each.startswith(prefix)]
        return reference

    def _blob(self, descriptor):
        with open(os.path.join(self._directory, "blobs", *descriptor["digest"].split(":")), "rb") as blob:
            return blob.read()


def _clean(path):
    return os.path.normpath(path).lstrip("/")


def _node(archive, member):
    content = None
    if member.isreg():
        content = archive.extractfile(member).read()
    elif member.issym():
        content = member.linkname
    elif member.isdev() and not member.isfifo():
        content = (member.devmajor, member.devminor)
    return Node(_KINDS[member.type], member.mode, member.uid, member.gid, int(member.mtime), content)


def _apply_whiteouts(tree, members):
    """What a layer hides of those below it."""
    for member in members:
        folder, name = os.path.split(_clean(member.name))
        if name == _OPAQUE:
            for path in tree.below(folder or "."):
                tree.pop(path, None)
        elif name.startswith(".wh."):
            tree.remove(os.path.join(folder, name.removeprefix(".wh.")))


def _apply_layer(tree, blob):
    with tarfile.open(fileobj=io.BytesIO(blob)) as archive:
        members = archive.getmembers()
        _apply_whiteouts(tree, members)
        for member in members:
            path = _clean(member.name)
            if os.path.basename(path).startswith(".wh."):
                continue
            node = tree[_clean(member.linkname)] if member.islnk() else _node(archive, member)
            tree.put(path, node, made_up=MADE_UP)


def tar_tree(content):
    """The tree of a plain tar."""
    tree = Tree()
    _apply_layer(tree, content)
    return tree
