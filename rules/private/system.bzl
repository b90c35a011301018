"""The rule behind linuxkit_image: segments in order become an initrd."""

load("//rules/private:actions.bzl", "run_tool", "tool_args", "tool_attr")
load("//rules/private:parts.bzl", "LinuxkitPartInfo")
load("//rules/private:segment_args.bzl", "add_segments")
load("//rules/private/providers:linuxkit_image_info.bzl", "LinuxkitImageInfo")
load("//rules/private/providers:linuxkit_kernel_info.bzl", "LinuxkitKernelInfo")

visibility("//rules/...")

def _segments_in_order(init, kernel, parts):
    """All segments of a system.

    An init image stands as often as it is listed: its later copy overrides what stands between. The kernel's modules come behind
    the init images, whose symlink lib -> usr/lib may be on their way. Content that several bundles use stands once, before the
    first of them.
    """
    segments = [segment for part in init for segment in part[LinuxkitPartInfo].segments]
    segments += [kernel.segment] if kernel else []
    first = {}
    for part in parts:
        for segment in part[LinuxkitPartInfo].segments:
            first.setdefault(segment.source or segment.segment, segment)
    return segments + first.values()

def _system_impl(ctx):
    image = ctx.attr.image_name
    kernel = ctx.attr.kernel[LinuxkitKernelInfo] if ctx.attr.kernel else None
    segments = _segments_in_order(ctx.attr.init, kernel, ctx.attr.parts)
    initrd = ctx.actions.declare_file(image + "-initrd.img")
    initrd_info = ctx.actions.declare_file(image + "-initrd.info")
    args = tool_args(ctx)
    inputs = add_segments(args, segments)
    if kernel and kernel.ucode:
        args.add(kernel.ucode, format = "--ucode=%s")
        inputs.append(kernel.ucode)
    args.add(initrd_info, format = "--info=%s")
    args.add(initrd, format = "--output=%s")
    run_tool(
        ctx,
        ctx.executable._make_initrd,
        args,
        inputs = inputs,
        outputs = [initrd_info, initrd],
        mnemonic = "LinuxkitInitrd",
        progress_message = "Assembling %{label}",
    )
    cmdline = ctx.actions.declare_file(image + "-cmdline")
    outputs = [initrd, cmdline]
    kernel_file = None
    if kernel:
        kernel_file = ctx.actions.declare_file(image + "-kernel")
        outputs.append(kernel_file)
        ctx.actions.symlink(output = kernel_file, target_file = kernel.kernel)
        ctx.actions.symlink(output = cmdline, target_file = kernel.cmdline)
    else:
        ctx.actions.write(cmdline, "")
    return [
        DefaultInfo(files = depset(outputs)),
        LinuxkitImageInfo(
            kernel = kernel_file,
            kernel_info = kernel.info if kernel else None,
            cmdline = cmdline,
            initrd = initrd,
            initrd_info = initrd_info,
            indexes = [segment.index for segment in segments],
            segments = segments,
            ucode = kernel.ucode if kernel else None,
        ),
    ]

def _system_rule(doc):
    return rule(
        implementation = _system_impl,
        doc = doc,
        attrs = {
            "image_name": attr.string(mandatory = True, doc = "What the outputs' names begin with."),
            "init": attr.label_list(providers = [LinuxkitPartInfo]),
            "kernel": attr.label(providers = [LinuxkitKernelInfo]),
            "parts": attr.label_list(
                doc = "The other sections in the order of unpacking: volumes, onboot, onshutdown, services, files.",
                providers = [LinuxkitPartInfo],
            ),
            "_make_initrd": tool_attr("//tools/initrd:make_initrd"),
        },
        provides = [LinuxkitImageInfo],
    )

linuxkit_image = _system_rule("Kernel, initrd and command line of a system.")

linuxkit_root_system = _system_rule("The small system that starts another one from a root file system. Its users wrote only the other.")

def _linuxkit_output_impl(ctx):
    image = ctx.attr.image[LinuxkitImageInfo]
    file = getattr(image, ctx.attr.output)
    if not file:
        fail("{} has no {}: linuxkit_image was given no kernel.".format(ctx.attr.image.label, ctx.attr.output))
    return [DefaultInfo(files = depset([file]))]

linuxkit_output = rule(
    implementation = _linuxkit_output_impl,
    doc = "One file of a system.",
    attrs = {
        "image": attr.label(mandatory = True, providers = [LinuxkitImageInfo]),
        "output": attr.string(mandatory = True, values = ["kernel", "initrd", "cmdline"]),
    },
)
