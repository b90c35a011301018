"""The command line of a kernel, checked against what that kernel takes."""

load("//rules/private:actions.bzl", "run_tool", "tool_args", "tool_attr")
load("//rules/private/providers:linuxkit_kernel_info.bzl", "LinuxkitKernelInfo")

visibility("//rules/...")

CMDLINE_ATTRS = {"_make_cmdline": tool_attr("//tools/kernel:make_cmdline")}

def with_cmdline(ctx, kernel, text, words = [], word_files = []):
    """Declares the action that writes a kernel's command line.

    Args:
      ctx: the context of a rule with CMDLINE_ATTRS.
      kernel: LinuxkitKernelInfo; its own command line does not count.
      text: string or File, the command line.
      words: list of string, what follows it.
      word_files: list of File, what follows those.

    Returns:
      list of providers of the kernel with the command line.
    """
    cmdline = ctx.actions.declare_file(ctx.label.name + ".cmdline")
    args = tool_args(ctx)
    args.add(kernel.info, format = "--info=%s")
    is_file = type(text) == "File"
    args.add(text, format = "--cmdline_file=%s" if is_file else "--cmdline=%s")
    args.add_all(words, format_each = "--append=%s")
    args.add_all(word_files, format_each = "--append_file=%s")
    args.add(cmdline, format = "--output=%s")
    run_tool(
        ctx,
        ctx.executable._make_cmdline,
        args,
        inputs = [kernel.info] + ([text] if is_file else []) + word_files,
        outputs = [cmdline],
        mnemonic = "LinuxkitCmdline",
        progress_message = "Checking the command line of %{label}",
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
