"""The hub repository: what the lock file pins, as targets."""

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
    no_build_files = {no_build_files},
    images = {{reference: Label("//image:" + name) for reference, name in {images}.items()}},
)

def linuxkit_image(name, config = None, configs = None, **kwargs):
    \"\"\"A LinuxKit system from YAML files.

    Args:
      name: the target's name and the beginning of the outputs' names.
      config: label of the system's YAML file.
      configs: labels of several YAML files that are merged in order.
      **kwargs: attributes of linuxkit_image that are no sections.
    \"\"\"
    locked_linuxkit_image(name, _LOCK, config, configs, kwargs)
"""

_IMAGES = """\
load("{rules}//rules:hub.bzl", "locked_images")
load("//:lock.bzl", "IMAGES")

locked_images(IMAGES, "//blob")
"""

_BLOBS = """\
load("{rules}//rules:hub.bzl", "locked_blobs")
load("//:lock.bzl", "IMAGES")

locked_blobs(IMAGES)
"""

_RELOCK = "bazel run @{}//:lock"

def _read_lock(rctx, command):
    """The lock file's content; that of an empty one if there is none yet."""
    path = rctx.path(rctx.attr.lock)
    if not path.exists:
        return {"version": _VERSION, "platforms": [], "configs": [], "images": []}
    text = rctx.read(path)
    for number, line in enumerate(text.split("\n")):
        if line.startswith("<<<<<<< ") or line.startswith(">>>>>>> "):
            # Not an error yet: the command that mends it lives in this repository.
            return {"problem": "{}:{}: found a merge conflict; expected one lock. Run: git checkout --theirs {} && {}".format(
                _name(rctx.attr.lock),
                number + 1,
                rctx.attr.lock.name,
                command,
            )}
    lock = json.decode(text)
    if type(lock) != "dict" or lock.get("version") != _VERSION:
        fail("{}: found {}; expected a lock of version {}. Use the rules_linuxkit that wrote it, or remove the file and run: {}".format(
            _name(rctx.attr.lock),
            "version {}".format(lock.get("version")) if type(lock) == "dict" else "no lock",
            _VERSION,
            command,
        ))
    return lock

def _name(label):
    return "//{}:{}".format(label.package, label.name)

def _path(label):
    return label.package + "/" + label.name if label.package else label.name

def _packages(skeletons):
    """The directories that "@pkg:" means in YAML files, each once."""
    images = []
    for skeleton in skeletons:
        images.extend(skeleton.get("init", []))
        entries = [skeleton.get("kernel", {})]
        for section in ["onboot", "onshutdown", "services", "volumes"]:
            entries.extend(skeleton.get(section, []))
        images.extend([entry["image"] for entry in entries if "image" in entry])
    return sorted({image["package"]: None for image in images if "package" in image})

def _without_build_file(rctx, skeletons):
    """Those of the LinuxKit packages that are no Bazel packages. A macro can say so before Bazel does, and say what to do."""
    missing = []
    for package in _packages(skeletons):
        files = [rctx.workspace_root.get_child(*(package.split("/") + [name])) for name in ["BUILD.bazel", "BUILD"]]
        for file in files:
            rctx.watch(file)
        if not [file for file in files if file.exists]:
            missing.append(package)
    return missing

def _linuxkit_hub_impl(rctx):
    rules = str(Label("//rules:hub.bzl")).split("//")[0]
    command = _RELOCK.format(rctx.attr.hub_name)
    lock = _read_lock(rctx, command)
    images = lock.get("images", [])
    args = ["--lock_file=" + _path(rctx.attr.lock)]
    args += ["--config={}={}".format(_name(config), _path(config)) for config in rctx.attr.configs]
    args += ["--image=" + reference for reference in rctx.attr.images]
    args += ["--layout=" + layout for layout in rctx.attr.layouts]
    args += ["--platform=" + platform for platform in rctx.attr.platforms]
    rctx.file("BUILD.bazel", _ROOT.format(rules = rules, args = repr(args)))
    rctx.file("defs.bzl", _DEFS.format(
        rules = rules,
        name = repr(_name(rctx.attr.lock)),
        command = repr(command),
        problem = repr(lock.get("problem")),
        configs = repr({skeleton["config"]: skeleton for skeleton in lock.get("configs", [])}),
        no_build_files = repr(_without_build_file(rctx, lock.get("configs", []))),
        images = repr({image["reference"]: image["name"] for image in images}),
    ))
    rctx.file("lock.bzl", "\"\"\"What the lock file pins.\"\"\"\n\nIMAGES = {}\n".format(repr(images)))
    rctx.file("image/BUILD.bazel", _IMAGES.format(rules = rules))
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
