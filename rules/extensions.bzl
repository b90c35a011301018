"""The module extension: images and YAML files, pinned by a lock file.

    linuxkit = use_extension("@rules_linuxkit//rules:extensions.bzl", "linuxkit")
    linuxkit.lock(file = "//:linuxkit.lock.json")
    linuxkit.config(file = "//os:myimage.yml")
    use_repo(linuxkit, "linuxkit")

`bazel run @linuxkit//:lock` writes the lock file, also the first one. See docs/lock.md.
"""

load("//rules/private:hub.bzl", "linuxkit_hub")

_lock = tag_class(
    doc = "The lock file. One tag.",
    attrs = {
        "file": attr.label(mandatory = True, doc = "The lock file; the package must exist, the file need not yet."),
        "platforms": attr.string_list(doc = "OS/ARCHITECTURE to pin images for. Default: linux/amd64."),
    },
)

_config = tag_class(
    doc = "A YAML file of the workspace. One tag for each.",
    attrs = {"file": attr.label(mandatory = True)},
)

_image = tag_class(
    doc = "An image that Starlark uses and no YAML file names: `@linuxkit//image:NAME`.",
    attrs = {
        "format": attr.string(
            default = "filesystem",
            values = ["filesystem", "oci"],
            doc = "`oci`: the image with its index, `@linuxkit//image:NAME.index`, for linuxkit_volume(format = \"oci\").",
        ),
        "platforms": attr.string_list(doc = "With format `oci`: which of the image's platforms. Default: all."),
        "reference": attr.string(mandatory = True, doc = "As in a YAML file: `redis:7`."),
    },
)

def _linuxkit_impl(mctx):
    # A lock belongs to the workspace that is built, not to the modules it depends on.
    root = [module for module in mctx.modules if module.is_root]
    locks = [tag for module in root for tag in module.tags.lock]
    configs = [tag.file for module in root for tag in module.tags.config]
    images = [tag for module in root for tag in module.tags.image]
    if len(locks) > 1:
        fail("linuxkit.lock: found {} tags; expected one: a workspace has one lock file.".format(len(locks)))
    if not locks:
        if configs or images:
            fail("linuxkit.lock: found no tag; expected one beside linuxkit.config and linuxkit.image, such as " +
                 "linuxkit.lock(file = \"//:linuxkit.lock.json\").")
        return
    linuxkit_hub(
        name = "linuxkit",
        hub_name = "linuxkit",
        lock = locks[0].file,
        configs = configs,
        images = [tag.reference for tag in images if tag.format != "oci"],
        layouts = [tag.reference + "=" + ",".join(tag.platforms) for tag in images if tag.format == "oci"],
        platforms = locks[0].platforms,
    )

linuxkit = module_extension(
    implementation = _linuxkit_impl,
    doc = "Makes @linuxkit of the lock file. Never touches the network.",
    tag_classes = {
        "config": _config,
        "image": _image,
        "lock": _lock,
    },
)
