"""The hub repository: what the lock file pins, as targets."""

load("//rules/private:pairs.bzl", "pair_flag")

visibility("//rules/...")

_VERSION = 1

_ROOT = """\
load("{rules}//rules:hub.bzl", "linuxkit_lock_tool")

package(default_visibility = ["//visibility:public"])

exports_files(["defs.bzl"])

linuxkit_lock_tool(
    name = "lock",
    args = {args},
)
"""

_DEFS = """\
\"\"\"The rules of rules_linuxkit, bound to the lock file.\"\"\"

load("{rules}//rules:hub.bzl", "locked_linuxkit_image")

_LOCK = struct(
    name = {name},
    command = {command},
    problem = {problem},
    configs = {configs},
    missing_packages = {missing_packages},
    images = {{reference: Label("//image:" + name) for reference, name in {images}.items()}},
)

def linuxkit_image(name, config = None, configs = None, **kwargs):
    \"\"\"A LinuxKit system from YAML files.

    Args:
      name: the target's name and the beginning of the outputs' names.
      config: label of the system's YAML file.
      configs: labels of several YAML files that are merged in order.
      **kwargs: attributes of linuxkit_image that are no sections, and `profiles`, a dict: the names of containers with a profile
        of their own.
    \"\"\"
    problem = locked_linuxkit_image(name, _LOCK, config, configs, kwargs)
    if problem:
        # For queries, and for targets of sections: without a lock nobody knows that they exist.
        # buildifier: disable=print
        print(problem)
"""

_IMAGES = """\
load("{rules}//rules:hub.bzl", "locked_images")
load("//:lock.bzl", "IMAGES")

locked_images(IMAGES, "//blob", relock = {relock})
"""

_BLOBS = """\
load("{rules}//rules:hub.bzl", "locked_blobs")
load("//:lock.bzl", "IMAGES")

locked_blobs(IMAGES)
"""

_RELOCK = "bazel run @{}//:lock"

def _problem(text, path, command):
    """What is wrong with the lock file's text, as a part of a message; None if nothing is."""
    for number, line in enumerate(text.split("\n")):
        if line.startswith("<<<<<<< ") or line.startswith(">>>>>>> "):
            return ":{}: found a merge conflict; expected one lock. Run: git checkout --theirs {} && {}".format(
                number + 1,
                path,
                command,
            )
    lock = json.decode(text, default = None)
    if type(lock) != "dict":
        return ": found no JSON object; expected a lock of version {}. Restore it from version control, or run: rm {} && {}".format(
            _VERSION,
            path,
            command,
        )
    if lock.get("version") != _VERSION:
        return (": found version {}; expected {}. Use the rules_linuxkit that wrote the file, or resolve every image anew: " +
                "rm {} && {}").format(lock.get("version"), _VERSION, path, command)
    return None

def _read_lock(rctx, command):
    """The lock file's content and None, or an empty one and what is wrong with the file.

    A problem is no error yet: the command that mends it lives in this repository.
    """
    empty = {"version": _VERSION, "platforms": [], "configs": [], "images": []}
    label = rctx.attr.lock
    path = rctx.path(label)
    if not path.exists:
        return empty, "{}: there is no such file. Run: {}".format(_name(label), command)
    text = rctx.read(path)
    problem = _problem(text, _path(label), command)
    if problem:
        return empty, _name(label) + problem
    return empty | json.decode(text), None

def _name(label):
    return "//{}:{}".format(label.package, label.name)

def _path(label):
    return label.package + "/" + label.name if label.package else label.name

def _packages(skeletons):
    """The directories of this workspace that images in YAML files mean, by "@pkg:" or by a label. Each once."""
    images = []
    for skeleton in skeletons:
        images.extend(skeleton.get("init", []))
        entries = [skeleton.get("kernel", {})]
        for section in ["onboot", "onshutdown", "services", "volumes"]:
            entries.extend(skeleton.get(section, []))
        images.extend([entry["image"] for entry in entries if "image" in entry])
    packages = [image["package"] for image in images if "package" in image]
    labels = [image["label"] for image in images if image.get("label", "").startswith("//")]
    packages += [label.removeprefix("//").split(":")[0] for label in labels]
    return sorted({package: None for package in packages if package not in ["", "."]})

def _missing_packages(rctx, skeletons):
    """Those directories that are no Bazel packages. A macro can say so before Bazel does, and say what to do."""
    missing = []
    for package in _packages(skeletons):
        directory = rctx.workspace_root.get_child(*package.split("/"))
        rctx.watch(directory)

        # The names alone: an edit of a BUILD file is no reason to read the lock file again.
        files = [file.basename for file in directory.readdir(watch = "yes")] if directory.is_dir else []
        if "BUILD.bazel" not in files and "BUILD" not in files:
            missing.append(package)
    return missing

def _linuxkit_hub_impl(rctx):
    rules = str(Label("//rules:hub.bzl")).split("//")[0]
    command = _RELOCK.format(rctx.attr.hub_name)
    lock, problem = _read_lock(rctx, command)
    images = lock["images"]
    pinned_for = " ".join(["--platform=" + platform for platform in lock["platforms"]])
    args = ["--lock_file=" + _path(rctx.attr.lock)]
    args += [pair_flag("config", _name(config), _path(config)) for config in rctx.attr.configs]
    args += ["--image=" + reference for reference in rctx.attr.images]
    args += ["--layout=" + layout for layout in rctx.attr.layouts]
    args += ["--platform=" + platform for platform in rctx.attr.platforms]
    rctx.file("BUILD.bazel", _ROOT.format(rules = rules, args = repr(args)))
    rctx.file("defs.bzl", _DEFS.format(
        rules = rules,
        name = repr(_name(rctx.attr.lock)),
        command = repr(command),
        problem = repr(problem),
        configs = repr({skeleton["config"]: skeleton for skeleton in lock["configs"]}),
        missing_packages = repr(_missing_packages(rctx, lock["configs"])),
        images = repr({image["reference"]: image["name"] for image in images}),
    ))
    rctx.file("lock.bzl", "\"\"\"What the lock file pins.\"\"\"\n\nIMAGES = {}\n".format(repr(images)))
    rctx.file("image/BUILD.bazel", _IMAGES.format(rules = rules, relock = repr("{} -- {}".format(command, pinned_for))))
    rctx.file("blob/BUILD.bazel", _BLOBS.format(rules = rules))

linuxkit_hub = repository_rule(
    implementation = _linuxkit_hub_impl,
    doc = "Reads the lock file. Never touches the network.",
    attrs = {
        "configs": attr.label_list(doc = "The YAML files of the workspace."),
        "hub_name": attr.string(doc = "The name that users know this repository by."),
        "images": attr.string_list(doc = "References to pin besides those of the YAML files."),
        "layouts": attr.string_list(doc = "REFERENCE=PLATFORM,… of those that volumes of format oci hold; no platform: all."),
        "lock": attr.label(mandatory = True, doc = "The lock file; may not exist yet."),
        "platforms": attr.string_list(doc = "OS/ARCHITECTURE to pin images for."),
    },
)
