"""Images and blobs that a lock file pins; the targets of the hub repository."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")
load("//rules/private:actions.bzl", "run_tool", "tool_args", "tool_attr")
load("//rules/private:platform.bzl", "PLATFORM_ATTRS", "oci_architecture")
load("//rules/private:registries.bzl", "REGISTRIES_ATTRS", "registries_files")
load("//rules/private/providers:oci_image_info.bzl", "OciImageInfo")
load("//rules/private/providers:oci_index_info.bzl", "OciIndexInfo")

visibility("//rules/...")

def _linuxkit_blob_impl(ctx):
    blob = ctx.actions.declare_file(ctx.label.name)
    args = tool_args(ctx)
    args.add_all(ctx.attr.repositories, format_each = "--repository=%s")
    args.add(ctx.attr.digest, format = "--digest=%s")
    args.add(ctx.attr.byte_size, format = "--size=%s")
    inputs = registries_files(ctx)
    args.add_all(inputs, format_each = "--registries=%s")
    args.add(blob, format = "--output=%s")
    requirements = {"requires-network": ""}
    if not ctx.attr._remote_fetch[BuildSettingInfo].value:
        # The credentials are on this machine. The blob still goes to the remote cache.
        requirements["no-remote-exec"] = ""
    run_tool(
        ctx,
        ctx.executable._fetch_blob,
        args,
        inputs = inputs,
        outputs = [blob],
        mnemonic = "LinuxkitFetch",
        progress_message = "Fetching %s of %s" % (ctx.attr.digest[:19], ctx.attr.repositories[0]),
        execution_requirements = requirements,
    )
    return [DefaultInfo(files = depset([blob]))]

linuxkit_blob = rule(
    implementation = _linuxkit_blob_impl,
    doc = "A blob of a registry. One target for each digest, whichever images share it.",
    attrs = REGISTRIES_ATTRS | {
        # Not `size`: Bazel takes that for the size of a test and fails.
        "byte_size": attr.string(mandatory = True, doc = "Verified. A string, for it may exceed what attr.int holds."),
        "digest": attr.string(mandatory = True, doc = "sha256:HEX; verified."),
        "repositories": attr.string_list(mandatory = True, doc = "Where to look, in order: HOST/REPOSITORY."),
        "_fetch_blob": tool_attr("//tools/registry:fetch_blob"),
        "_remote_fetch": attr.label(default = "//rules/settings:remote_fetch"),
    },
)

def _linuxkit_locked_image_impl(ctx):
    if not ctx.attr.manifest:
        architecture = oci_architecture(ctx, ctx.attr)
        fail("{}: found no image for linux/{} in the lock file; expected one, for that is what is built. Run: {} --platform=linux/{}".format(
            ctx.attr.reference,
            architecture,
            ctx.attr.relock,
            architecture,
        ))
    manifest = ctx.actions.declare_file(ctx.label.name + ".manifest.json")
    ctx.actions.write(manifest, ctx.attr.manifest)
    config = ctx.actions.declare_file(ctx.label.name + ".config.json")
    ctx.actions.write(config, ctx.attr.config)
    return [
        DefaultInfo(files = depset([manifest, config] + ctx.files.layers)),
        OciImageInfo(
            manifest = manifest,
            config = config,
            layers = ctx.files.layers,
            layout = None,
            reference = "",
            image_config = None,
            image_layers = None,
        ),
    ]

linuxkit_locked_image = rule(
    implementation = _linuxkit_locked_image_impl,
    doc = "An image of a registry as the lock file pins it. Nothing is fetched before something is made of its layers.",
    attrs = PLATFORM_ATTRS | {
        "config": attr.string(doc = "The image configuration, byte for byte."),
        "layers": attr.label_list(doc = "The layers' blobs, bottom first."),
        "manifest": attr.string(doc = "The image manifest, byte for byte."),
        "reference": attr.string(mandatory = True),
        "relock": attr.string(mandatory = True, doc = "The command that pins for the platforms that are pinned already."),
    },
    provides = [OciImageInfo],
)

def _linuxkit_locked_index_impl(ctx):
    if not ctx.attr.index:
        fail(("{}: found no index of this image in the lock file; expected one for a volume with format oci. Run: {}; an image that no " +
              "YAML file names needs linuxkit.image(reference = \"…\", format = \"oci\") in MODULE.bazel.").format(
            ctx.attr.reference,
            ctx.attr.relock,
        ))

    def write(name, text):
        file = ctx.actions.declare_file("{}/{}".format(ctx.label.name, name))
        ctx.actions.write(file, text)
        return file

    layers = {file.basename: file for file in ctx.files.layers}
    images = []
    for image in json.decode(ctx.attr.images):
        blobs = {layer["digest"]: layers[_blob_name(layer)] for layer in image["layers"]}
        for document in ["config", "manifest"]:
            digest = image[document]["digest"]
            blobs[digest] = write("{}.{}.json".format(_blob_name(image["manifest"]), document), image[document + "_json"])
        images.append(struct(platform = image["platform"], blobs = blobs))
    index = write("index.json", ctx.attr.index)
    return [
        DefaultInfo(files = depset([index])),
        OciIndexInfo(reference = ctx.attr.reference, index = index, images = images),
    ]

linuxkit_locked_index = rule(
    implementation = _linuxkit_locked_index_impl,
    doc = "An image of a registry with all platforms that volumes of format oci need. Nothing is fetched before such a volume is built.",
    attrs = {
        "images": attr.string(doc = "JSON: `images` of the lock file's index."),
        "index": attr.string(doc = "The image index, byte for byte."),
        "layers": attr.label_list(doc = "The layers of all images, each once."),
        "reference": attr.string(mandatory = True),
        "relock": attr.string(mandatory = True, doc = "The command that writes the lock file."),
    },
    provides = [OciIndexInfo],
)

def index_name(name):
    """The target beside the image `name` that has all its platforms.

    Args:
      name: of a target in @linuxkit//image.

    Returns:
      string.
    """
    return name + ".index"

# Processors by OCI architecture; what `select` asks for.
_CPUS = {
    "amd64": "x86_64",
    "arm64": "aarch64",
    "riscv64": "riscv64",
    "s390x": "s390x",
}

def _by_cpu(image, value, otherwise):
    """A select over the platforms of an image in a lock file."""
    choices = {"//conditions:default": otherwise}
    for platform in image["platforms"]:
        architecture = platform["platform"].split("/")[1]
        if architecture in _CPUS:
            choices[Label("@platforms//cpu:" + _CPUS[architecture])] = value(platform)
    return select(choices)

# The names are those of the lock file.
# buildifier: disable=unnamed-macro
def locked_images(images, blob_package, relock):
    """Declares a target for each image of a lock file.

    Args:
      images: the lock file's `images`.
      blob_package: the package that locked_blobs was called in.
      relock: the command that pins for the lock file's platforms; others may be added behind it.
    """
    for image in images:
        linuxkit_locked_image(
            name = image["name"],
            reference = image["reference"],
            relock = relock,
            manifest = _by_cpu(image, lambda platform: platform["manifest_json"], ""),
            config = _by_cpu(image, lambda platform: platform["config_json"], ""),
            layers = _by_cpu(image, lambda platform: [_blob_label(blob_package, layer) for layer in platform["layers"]], []),
            tags = ["manual"],
            visibility = ["//visibility:public"],
        )
        index = image.get("index", {"images": [], "json": ""})
        layers = [_blob_label(blob_package, layer) for platform in index["images"] for layer in platform["layers"]]
        linuxkit_locked_index(
            name = index_name(image["name"]),
            reference = image["reference"],
            relock = relock,
            images = json.encode(index["images"]),
            index = index["json"],
            layers = {label: None for label in layers}.keys(),
            tags = ["manual"],
            visibility = ["//visibility:public"],
        )

def _blob_name(descriptor):
    return descriptor["digest"].replace(":", "-")

def _blob_label(package, descriptor):
    return "{}:{}".format(package, _blob_name(descriptor))

def _repository(reference):
    """The reference without tag and digest."""
    name = reference.split("@")[0]
    host, _, path = name.rpartition("/")
    return "{}/{}".format(host, path.split(":")[0]) if host else path.split(":")[0]

# The names are those of the lock file.
# buildifier: disable=unnamed-macro
def locked_blobs(images):
    """Declares a target for each layer of a lock file, once.

    Args:
      images: the lock file's `images`.
    """
    sizes = {}
    repositories = {}
    for image in images:
        for platform in image["platforms"] + image.get("index", {}).get("images", []):
            for layer in platform["layers"]:
                sizes[layer["digest"]] = layer
                repositories.setdefault(layer["digest"], {})[_repository(image["reference"])] = None
    for digest, layer in sizes.items():
        linuxkit_blob(
            name = _blob_name(layer),
            digest = digest,
            byte_size = str(layer["size"]),
            repositories = sorted(repositories[digest]),
            tags = ["manual"],
            visibility = ["//visibility:public"],
        )
