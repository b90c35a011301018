"""linuxkit_kernel: the kernel section."""

load("//rules/private:actions.bzl", "owner_name", "tool_args", "tool_attr")
load("//rules/private:compression.bzl", "COMPRESSION_ATTRS", "add_compression")
load("//rules/private:image_content.bzl", "add_blobs", "image_content_aspect")
load("//rules/private/providers:linuxkit_image_content_info.bzl", "LinuxkitImageContentInfo")
load("//rules/private/providers:linuxkit_kernel_info.bzl", "LinuxkitKernelInfo")
load("//rules/private/providers:linuxkit_segment_info.bzl", "LinuxkitSegmentInfo")

visibility("//rules/...")

def _add_sources(ctx, args):
    """Tells the tool where the kernel comes from and returns the input files."""
    attr = ctx.attr
    if attr.image and (attr.vmlinuz or attr.debs or attr.modules):
        fail("image: found beside vmlinuz, debs or modules; expected either an image or files.")
    if not attr.image and not attr.vmlinuz and not attr.debs:
        fail("found no kernel; expected one of the attributes image, vmlinuz and debs.")
    if attr.image:
        content = attr.image[LinuxkitImageContentInfo]
        args.add(content.image_layers, format = "--image_layers=%s")
        add_blobs(args, content)
        args.add(attr.binary, format = "--binary=%s")
        args.add(attr.tar, format = "--tar=%s")
        args.add(attr.ucode_name, format = "--ucode_name=%s")
        return [content.image_layers] + content.blobs
    if attr.vmlinuz:
        args.add(ctx.file.vmlinuz, format = "--vmlinuz=%s")
    args.add_all(ctx.files.debs, format_each = "--deb=%s")
    args.add_all(ctx.files.modules, format_each = "--modules=%s")
    return ctx.files.vmlinuz + ctx.files.debs + ctx.files.modules

def _linuxkit_kernel_impl(ctx):
    name = ctx.label.name
    args = tool_args(ctx)
    inputs = _add_sources(ctx, args)
    args.add_all(ctx.attr.module_names, format_each = "--module=%s")
    if ctx.file.ucode:
        args.add(ctx.file.ucode, format = "--ucode=%s")
        inputs.append(ctx.file.ucode)
    ucode = ctx.actions.declare_file(name + ".ucode") if ctx.file.ucode or ctx.attr.ucode_name else None
    kernel = ctx.actions.declare_file(name + ".vmlinuz")
    info = ctx.actions.declare_file(name + ".info")
    cmdline = ctx.actions.declare_file(name + ".cmdline")
    segment = ctx.actions.declare_file(name + ".cpio")
    index = ctx.actions.declare_file(name + ".index")
    if ucode:
        args.add(ucode, format = "--ucode_output=%s")
    args.add(kernel, format = "--kernel=%s")
    args.add(info, format = "--info=%s")
    args.add(ctx.attr.modules_prefix, format = "--modules_prefix=%s")
    if ctx.attr.decompress:
        args.add("--decompress")
    add_compression(args, ctx.attr)
    args.add(owner_name(ctx.label), format = "--owner=%s")
    args.add(index, format = "--index=%s")
    args.add(segment, format = "--segment=%s")
    ctx.actions.run(
        executable = ctx.executable._make_kernel,
        arguments = [args],
        inputs = inputs,
        outputs = [kernel, info, index, segment] + ([ucode] if ucode else []),
        mnemonic = "LinuxkitKernel",
        progress_message = "Preparing kernel %{label}",
    )
    cmdline_args = tool_args(ctx)
    cmdline_args.add(info, format = "--info=%s")
    cmdline_args.add(ctx.attr.cmdline, format = "--cmdline=%s")
    cmdline_args.add(cmdline, format = "--output=%s")
    ctx.actions.run(
        executable = ctx.executable._make_cmdline,
        arguments = [cmdline_args],
        inputs = [info],
        outputs = [cmdline],
        mnemonic = "LinuxkitCmdline",
        progress_message = "Checking the command line of %{label}",
    )
    return [
        DefaultInfo(files = depset([kernel, cmdline])),
        LinuxkitKernelInfo(
            kernel = kernel,
            cmdline = cmdline,
            info = info,
            ucode = ucode,
            segment = LinuxkitSegmentInfo(segment = segment, index = index, apk_database = None),
        ),
    ]

linuxkit_kernel = rule(
    implementation = _linuxkit_kernel_impl,
    doc = """The kernel of a system: from a LinuxKit kernel image, or from files.

Modules are stored uncompressed (the initrd is compressed as a whole) with the index files that depmod would make.""",
    attrs = COMPRESSION_ATTRS | {
        "binary": attr.string(default = "kernel", doc = "With `image`: the kernel's path in it."),
        "cmdline": attr.string(doc = "The kernel command line, byte for byte. Default: empty."),
        "debs": attr.label_list(
            allow_files = [".deb"],
            doc = "Debian kernel packages: the one with vmlinuz and the one with the modules.",
        ),
        "decompress": attr.bool(doc = "Whether to unpack a compressed kernel, for loaders that cannot."),
        "image": attr.label(
            aspects = [image_content_aspect],
            doc = "A LinuxKit kernel image. Excludes vmlinuz, debs and modules.",
        ),
        "module_names": attr.string_list(
            doc = "Keep only these modules and what they depend on. Default: all. Not for kernel images' own tarball.",
        ),
        "modules": attr.label_list(allow_files = True, doc = "Tars with lib/modules/VERSION or usr/lib/modules/VERSION."),
        "modules_prefix": attr.string(
            default = "lib/modules",
            doc = "Where modules go. Say \"usr/lib/modules\" if an init image has the symlink lib -> usr/lib.",
        ),
        "tar": attr.string(
            default = "kernel.tar",
            doc = "With `image`: the path of the modules' tar in it; \"none\" or \"\" for none.",
        ),
        "ucode": attr.label(allow_single_file = True, doc = "Early microcode: an uncompressed cpio archive."),
        "ucode_name": attr.string(doc = "With `image`: the path of the early microcode in it. Default: none."),
        "vmlinuz": attr.label(allow_single_file = True, doc = "The kernel as a boot loader wants it."),
        "_make_cmdline": tool_attr("//tools/kernel:make_cmdline"),
        "_make_kernel": tool_attr("//tools/kernel:make_kernel"),
    },
    provides = [LinuxkitKernelInfo],
)
