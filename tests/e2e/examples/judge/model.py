"""What the format says a system is: sections 1.5 to 1.8, 2, 4 and 5.

    system = System([yaml], images, sources)
    system.tree         all but the content of containers' images
    system.containers   what each bundle is to be

Differences from LinuxKit that docs/architecture.md and docs/yaml.md name are those of rules_linuxkit: whiteouts as OCI has them,
files of the machine that builds are left out.
"""

import dataclasses
import os

from judge import yaml_subset
from judge.bundle import config_json
from judge.oci_layout import MADE_UP, tar_tree
from judge.tree import Node, Tree, parents

_TIME = 1492533000
DIRECTORY = Node("directory", 0o755, time=_TIME)
SECTIONS = ["onboot", "onshutdown", "services"]
_LABEL = "org.mobyproject.config"
_RESOLVER = "/run/resolvconf/resolv.conf"
_APK = "lib/apk/db/installed"
_DROPPED = [".dockerenv", "Dockerfile", "dev/console", "dev/pts", "dev/shm", "etc/hostname"]
_HOSTS = (
    b"127.0.0.1       localhost\n::1     localhost ip6-localhost ip6-loopback\nfe00::0 ip6-localnet\n"
    b"ff00::0 ip6-mcastprefix\nff02::1 ip6-allnodes\nff02::2 ip6-allrouters\n"
)
_RESOLV = b"\n# no resolv.conf configured\n"


def file(content, mode=0o644, uid=0, gid=0, time=_TIME):
    return Node("file", mode, uid, gid, time, content)


def _symlink(target, mode):
    return Node("symlink", mode, time=_TIME, content=target)


def expand(reference):
    """1.5: the full name of an image."""
    first, *rest = reference.split("/")
    if not rest:
        return "docker.io/library/" + reference
    if len(rest) == 1 and not (set(first) & set(".:") or first == "localhost"):
        return "docker.io/" + reference
    return reference


def filtered(image, resolver=None):
    """2.3: the tree of an image in a system."""
    tree = Tree(image)
    for path in _DROPPED + ["etc/hosts", "etc/resolv.conf"]:
        tree.pop(path, None)
    if "etc/mtab" in tree:
        tree["etc/mtab"] = dataclasses.replace(tree["etc/mtab"], time=_TIME)
    for path in ["dev", "dev/pts", "dev/shm", "etc"]:
        tree.put(path, DIRECTORY)
    tree.put("etc/hosts", file(_HOSTS))
    if "etc/mtab" not in tree:
        tree.put("etc/mtab", _symlink("/proc/mounts", 0o755))
    tree.put("etc/resolv.conf", _symlink(resolver, 0o644) if resolver else file(_RESOLV))
    for path in ["proc", "sys"]:
        tree.put(path, DIRECTORY)
    return tree


def merge(configs):
    """1.7: one system of several files."""
    merged = {"kernel": {}}
    for config in configs:
        for key, value in config.get("kernel", {}).items():
            if value or key in ("tar", "ucode"):
                merged["kernel"][key] = value
        for section in ["init", "files", "volumes"] + SECTIONS:
            merged.setdefault(section, []).extend(config.get(section, []))
    return merged


@dataclasses.dataclass
class Container:
    entry: dict
    label: dict
    config: str  # the text of config.json
    readonly: bool
    root: Tree


