"""linuxkit_kernel: the kernel section."""

load("//rules/private:actions.bzl", "owner_name", "run_tool", "tool_args", "tool_attr")
load("//rules/private:cmdline.bzl", "CMDLINE_ATTRS", "with_cmdline")
load("//rules/private:compression.bzl", "add_compression")
load("//rules/private:image_content.bzl", "IMAGE_CONTENT_ATTRS", "add_blobs", "blobs_of", "image_attr", "image_content")
load("//rules/private/providers:linuxkit_config_info.bzl", "LinuxkitConfigInfo")
load("//rules/private/providers:linuxkit_kernel_info.bzl", "LinuxkitKernelInfo")
load("//rules/private/providers:linuxkit_segment_info.bzl", "LinuxkitSegmentInfo")

visibility("//rules/...")

def _check_sources(attr):
    """Fails if the attributes name no kernel, or two, or two sources of microcode."""
    if attr.image and (attr.vmlinuz or attr.debs or attr.modules):
        fail("image: found beside vmlinuz, debs or modules; expected either an image or files.")
    if not attr.image and not attr.vmlinuz and not attr.debs:
        fail("found no kernel; expected one of the attributes image, vmlinuz and debs.")
    if attr.ucode_name and not attr.image:
        fail("ucode_name: found without image; expected the attributes ucode, ucode_intel or ucode_amd beside files.")
    if attr.ucode and (attr.ucode_intel or attr.ucode_amd):
        fail("ucode: found beside ucode_intel or ucode_amd; expected an archive or the vendors' blobs.")
    if attr.ucode_name and (attr.ucode or attr.ucode_intel or attr.ucode_amd):
        fail("ucode_name: found beside ucode, ucode_intel or ucode_amd; expected one source of microcode.")

def _add_sources(ctx, args):
    """Tells the tool where the kernel comes from and returns the input files."""
    attr = ctx.attr
    if attr.image:
        content = image_content(ctx, attr.image)
        args.add(content.image_layers, format = "--image_layers=%s")
        add_blobs(args, content)
        args.add(attr.binary, format = "--binary=%s")
        args.add(attr.tar, format = "--tar=%s")
        args.add(attr.ucode_name, format = "--ucode_name=%s")
        return [content.image_layers] + blobs_of(content)
    if attr.vmlinuz:
        args.add(ctx.file.vmlinuz, format = "--vmlinuz=%s")
    args.add_all(ctx.files.debs, format_each = "--deb=%s")
    args.add_all(ctx.files.modules, format_each = "--modules=%s")
    return ctx.files.vmlinuz + ctx.files.debs + ctx.files.modules

def _add_microcode(ctx, args):
    """Tells the tool about microcode that is not in an image and returns the input files."""
    if ctx.attr.ucode:
        args.add(ctx.file.ucode, format = "--ucode=%s")
    args.add_all(ctx.files.ucode_intel, format_each = "--ucode_intel=%s")
    args.add_all(ctx.files.ucode_amd, format_each = "--ucode_amd=%s")
    return ctx.files.ucode + ctx.files.ucode_intel + ctx.files.ucode_amd

def _prepare_kernel(ctx, args, inputs, has_ucode):
    """Declares the action that prepares a kernel; returns a LinuxkitKernelInfo whose command line is still missing."""
    name = ctx.label.name
    ucode = ctx.actions.declare_file(name + ".ucode") if has_ucode else None
    kernel = ctx.actions.declare_file(name + ".vmlinuz")
    info = ctx.actions.declare_file(name + ".info")
    segment = ctx.actions.declare_file(name + ".cpio")
    index = ctx.actions.declare_file(name + ".index")
    if ucode:
        args.add(ucode, format = "--ucode_output=%s")
    args.add(kernel, format = "--kernel=%s")
    args.add(info, format = "--info=%s")
    add_compression(args, ctx.attr, ctx.var["COMPILATION_MODE"])
    args.add(owner_name(ctx.label), format = "--owner=%s")
    args.add(index, format = "--index=%s")
    args.add(segment, format = "--segment=%s")
    run_tool(
        ctx,
        ctx.executable._make_kernel,
        args,
        inputs = inputs,
        outputs = [kernel, info, index, segment] + ([ucode] if ucode else []),
        mnemonic = "LinuxkitKernel",
        progress_message = "Preparing kernel %{label}",
    )
    return LinuxkitKernelInfo(
        kernel = kernel,
        cmdline = None,
        info = info,
        ucode = ucode,
        segment = LinuxkitSegmentInfo(segment = segment, index = index, apk_database = None, source = None),
    )

