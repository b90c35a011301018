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

_EXPECTED = "expected an image: a target with OciImageInfo, an OCI layout directory, or an OCI or docker archive"

def _only_file(target):
    files = target[DefaultInfo].files.to_list()
    if len(files) == 1:
        # Whether it is a program, the tool sees.
        return files[0]
    program = target[DefaultInfo].files_to_run.executable
    if program:
        fail("{}: found a program of {} files; {}. Wrap it: linuxkit_package(files = …, tars = …, command = […]).".format(
            target.label,
            len(files),
            _EXPECTED,
        ))
    fail("{}: found {} files; {}.".format(target.label, len(files), _EXPECTED))

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
    return OciImageInfo(
        manifest = None,
        config = None,
        layers = [],
        layout = _only_file(target),
        reference = "",
        image_config = None,
        image_layers = None,
    )

def reference_of(image):
    """Which image of its layout an OciImageInfo means.

    Args:
      image: OciImageInfo; another ruleset's may lack the field.

    Returns:
      string, empty if there is no choice.
    """
    return getattr(image, "reference", None) or ""

def add_tree(args, layout, prefix = "--"):
    """Tells a tool of a layout or archive.

    Args:
      args: Args; changed.
      layout: File.
      prefix: string, what the flag's name begins with.
    """
    form = "layout" if layout.is_directory else "archive"
    args.add_all([layout], format_each = prefix + form + "=%s", expand_directories = False)

def add_blobs(args, content):
    """Tells a tool where an image's layers are.

    Args:
      args: Args; changed.
      content: a struct or provider with `layers`, `layout`, `reference` and `platform`.
    """
    args.add_all(content.layers, format_each = "--layer=%s", expand_directories = False)
    if not content.layout:
        return
    add_tree(args, content.layout)
    args.add(content.platform, format = "--platform=%s")
    if content.reference:
        args.add(content.reference, format = "--choose=%s")

def blobs_of(content):
    """The inputs that `add_blobs` tells of.

    Args:
      content: a struct or provider with `layers` and `layout`.

    Returns:
      list of File.
    """
    return content.layers + ([content.layout] if content.layout else [])

def make_segment(ctx, content, *, tool, attr, kind, prefix, stem, owner, apk = False, source = None):
    """Declares the action that unpacks an image into a segment.

    Args:
      ctx: the context of the rule or aspect.
      content: a struct or provider with `image_layers`, `layers`, `layout`, `reference` and `platform`.
      tool: executable File of tools/segment:make_segment.
      attr: ctx.attr with COMPRESSION_ATTRS.
      kind: init, container or volume (LinuxKit format, section 2.3).
      prefix: where the content goes; empty for the root.
      stem: the outputs' names without extension.
      owner: names the image in messages.
      apk: also put out the image's apk database.
      source: File, the layout or archive, if all who use it unpack it for themselves.

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
        inputs = [content.image_layers] + blobs_of(content),
        outputs = outputs,
        mnemonic = "LinuxkitSegment",
        progress_message = "Unpacking image %{label}",
        resource_set = _one_core,
    )
    return LinuxkitSegmentInfo(segment = segment, index = index, apk_database = apk_database, source = source)

def _import_image(ctx, image, label, platform, stem):
    image_config = ctx.actions.declare_file(stem + ".config.pb")
    image_layers = ctx.actions.declare_file(stem + ".layers.pb")
    args = tool_args(ctx)
    if image.manifest:
        inputs = [image.manifest, image.config]
        args.add(image.manifest, format = "--manifest=%s")
        args.add(image.config, format = "--config=%s")
    else:
        inputs = [image.layout]
        add_tree(args, image.layout)
        if reference_of(image):
            args.add(reference_of(image), format = "--choose=%s")
        args.add(owner_name(label), format = "--label=%s")
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

def _make_content(ctx, target, is_shared):
    """Declares the actions that unpack an image.

    Args:
      ctx: the context of the aspect, or of a rule with IMAGE_CONTENT_ATTRS.
      target: the image.
      is_shared: whether all who use the image share the actions.

    Returns:
      LinuxkitImageContentInfo.
    """
    image = oci_image_of(target)
    stem = ctx.label.name + ".linuxkit"
    platform = "linux/" + oci_architecture(ctx, ctx.attr)
    image_config, image_layers = image.image_config, image.image_layers
    if not image_config or not image_layers:
        image_config, image_layers = _import_image(ctx, image, target.label, platform, stem)
    content = dict(
        image_layers = image_layers,
        layers = image.layers,
        layout = image.layout,
        reference = reference_of(image),
        platform = platform,
    )
    common = dict(tool = ctx.executable._make_segment, attr = ctx.attr, owner = owner_name(target.label))
    return LinuxkitImageContentInfo(
        image_config = image_config,
        container = make_segment(
            ctx,
            struct(**content),
            kind = "container",
            prefix = CONTENT_PREFIX,
            stem = stem + ".container",
            source = None if is_shared else image.layout,
            **common
        ),
        init = make_segment(ctx, struct(**content), kind = "init", prefix = "", stem = stem + ".init", apk = True, **common),
        **content
    )

def _image_content_impl(target, ctx):
    if LinuxkitKernelInfo in target:
        # Where a YAML names an image, a kernel of ours may stand.
        return [LinuxkitImageContentInfo(image_config = None, image_layers = None, container = None, init = None)]
    return [_make_content(ctx, target, is_shared = True)]

# For rules that have an `image_attr`.
IMAGE_CONTENT_ATTRS = COMPRESSION_ATTRS | PLATFORM_ATTRS | {
    "_import_image": tool_attr("//tools/oci:import_image"),
    "_make_segment": tool_attr("//tools/segment:make_segment"),
}

image_content_aspect = aspect(
    implementation = _image_content_impl,
    doc = "Makes the segments of the image a target stands for. They belong to that target, so all systems share them.",
    attrs = IMAGE_CONTENT_ATTRS,
    provides = [LinuxkitImageContentInfo],
)

def image_attr(doc, mandatory = False):
    """An attribute for an image that is unpacked.

    Args:
      doc: string.
      mandatory: bool.

    Returns:
      An attribute whose value `image_content` takes.
    """
    return attr.label(
        doc = doc,
        mandatory = mandatory,
        allow_files = True,
        aspects = [image_content_aspect],
    )

def image_content(ctx, image):
    """What an image contributes to a system.

    Args:
      ctx: the context of a rule with IMAGE_CONTENT_ATTRS.
      image: the Target that an `image_attr` names.

    Returns:
      LinuxkitImageContentInfo.
    """
    if LinuxkitImageContentInfo in image:
        return image[LinuxkitImageContentInfo]

    # Aspects pass over files: source files, and outputs that are named instead of their rule.
    return _make_content(ctx, image, is_shared = False)
