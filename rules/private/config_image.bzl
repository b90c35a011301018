"""linuxkit_image from YAML files: their skeletons say which targets there are, an action reads the rest."""

load("//rules/private:attributes.bzl", "check_attributes")
load("//rules/private:checks.bzl", "as_target_name")
load("//rules/private:config.bzl", "linuxkit_config", "linuxkit_config_container", "linuxkit_config_files", "linuxkit_config_volume")
load("//rules/private:formats.bzl", "format_suffixes")
load("//rules/private:image.bzl", "assemble_image", "unique_name")
load("//rules/private:init.bzl", "linuxkit_config_init")
load("//rules/private:kernel.bzl", "linuxkit_config_kernel")
load("//rules/private:locked_image.bzl", "index_name")
load("//rules/private:profile.bzl", "profiles_problem")

visibility("//rules/...")

_CONTAINERS = ["onboot", "onshutdown", "services"]

# Attributes of linuxkit_image that no section's target has.
_OTHERS = ["profile", "qemu_args", "root_kernel", "secure_boot"]

# The targets of linuxkit_image that are no output formats.
_SUFFIXES = ["", "_kernel", "_initrd", "_cmdline", "_qemu"]

def _skeletons(lock, labels):
    """The skeletons of YAML files, and None or what is wrong with the lock file."""
    if lock.problem:
        return [], lock.problem
    found = []
    for label in labels:
        name = "//{}:{}".format(label.package, label.name)
        if name not in lock.configs:
            return found, ("{}: not in the lock file {}. Name it in MODULE.bazel, linuxkit.config(file = \"{}\") (WORKSPACE: " +
                           "linuxkit_lock(configs)), then run: {}").format(name, lock.name, name, lock.command)
        found.append(lock.configs[name])
    for skeleton in found:
        for image in _images(skeleton):
            problem = _image_problem(lock, image, skeleton["config"])
            if problem:
                return found, problem
    return found, None

def _images(skeleton):
    """All images that a YAML file names."""
    entries = [skeleton.get("kernel", {})]
    for section in _CONTAINERS + ["volumes"]:
        entries.extend(skeleton.get(section, []))
    return skeleton.get("init", []) + [entry["image"] for entry in entries if "image" in entry]

def _image_problem(lock, image, config):
    """None, or why there is no target for an `image` of a skeleton, and what to do."""
    found = "{}: image \"{}\": ".format(config, image["text"])
    if "reference" in image:
        if image["reference"] in lock.images:
            return None
        return found + "not in the lock file {}. Run: {}".format(lock.name, lock.command)
    package = image["package"] if "package" in image else _package_of(image["label"])
    if image.get("package") == ".":
        return found + "the workspace's root directory has no name that its target could have; expected a label such as \"//:image\"."
    if package not in lock.missing_packages:
        return None
    problem = found + ("found no BUILD file in the directory {}, where the lock file {} has it. If it has moved, write its new place into {}, " +
                       "then run: {}").format(package, lock.name, config, lock.command)
    if "package" in image:
        name = package.split("/")[-1]
        problem += ("\nIf it has not, give it a BUILD file with a target \"{}\" that builds it, such as " +
                    "linuxkit_package(name = \"{}\", build_yml = \"build.yml\", files = …).").format(name, name)
    return problem

def _package_of(label):
    """The package of a label in this repository, "//pkg:name"; None for another repository's."""
    return label.removeprefix("//").split(":")[0] if label.startswith("//") else None

def _linuxkit_unlocked_impl(ctx):
    fail(ctx.attr.problem)

_linuxkit_unlocked = rule(
    implementation = _linuxkit_unlocked_impl,
    doc = "Stands for a target of an image without a lock. Its package loads: the command that mends the lock may need a file of it.",
    attrs = {"problem": attr.string(mandatory = True)},
)

def _declare_unlocked(name, problem, skeletons, tags):
    suffixes = _SUFFIXES + ["_" + suffix for suffix in format_suffixes()]
    for section in _CONTAINERS + ["volumes"]:
        titles = {}
        for entry in _merged(skeletons, section):
            suffixes.append(".{}.{}".format(section, unique_name(entry["name"], titles)))
    for suffix in suffixes:
        # A build of all of them says it once.
        _linuxkit_unlocked(name = name + suffix, problem = problem, tags = tags + (["manual"] if suffix else []))

def _package_label(package):
    """The target that builds the LinuxKit package in a directory: it has the directory's name."""
    return native.package_relative_label("//{}:{}".format(package, package.split("/")[-1]))

