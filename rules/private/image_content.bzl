"""The aspect that unpacks container images, once for all their uses."""

load("//rules/private:actions.bzl", "owner_name", "run_tool", "tool_args", "tool_attr")
load("//rules/private:compression.bzl", "COMPRESSION_ATTRS", "add_compression")
load("//rules/private:platform.bzl", "PLATFORM_ATTRS", "oci_architecture")
load("//rules/private/providers:linuxkit_image_content_info.bzl", "LinuxkitImageContentInfo")
load("//rules/private/providers:linuxkit_kernel_info.bzl", "LinuxkitKernelInfo")
load("//rules/private/providers:linuxkit_segment_info.bzl", "LinuxkitSegmentInfo")
load("//rules/private/providers:oci_image_info.bzl", "OciImageInfo")
load("//rules/private/providers:oci_index_info.bzl", "OciIndexInfo")

visibility("//rules/...")

# Where the content of a container image lies; bundles refer to it from runtime.json (tools/bundle).
CONTENT_PREFIX = "containers/images/{chain_id}/rootfs"

# For one image, threads wait for the slowest step, the compression; as many images at a time as there are cores keep all of them
# busy (docs/performance.md). Memory does not depend on the image's size.
def _one_core(_os, _inputs):
    return {"cpu": 1, "memory": 64}

def oci_image_of(target):
    """The image that a target stands for.

    Args:
      target: with OciImageInfo, or with one directory or tar, which is a layout or an archive.

    Returns:
      An OciImageInfo.
    """
    if OciImageInfo in target:
        return target[OciImageInfo]
    if OciIndexInfo in target:
        fail("{}: found an image with all its platforms, which only linuxkit_volume(format = \"oci\") takes; expected {}.".format(
            target.label,
            target.label.name.removesuffix(".index"),
        ))
    files = target[DefaultInfo].files.to_list()
    if len(files) != 1:
        fail(("{}: found {} files; expected an image: a target with OciImageInfo, an OCI layout directory, or an OCI or " +
              "docker archive.").format(target.label, len(files)))
    return OciImageInfo(
        manifest = None,
        config = None,
        layers = [],
        layout = files[0],
        image_config = None,
        image_layers = None,
    )

def add_blobs(args, content):
    """Tells a tool where an image's layers are.

    Args:
      args: Args; changed.
      content: a struct or provider with `blobs`, `blobs_are_layout` and `platform`.
    """
    if not content.blobs_are_layout:
        args.add_all(content.blobs, format_each = "--layer=%s", expand_directories = False)
    elif content.blobs[0].is_directory:
        args.add_all(content.blobs, format_each = "--layout=%s", expand_directories = False)
    else:
        args.add_all(content.blobs, format_each = "--archive=%s")
        args.add(content.platform, format = "--platform=%s")

def make_segment(ctx, content, *, tool, attr, kind, prefix, stem, owner, apk = False):
    """Declares the action that unpacks an image into a segment.

    Args:
      ctx: the context of the rule or aspect.
      content: a struct or provider with `image_layers`, `blobs`, `blobs_are_layout` and `platform`.
      tool: executable File of tools/segment:make_segment.
      attr: ctx.attr with COMPRESSION_ATTRS.
      kind: init, container or volume (LinuxKit format, section 2.3).
      prefix: where the content goes; empty for the root.
      stem: the outputs' names without extension.
      owner: names the image in messages.
      apk: also put out the image's apk database.

    Returns:
      A LinuxkitSegmentInfo.
    """
    segment = ctx.actions.declare_file(stem + ".cpio")
    index = ctx.actions.declare_file(stem + ".index")
    outputs = [segment, index]
    args = tool_args(ctx)
    args.add(content.image_layers, format = "--layers=%s")
    add_blobs(args, content)
    args.add(kind, format = "--kind=%s")
    args.add(prefix, format = "--prefix=%s")
    args.add(owner, format = "--owner=%s")
    add_compression(args, attr, ctx.var["COMPILATION_MODE"])
    apk_database = None
    if apk:
        apk_database = ctx.actions.declare_file(stem + ".apk")
        outputs.append(apk_database)
        args.add(apk_database, format = "--apk_database=%s")
    args.add(index, format = "--index=%s")
    args.add(segment, format = "--output=%s")
    run_tool(
        ctx,
        tool,
        args,
        inputs = [content.image_layers] + content.blobs,
        outputs = outputs,
        mnemonic = "LinuxkitSegment",
        progress_message = "Unpacking image %{label}",
        resource_set = _one_core,
    )
    return LinuxkitSegmentInfo(segment = segment, index = index, apk_database = apk_database)

def _import_image(ctx, image, platform, stem):
    image_config = ctx.actions.declare_file(stem + ".config.pb")
    image_layers = ctx.actions.declare_file(stem + ".layers.pb")
    args = tool_args(ctx)
    if image.layout:
        inputs = [image.layout]
        args.add_all(
            inputs,
            format_each = "--layout=%s" if image.layout.is_directory else "--archive=%s",
            expand_directories = False,
        )
    else:
        inputs = [image.manifest, image.config]
        args.add(image.manifest, format = "--manifest=%s")
        args.add(image.config, format = "--config=%s")
    args.add(platform, format = "--platform=%s")
    args.add(image_config, format = "--image_config=%s")
    args.add(image_layers, format = "--image_layers=%s")
    run_tool(
        ctx,
        ctx.executable._import_image,
        args,
        inputs = inputs,
        outputs = [image_config, image_layers],
        mnemonic = "LinuxkitImport",
        progress_message = "Reading image %{label}",
    )
    return image_config, image_layers

def _image_content_impl(target, ctx):
    if LinuxkitKernelInfo in target:
        # Where a YAML names an image, a kernel of ours may stand.
        return [LinuxkitImageContentInfo(
            image_config = None,
            image_layers = None,
            blobs = [],
            blobs_are_layout = False,
            container = None,
            init = None,
        )]
    image = oci_image_of(target)
    stem = ctx.label.name + ".linuxkit"
    platform = "linux/" + oci_architecture(ctx, ctx.attr)
    image_config, image_layers = image.image_config, image.image_layers
    if not image_config or not image_layers:
        image_config, image_layers = _import_image(ctx, image, platform, stem)
    content = struct(
        image_layers = image_layers,
        blobs = [image.layout] if image.layout else image.layers,
        blobs_are_layout = image.layout != None,
        platform = platform,
    )
    common = dict(tool = ctx.executable._make_segment, attr = ctx.attr, owner = owner_name(ctx.label))
    return [LinuxkitImageContentInfo(
        image_config = image_config,
        image_layers = image_layers,
        blobs = content.blobs,
        blobs_are_layout = content.blobs_are_layout,
        platform = content.platform,
        container = make_segment(ctx, content, kind = "container", prefix = CONTENT_PREFIX, stem = stem + ".container", **common),
        init = make_segment(ctx, content, kind = "init", prefix = "", stem = stem + ".init", apk = True, **common),
    )]

image_content_aspect = aspect(
    implementation = _image_content_impl,
    doc = "Makes the segments of the image a target stands for. They belong to that target, so all systems share them.",
    attrs = COMPRESSION_ATTRS | PLATFORM_ATTRS | {
        "_import_image": tool_attr("//tools/oci:import_image"),
        "_make_segment": tool_attr("//tools/segment:make_segment"),
    },
    provides = [LinuxkitImageContentInfo],
)
