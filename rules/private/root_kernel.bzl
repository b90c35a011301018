"""The kernel of a small initrd, with a command line that names the root file system."""

load("//rules/private:actions.bzl", "PATH_MAPPING", "tool_args", "tool_attr")
load("//rules/private/providers:linuxkit_kernel_info.bzl", "LinuxkitKernelInfo")
load("//rules/private/providers:linuxkit_verity_info.bzl", "LinuxkitVerityInfo")

visibility("//rules/...")

def _linuxkit_root_kernel_impl(ctx):
    kernel = ctx.attr.kernel[LinuxkitKernelInfo]
    words = ["root=" + ctx.attr.root]
    if ctx.attr.root_file:
        words.append("linuxkit.root_file=" + ctx.attr.root_file)
    if not ctx.attr.overlay:
        words.append("linuxkit.root_rw=none")
    cmdline = ctx.actions.declare_file(ctx.label.name + ".cmdline")
    args = tool_args(ctx)
    inputs = [kernel.info, kernel.cmdline]
    args.add(kernel.info, format = "--info=%s")
    args.add(kernel.cmdline, format = "--cmdline_file=%s")
    args.add_all(words, format_each = "--append=%s")
    if ctx.attr.verity:
        verity = ctx.attr.verity[LinuxkitVerityInfo]
        args.add(verity.cmdline, format = "--append_file=%s")
        inputs.append(verity.cmdline)
    args.add(cmdline, format = "--output=%s")
    ctx.actions.run(
        executable = ctx.executable._make_cmdline,
        arguments = [args],
        inputs = inputs,
        outputs = [cmdline],
        mnemonic = "LinuxkitCmdline",
        progress_message = "Naming the root file system of %{label}",
        execution_requirements = PATH_MAPPING,
    )
    return [
        DefaultInfo(files = depset([kernel.kernel, cmdline])),
        LinuxkitKernelInfo(
            kernel = kernel.kernel,
            cmdline = cmdline,
            info = kernel.info,
            ucode = kernel.ucode,
            segment = kernel.segment,
        ),
    ]

linuxkit_root_kernel = rule(
    implementation = _linuxkit_root_kernel_impl,
    doc = "A linuxkit_kernel whose command line says where the root file system is (runtime/root/root_options.h).",
    attrs = {
        "kernel": attr.label(mandatory = True, providers = [LinuxkitKernelInfo]),
        "overlay": attr.bool(default = True, doc = "Whether the root may be written to, in memory."),
        "root": attr.string(mandatory = True, doc = "/dev/NAME, PARTUUID=UUID or PARTLABEL=NAME."),
        "root_file": attr.string(doc = "The path of an image file in the file system on `root`. Default: `root` itself."),
        "verity": attr.label(providers = [LinuxkitVerityInfo]),
        "_make_cmdline": tool_attr("//tools/kernel:make_cmdline"),
    },
    provides = [LinuxkitKernelInfo],
)
