"""linuxkit_image from YAML files: their skeletons say which targets there are, an action reads the rest."""

load("//rules/private:config.bzl", "linuxkit_config", "linuxkit_config_container", "linuxkit_config_files", "linuxkit_config_volume")
load("//rules/private:image.bzl", "assemble_image", "unique_name")
load("//rules/private:init.bzl", "linuxkit_config_init")
load("//rules/private:kernel.bzl", "linuxkit_config_kernel")
load("//rules/private:locked_image.bzl", "index_name")

visibility("//rules/...")

_CONTAINERS = ["onboot", "onshutdown", "services"]

# Of the targets of linuxkit_image those that people name.
_SUFFIXES = ["", "_kernel", "_initrd", "_cmdline", "_qemu"]

def _skeletons(lock, labels):
    """The skeletons of YAML files, and None or what is wrong with the lock file."""
    if lock.problem:
        return [], lock.problem
    found = []
    for label in labels:
        name = "//{}:{}".format(label.package, label.name)
        if name not in lock.configs:
            return [], ("{}: not in the lock file {}. Name it in MODULE.bazel, linuxkit.config(file = \"{}\") (WORKSPACE: " +
                        "linuxkit_lock(configs)), then run: {}").format(name, lock.name, name, lock.command)
        found.append(lock.configs[name])
    return found, None

def _linuxkit_unlocked_impl(ctx):
    fail(ctx.attr.problem)

_linuxkit_unlocked = rule(
    implementation = _linuxkit_unlocked_impl,
    doc = "Stands for an image without a lock. Its package loads: the command that mends the lock may need a file of it.",
    attrs = {"problem": attr.string(mandatory = True)},
)

def _declare_unlocked(name, problem, tags):
    for suffix in _SUFFIXES:
        _linuxkit_unlocked(name = name + suffix, problem = problem, tags = tags + (["manual"] if suffix else []))

def _package_label(lock, image, config):
    """The target that builds the LinuxKit package in a directory: it has the directory's name."""
    package = image["package"]
    found = "{}: image \"{}\": ".format(config, image["text"])
    if package == ".":
        fail(found + "the workspace's root directory has no name that its target could have; expected a label such as \"//:image\".")
    name = package.split("/")[-1]
    if package in lock.no_build_files:
        fail(found + ("found no BUILD file in the directory {}; expected one with a target \"{}\" that builds the package, such as " +
                      "linuxkit_package(name = \"{}\", build_yml = \"build.yml\", files = …).").format(package, name, name))
    return native.package_relative_label("//{}:{}".format(package, name))

def _image_label(lock, image, config):
    """The target that an `image` of a skeleton stands for."""
    if "label" in image:
        return native.package_relative_label(image["label"])
    if "package" in image:
        return _package_label(lock, image, config)
    if image["reference"] not in lock.images:
        fail("{}: image \"{}\" is not in the lock file {}. Run: {}".format(config, image["text"], lock.name, lock.command))
    return lock.images[image["reference"]]

def _kernel(skeletons):
    """The kernel section that the files give together: an image and microcode."""
    image, ucode, config = None, "", None
    for skeleton in skeletons:
        kernel = skeleton.get("kernel", {})
        if "image" in kernel:
            image, config = kernel["image"], skeleton["config"]
        ucode = kernel.get("ucode", ucode)
    return image, ucode, config

def _sources(skeletons):
    """Labels of the files that `source` names, each with its text; optional ones only if they are there."""
    found = {}
    for skeleton in skeletons:
        for source in skeleton.get("files", {}).get("sources", []):
            if "label" not in source:
                continue
            label = native.package_relative_label(source["label"])
            here = label.package == native.package_name()
            if source.get("optional") and here and not native.glob([label.name], allow_empty = True):
                continue
            found[label] = source["label"]
    return found

def _merged(skeletons, section):
    """(entry, config) of a section of all files in their order."""
    return [(entry, skeleton["config"]) for skeleton in skeletons for entry in skeleton.get(section, [])]