class System:
    def __init__(self, configs, images, sources):
        """`configs` are parsed; `images` gives (config, tree) of a full name; `sources` is the directory of files' sources."""
        self._images, self._sources = images, sources
        self.config = merge(configs)
        self.tree = Tree({".": DIRECTORY})
        self.containers = {}
        self.kernel = self.microcode = None
        self._ids = {}
        self._add_kernel()
        self._add_init()
        for volume in self.config["volumes"]:
            self._add_volume(volume)
        self._add_containers()
        self._add_files()

    def _image(self, reference):
        # A package of LinuxKit's is published under its directory's name, and so are the stand-ins.
        return self._images.image(self.reference(reference))

    def reference(self, image):
        package = image.removeprefix("@pkg:")
        return expand(image) if package == image else self._images.package(os.path.basename(package))

    def _add_all(self, tree, prefix=""):
        for path, node in tree.items():
            path = os.path.normpath(os.path.join(prefix, path))
            if node is not MADE_UP or path not in self.tree:
                self.tree.put(path, node, made_up=MADE_UP)

    def _add_kernel(self):
        section = self.config["kernel"]
        if not section.get("image"):
            return
        _, image = self._image(section["image"])
        self.kernel = image[section.get("binary", "kernel")].content
        self.tree.put("boot", DIRECTORY)
        if section.get("ucode"):
            self.microcode = image[section["ucode"]].content
        if section.get("tar", "kernel.tar") not in ("", "none"):
            self._add_all(tar_tree(image[section.get("tar", "kernel.tar")].content))

    def _add_init(self):
        databases = []
        for reference in self.config["init"]:
            tree = filtered(self._image(reference)[1], _RESOLVER)
            if _APK in tree:
                databases.append(tree[_APK].content + b"\n\n")
            self._add_all(tree)
        if len(databases) > 1:
            self.tree.put(_APK, file(b"".join(databases), time=0))

    def _add_directory(self, path):
        for each in parents(path) + [path]:
            self.tree.put(each, DIRECTORY)

    def _add_volume(self, volume):
        folder = f"containers/volumes/{volume['name']}"
        for name in ["lower", "tmp", "merged"]:
            self._add_directory(f"{folder}/{name}")
        if "image" in volume:
            self._add_all(filtered(self._image(volume["image"])[1], _RESOLVER), folder + "/lower")

    def _add_containers(self):
        entries = [(section, i, entry) for section in SECTIONS for i, entry in enumerate(self.config[section])]
        self._ids = {entry["name"]: 100 + i for i, (_, _, entry) in enumerate(entries)}
        for section, i, entry in entries:
            name = entry["name"] if section == "services" else f"{i:03}-{entry['name']}"
            self._add_container(f"containers/{section}/{name}", entry)

    def _volume_path(self, bind):
        source, colon, rest = bind.partition(":")
        if source.startswith("/"):
            return bind
        if source not in [volume["name"] for volume in self.config["volumes"]]:
            raise ValueError(f"volume {source} not found")
        return f"/containers/volumes/{source}/merged{colon}{rest}"

    def _add_container(self, bundle, entry):
        entry = entry | {key: [self._volume_path(bind) for bind in entry[key]] for key in ("binds", "binds.add") if key in entry}
        config, image = self._image(entry["image"])
        label = config.get("Labels", {}).get(_LABEL)
        label = yaml_subset.load_any(label) if label else {}
        text = config_json(config, label, entry, self._ids)
        readonly = entry.get("readonly", label.get("readonly", False))
        self.containers[bundle] = Container(entry, label, text, readonly, Tree({".": MADE_UP} | filtered(image)))
        self._add_directory(bundle + "/rootfs")
        if not readonly:
            self._add_directory(bundle + "/tmp")

    def _add_files(self):
        written = set()
        for entry in self.config["files"]:
            if self._is_left_out(entry):
                continue
            path = entry["path"].removeprefix("/")
            mode = int(entry.get("mode", "0700" if entry.get("directory") else "0600"), 8)
            owner = {"uid": entry.get("uid", 0), "gid": entry.get("gid", 0), "time": _TIME}
            for parent in parents(path):
                if parent not in written:
                    # Who may do anything with the file may pass the directory.
                    passing = sum(0o1 << bits for bits in (0, 3, 6) if mode >> bits & 0o7)
                    self.tree.put(parent, Node("directory", mode | passing, **owner))
            written.update(parents(path) + [path])
            self.tree.put(path, self._file(entry, mode, owner))

    @staticmethod
    def _is_left_out(entry):
        return entry.get("optional", False) and entry.get("source", "").startswith(("/", "~"))

    def _file(self, entry, mode, owner):
        if entry.get("directory"):
            return Node("directory", mode, **owner)
        if "symlink" in entry:
            return Node("symlink", mode, content=entry["symlink"], **owner)
        if "source" in entry:
            with open(os.path.join(self._sources, entry["source"]), "rb") as source:
                return file(source.read(), mode, **owner)
        if "metadata" in entry:
            return file(None, mode, **owner)  # self.metadata() says what it must hold.
        return file(entry["contents"].encode(), mode, **owner)

    def metadata(self):
        """Section 4: what a file with metadata holds, parsed."""
        written = lambda image: image if image.startswith("@") else expand(image)
        with_reference = lambda entry: entry | {"image": written(entry["image"])}
        sections = {"kernel": with_reference(self.config["kernel"]), "init": [written(image) for image in self.config["init"]]}
        sections |= {section: [with_reference(entry) for entry in self.config[section]] for section in SECTIONS}
        sections["files"] = [{"directory": False, "optional": False} | entry for entry in self.config["files"]]
        return sections | {"volumes": self.config["volumes"]}
