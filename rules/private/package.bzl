"""linuxkit_package: an OCI image from files that Bazel built."""

load("//rules/private:actions.bzl", "owner_name", "run_tool", "tool_args", "tool_attr")
load("//rules/private:compression.bzl", "COMPRESSION_ATTRS", "add_compression")
load("//rules/private:image_content.bzl", "add_blobs", "add_tree", "blobs_of", "oci_image_of", "reference_of")
load("//rules/private:pairs.bzl", "pair_flag", "pair_format")
load("//rules/private:platform.bzl", "PLATFORM_ATTRS", "oci_architecture")
load("//rules/private/providers:oci_image_info.bzl", "OciImageInfo")

visibility("//rules/...")

def _make_layer(ctx):
    """Declares the action that packs all files into one layer; returns its blob and its descriptor."""
    blob = ctx.actions.declare_file(ctx.label.name + ".layer")
    descriptor = ctx.actions.declare_file(ctx.label.name + ".layer.pb")
    args = tool_args(ctx)
    args.add_all(ctx.files.debs, format_each = "--deb=%s")
    args.add_all(ctx.files.tars, format_each = "--tar=%s")
    inputs = ctx.files.debs + ctx.files.tars
    for target, paths in ctx.attr.files.items():
        files = target[DefaultInfo].files.to_list()
        if len(files) != 1:
            fail("files: {}: found {} files; expected one.".format(target.label, len(files)))
        for path in json.decode(paths):
            args.add(files[0], format = pair_format("file", path))
        inputs.append(files[0])
    for path, target in ctx.attr.symlinks.items():
        args.add(pair_flag("symlink", path, target))
    args.add_all(ctx.attr.directories, format_each = "--directory=%s")
    args.add_all(ctx.attr.excludes, format_each = "--exclude=%s")
    if ctx.attr.strip_docs:
        args.add("--strip_docs")
    if ctx.attr.merge_usr:
        args.add("--merge_usr")
    if ctx.attr.base:
        args.add("--on_top")
    add_compression(args, ctx.attr)
    args.add(descriptor, format = "--descriptor=%s")
    args.add(blob, format = "--layer=%s")
    run_tool(
        ctx,
        ctx.executable._make_layer,
        args,
        inputs = inputs,
        outputs = [descriptor, blob],
        mnemonic = "LinuxkitLayer",
        progress_message = "Packing layer %{label}",
    )
    return blob, descriptor

def _add_base(args, base, label):
    """Tells make_image of the image below; returns the input files."""
    args.add(owner_name(label), format = "--base_label=%s")
    if base.manifest:
        args.add(base.manifest, format = "--base_manifest=%s")
        args.add(base.config, format = "--base_config=%s")
        return [base.manifest, base.config]
    add_tree(args, base.layout, prefix = "--base_")
    if reference_of(base):
        args.add(reference_of(base), format = "--base_choose=%s")
    return [base.layout]

def _linuxkit_package_impl(ctx):
    name = ctx.label.name
    base = oci_image_of(ctx.attr.base) if ctx.attr.base else None
    blob, descriptor = _make_layer(ctx)
    manifest = ctx.actions.declare_file(name + ".manifest.json")
    config = ctx.actions.declare_file(name + ".config.json")
    image_config = ctx.actions.declare_file(name + ".image_config.pb")
    image_layers = ctx.actions.declare_file(name + ".image_layers.pb")
    args = tool_args(ctx)
    inputs = [descriptor]
    args.add(descriptor, format = "--descriptor=%s")
    args.add_all(ctx.attr.entrypoint, format_each = "--entrypoint=%s")
    args.add_all(ctx.attr.command, format_each = "--command=%s")
    for key, value in sorted(ctx.attr.env.items()):
        args.add("--env={}={}".format(key, value))
    for key, value in sorted(ctx.attr.labels.items()):
        args.add(pair_flag("label", key, value))
    if ctx.attr.working_dir:
        args.add(ctx.attr.working_dir, format = "--working_dir=%s")
    if ctx.attr.config:
        args.add("--label=org.mobyproject.config=" + ctx.attr.config)
    if ctx.file.build_yml:
        args.add(ctx.file.build_yml, format = "--build_yml=%s")
        inputs.append(ctx.file.build_yml)
    if base:
        inputs.extend(_add_base(args, base, ctx.attr.base.label))
    args.add(oci_architecture(ctx, ctx.attr), format = "--architecture=%s")
    args.add(manifest, format = "--manifest=%s")
    args.add(config, format = "--config=%s")
    args.add(image_config, format = "--image_config=%s")
    args.add(image_layers, format = "--image_layers=%s")
    run_tool(
        ctx,
        ctx.executable._make_image,
        args,
        inputs = inputs,
        outputs = [manifest, config, image_config, image_layers],
        mnemonic = "LinuxkitPackage",
        progress_message = "Making image %{label}",
    )
    content = struct(
        layers = (base.layers if base else []) + [blob],
        layout = base.layout if base else None,
        reference = reference_of(base) if base else "",
        platform = "linux/" + oci_architecture(ctx, ctx.attr),
    )
    layout = _make_layout(ctx, manifest, config, content)
    return [
        DefaultInfo(files = depset([manifest, config] + content.layers)),
        OutputGroupInfo(layout = depset([layout])),
        OciImageInfo(
            manifest = manifest,
            config = config,
            layers = content.layers,
            layout = content.layout,
            reference = content.reference,
            image_config = image_config,
            image_layers = image_layers,
        ),
    ]