def _image_label(lock, image):
    """The target that an `image` of a skeleton stands for."""
    if "label" in image:
        return native.package_relative_label(image["label"])
    return _package_label(image["package"]) if "package" in image else lock.images[image["reference"]]

def _kernel(skeletons):
    """The kernel section that the files give together: an image and microcode."""
    image, ucode = None, ""
    for skeleton in skeletons:
        kernel = skeleton.get("kernel", {})
        image = kernel.get("image", image)
        ucode = kernel.get("ucode", ucode)
    return image, ucode

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
    """The entries of a section of all files in their order."""
    return [entry for skeleton in skeletons for entry in skeleton.get(section, [])]

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
        title = unique_name(as_target_name(wanted), titles.setdefault(kind, {}))
        target = "{}.{}.{}".format(split, kind, title)
        rule(name = target, **(attributes | own))
        sections.setdefault(kind, []).append((":" + target, title))

    return struct(declare = declare, sections = sections)

def _declare_kernel(lock, skeletons, split, attributes):
    """Declares the kernel; its label, or None if the files name no image."""
    image, ucode = _kernel(skeletons)
    if not image:
        return None
    name = split + ".kernel"
    linuxkit_config_kernel(
        name = name,
        config = split,
        image = _image_label(lock, image),
        has_ucode = ucode not in ["", "none"],
        **attributes
    )
    return name

def _layout_label(lock, image):
    """The target with all platforms of an image."""
    label = _image_label(lock, image)
    return label.same_package_label(index_name(label.name)) if "reference" in image else label

def _declare_volumes(lock, skeletons, split, declare):
    for i, volume in enumerate(_merged(skeletons, "volumes")):
        image = volume.get("image")
        is_layout = image and volume.get("format") == "oci"
        declare(
            linuxkit_config_volume,
            "volumes",
            volume["name"],
            config = split,
            index = i,
            image = _image_label(lock, image) if image and not is_layout else None,
            layout = _layout_label(lock, image) if is_layout else None,
            platforms = volume.get("platforms", []),
            readonly = volume.get("readonly", False),
            volume_name = volume["name"],
        )

def _declare_containers(lock, skeletons, split, profiles, declare):
    for section in _CONTAINERS:
        for i, container in enumerate(_merged(skeletons, section)):
            declare(
                linuxkit_config_container,
                section,
                container["name"],
                config = split,
                section = section,
                index = i,
                container_name = container["name"],
                id_names = container.get("id_names", []),
                image = _image_label(lock, container["image"]),
                profile = profiles.get(container["name"]),
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

    Returns:
      string: why no target can be built and what to do, which all targets say that are built; None for nothing.
    """
    check_attributes("linuxkit_image", name, kwargs, ["config", "configs"] + _OTHERS + ["profiles"])
    if (config == None) == (configs == None):
        fail("linuxkit_image \"{}\": expected either config, one YAML file, or configs, a list of them to merge.".format(name))
    labels = [native.package_relative_label(label) for label in (configs or [config])]
    skeletons, problem = _skeletons(lock, labels)
    if problem:
        _declare_unlocked(name, problem, skeletons, kwargs.get("tags", []))
        return problem
    profiles = kwargs.get("profiles", {})
    containers = [entry["name"] for section in _CONTAINERS for entry in _merged(skeletons, section)]
    problem = profiles_problem("linuxkit_image", name, profiles, containers)
    if problem:
        fail(problem)
    attributes = {key: value for key, value in kwargs.items() if key not in _OTHERS + ["profiles", "tags"]}
    attributes |= {"tags": kwargs.get("tags", []) + ["manual"]}
    split = name + ".config"
    linuxkit_config(name = split, configs = labels, skeletons = json.encode({"configs": skeletons}), **attributes)
    parts = _declarer(split, attributes)
    kernel = _declare_kernel(lock, skeletons, split, attributes)
    for i, image in enumerate(_merged(skeletons, "init")):
        parts.declare(linuxkit_config_init, "init", str(i), image = _image_label(lock, image))
    _declare_volumes(lock, skeletons, split, parts.declare)
    _declare_containers(lock, skeletons, split, profiles, parts.declare)
    _declare_files(skeletons, split, parts.declare)
    others = {key: value for key, value in kwargs.items() if key != "profiles"}
    assemble_image(name, kernel = kernel, sections = parts.sections, **others)
    return None