def _linuxkit_kernel_impl(ctx):
    _check_sources(ctx.attr)
    args = tool_args(ctx)
    microcode = _add_microcode(ctx, args)
    inputs = _add_sources(ctx, args) + microcode + ctx.files.config
    args.add_all(ctx.files.config, format_each = "--config=%s")
    args.add_all(ctx.attr.module_names, format_each = "--module=%s")
    if ctx.attr.modules_prefix:
        args.add(ctx.attr.modules_prefix, format = "--modules_prefix=%s")
    if ctx.attr.decompress:
        args.add("--decompress")
    if ctx.attr.architecture:
        args.add(ctx.attr.architecture, format = "--architecture=%s")
    prepared = _prepare_kernel(ctx, args, inputs, has_ucode = bool(microcode or ctx.attr.ucode_name))
    return with_cmdline(ctx, prepared, ctx.attr.cmdline)

_TOOLS = CMDLINE_ATTRS | {"_make_kernel": tool_attr("//tools/kernel:make_kernel")}

linuxkit_kernel = rule(
    implementation = _linuxkit_kernel_impl,
    doc = """The kernel of a system: from a LinuxKit kernel image, or from files.

Modules are stored uncompressed (the initrd is compressed as a whole) with the index files that depmod would make.""",
    attrs = IMAGE_CONTENT_ATTRS | _TOOLS | {
        "architecture": attr.string(
            doc = "What the kernel must be for. A kernel for anything else fails the build. Default: any.",
            values = ["", "amd64", "arm64", "riscv64"],
        ),
        "binary": attr.string(default = "kernel", doc = "With `image`: the kernel's path in it."),
        "cmdline": attr.string(doc = "The kernel command line, byte for byte. Default: empty."),
        "config": attr.label(
            allow_single_file = True,
            doc = "The kernel's configuration: an initrd compressed in a way it does not know fails the build. Default: the " +
                  "packages' one; without any nothing is checked.",
        ),
        "debs": attr.label_list(
            allow_files = [".deb"],
            doc = "Debian kernel packages: the one with vmlinuz and the one with the modules.",
        ),
        "decompress": attr.bool(doc = "Whether to unpack a compressed kernel, for loaders that cannot."),
        "image": image_attr("A LinuxKit kernel image. Excludes vmlinuz, debs and modules."),
        "module_names": attr.string_list(
            doc = "Keep only these modules, what they depend on, and what every system needs: `overlay`, `virtio_pci` and " +
                  "`virtio_console`, where the kernel has them as modules. Default: all.",
        ),
        "modules": attr.label_list(allow_files = True, doc = "Tars with lib/modules/VERSION or usr/lib/modules/VERSION."),
        "modules_prefix": attr.string(
            doc = "The directory that modules go to. Default: lib/modules, or where `image` has them. If an init image has a " +
                  "symlink there, such as lib -> usr/lib, they go where it leads.",
        ),
        "tar": attr.string(
            default = "kernel.tar",
            doc = "With `image`: the path of the modules' tar in it; \"none\" or \"\" for none.",
        ),
        "ucode": attr.label(allow_single_file = True, doc = "Early microcode: an uncompressed cpio archive."),
        "ucode_amd": attr.label_list(
            allow_files = True,
            doc = "AMD's microcode files (microcode_amd*.bin), made into early microcode.",
        ),
        "ucode_intel": attr.label_list(
            allow_files = True,
            doc = "Intel's microcode files (intel-ucode/*), made into early microcode.",
        ),
        "ucode_name": attr.string(doc = "With `image`: the path of the early microcode in it. Default: none."),
        "vmlinuz": attr.label(allow_single_file = True, doc = "The kernel as a boot loader wants it."),
    },
    provides = [LinuxkitKernelInfo],
)

def _linuxkit_config_kernel_impl(ctx):
    config = ctx.attr.config[LinuxkitConfigInfo]
    if LinuxkitKernelInfo in ctx.attr.image:
        return with_cmdline(ctx, ctx.attr.image[LinuxkitKernelInfo], config.cmdline)
    content = image_content(ctx, ctx.attr.image)
    args = tool_args(ctx)
    args.add(content.image_layers, format = "--image_layers=%s")
    add_blobs(args, content)
    args.add(config.kernel, format = "--section=%s")
    inputs = [content.image_layers, config.kernel] + blobs_of(content)
    prepared = _prepare_kernel(ctx, args, inputs, has_ucode = ctx.attr.has_ucode)
    return with_cmdline(ctx, prepared, config.cmdline)

linuxkit_config_kernel = rule(
    implementation = _linuxkit_config_kernel_impl,
    doc = "The kernel section of YAML files. Its image may also be a linuxkit_kernel, whose command line is then the YAML's.",
    attrs = IMAGE_CONTENT_ATTRS | _TOOLS | {
        "config": attr.label(mandatory = True, providers = [LinuxkitConfigInfo]),
        "has_ucode": attr.bool(doc = "Whether the section names early microcode."),
        "image": image_attr("The kernel's image, or a linuxkit_kernel.", mandatory = True),
    },
    provides = [LinuxkitKernelInfo],
)