def _make_layout(ctx, manifest, config, content):
    """Declares the action that makes an OCI layout directory, which other tools read. Runs only if asked for."""
    layout = ctx.actions.declare_directory(ctx.label.name + ".layout")
    args = tool_args(ctx)
    args.add(manifest, format = "--manifest=%s")
    args.add(config, format = "--config=%s")
    add_blobs(args, content)
    args.add_all([layout], format_each = "--output=%s", expand_directories = False)
    run_tool(
        ctx,
        ctx.executable._make_layout,
        args,
        inputs = [manifest, config] + blobs_of(content),
        outputs = [layout],
        mnemonic = "LinuxkitLayout",
        progress_message = "Writing the OCI layout of %{label}",
    )
    return layout

linuxkit_package = rule(
    implementation = _linuxkit_package_impl,
    attrs = COMPRESSION_ATTRS | PLATFORM_ATTRS | {
        "base": attr.label(
            allow_files = True,
            doc = "The image below: what a container takes as `image`. Default: none.",
        ),
        "build_yml": attr.label(
            allow_single_file = True,
            doc = "A LinuxKit package's build.yml, whose `config` becomes the image's label. Excludes `config`.",
        ),
        "command": attr.string_list(doc = "Cmd of the image. Default: none."),
        "config": attr.string(doc = "The label org.mobyproject.config: defaults of the container's fields, as JSON."),
        "debs": attr.label_list(allow_files = [".deb"], doc = "Debian packages whose files go in first."),
        "directories": attr.string_list(doc = "Empty directories, `PATH` or `PATH:MODE` with MODE in octal (default 755)."),
        "entrypoint": attr.string_list(doc = "Entrypoint of the image. Default: none."),
        "env": attr.string_dict(doc = "Environment of the image. Default: none."),
        "excludes": attr.string_list(doc = "Globs of paths to leave out of debs and tars."),
        "files": attr.label_keyed_string_dict(
            allow_files = True,
            doc = "Files and their paths in the image, a list as JSON; mode 0755 for a program (ELF or `#!`), else 0644.",
        ),
        "labels": attr.string_dict(doc = "Labels of the image. Default: none."),
        "merge_usr": attr.bool(doc = "Whether bin, sbin, lib and lib64 of debs and tars go under usr, with symlinks in their place."),
        "strip_docs": attr.bool(doc = "Whether to leave out documentation and translations of debs and tars."),
        "symlinks": attr.string_dict(doc = "Symlinks: path to target."),
        "tars": attr.label_list(allow_files = True, doc = "Tars, any compression; a later one overrides."),
        "working_dir": attr.string(doc = "Working directory of the image. Default: none, which means /."),
        "_make_image": tool_attr("//tools/package:make_image"),
        "_make_layer": tool_attr("//tools/package:make_layer"),
        "_make_layout": tool_attr("//tools/package:make_layout"),
    },
    provides = [OciImageInfo],
)