def _declarer(split, attributes):
    """What declares the targets of sections.

    Args:
      split: name of the linuxkit_config target, which the others' names begin with.
      attributes: dict of the attributes common to all of them.

    Returns:
      struct: `declare(rule, kind, title, **attributes)`, and `sections` as assemble_image takes it.
    """
    sections = {}
    titles = {}

    def declare(rule, kind, wanted, **own):
        title = unique_name(wanted, titles.setdefault(kind, {}))
        target = "{}.{}.{}".format(split, kind, title)
        rule(name = target, **(attributes | own))
        sections.setdefault(kind, []).append((":" + target, title))

    return struct(declare = declare, sections = sections)

def _declare_kernel(lock, skeletons, split, attributes):
    """Declares the kernel; its label, or None if the files name no image."""
    image, ucode, config = _kernel(skeletons)
    if not image:
        return None
    name = split + ".kernel"
    linuxkit_config_kernel(
        name = name,
        config = split,
        image = _image_label(lock, image, config),
        has_ucode = ucode not in ["", "none"],
        **attributes
    )
    return name

def _layout_label(lock, image, config):
    """The target with all platforms of an image."""
    label = _image_label(lock, image, config)
    return label.same_package_label(index_name(label.name)) if "reference" in image else label

def _declare_volumes(lock, skeletons, split, declare):
    for i, (volume, source) in enumerate(_merged(skeletons, "volumes")):
        image = volume.get("image")
        is_layout = image and volume.get("format") == "oci"
        declare(
            linuxkit_config_volume,
            "volumes",
            volume["name"],
            config = split,
            index = i,
            image = _image_label(lock, image, source) if image and not is_layout else None,
            layout = _layout_label(lock, image, source) if is_layout else None,
            platforms = volume.get("platforms", []),
            readonly = volume.get("readonly", False),
            volume_name = volume["name"],
        )

def _declare_containers(lock, skeletons, split, declare):
    for section in _CONTAINERS:
        for i, (container, source) in enumerate(_merged(skeletons, section)):
            declare(
                linuxkit_config_container,
                section,
                container["name"],
                config = split,
                section = section,
                index = i,
                container_name = container["name"],
                id_names = container.get("id_names", []),
                image = _image_label(lock, container["image"], source),
            )

def _declare_files(skeletons, split, declare):
    parts = [skeleton["files"] for skeleton in skeletons if "files" in skeleton]
    if not parts:
        return
    declare(
        linuxkit_config_files,
        "files",
        "all",
        config = split,
        id_names = sorted({id: None for part in parts for id in part.get("id_names", [])}),
        sources = _sources(skeletons),
    )

def locked_linuxkit_image(name, lock, config, configs, kwargs):
    """Declares the targets of linuxkit_image for YAML files.

    Args:
      name: the image's name.
      lock: what the hub knows of the lock file.
      config: label of the YAML file or None.
      configs: list of labels or None.
      kwargs: attributes of linuxkit_image that are no sections.
    """
    if (config == None) == (configs == None):
        fail("linuxkit_image \"{}\": expected either config, one YAML file, or configs, a list of them to merge.".format(name))
    labels = [native.package_relative_label(label) for label in (configs or [config])]
    skeletons, problem = _skeletons(lock, labels)
    if problem:
        _declare_unlocked(name, problem, kwargs.get("tags", []))
        return
    attributes = {key: value for key, value in kwargs.items() if key not in ["qemu_args", "root_kernel", "secure_boot", "tags"]}
    attributes |= {"tags": kwargs.get("tags", []) + ["manual"]}
    split = name + ".config"
    linuxkit_config(name = split, configs = labels, skeletons = json.encode({"configs": skeletons}), **attributes)
    parts = _declarer(split, attributes)
    kernel = _declare_kernel(lock, skeletons, split, attributes)
    for i, (image, source) in enumerate(_merged(skeletons, "init")):
        parts.declare(linuxkit_config_init, "init", str(i), image = _image_label(lock, image, source))
    _declare_volumes(lock, skeletons, split, parts.declare)
    _declare_containers(lock, skeletons, split, parts.declare)
    _declare_files(skeletons, split, parts.declare)
    assemble_image(name, kernel = kernel, sections = parts.sections, **kwargs)
