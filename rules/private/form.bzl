"""What the rules have in common that make one file of a system: an image, an output's name, an action."""

load("//rules/private:actions.bzl", "run_tool")
load("//rules/private:segment_args.bzl", "add_segments")
load("//rules/private/providers:linuxkit_image_info.bzl", "LinuxkitImageInfo")

visibility("//rules/...")

FORM_ATTRS = {
    "image": attr.label(mandatory = True, providers = [LinuxkitImageInfo], doc = "A linuxkit_image."),
    "out": attr.string(doc = "The output's name. Default: the target's name and what LinuxKit's name of it ends with."),
}

def make_form(ctx, tool, mnemonic, suffix, args, files = [], segments = [], programs = [], toolchain = None):
    """Declares the action that makes a form of a system.

    Args:
      ctx: the context of a rule with FORM_ATTRS.
      tool: the executable, which takes --output and the flags of segments.
      mnemonic: string.
      suffix: string, what follows the target's name in the output's.
      args: Args with all other flags; changed.
      files: list of File, the inputs that they name.
      segments: list of LinuxkitSegmentInfo, the tree.
      programs: list of File that the tool starts.
      toolchain: the type of the toolchain that they come from.

    Returns:
      list of providers.
    """
    output = ctx.actions.declare_file(ctx.attr.out or ctx.label.name + suffix)
    inputs = files + add_segments(args, segments)
    args.add(output, format = "--output=%s")
    run_tool(
        ctx,
        tool,
        args,
        inputs = inputs,
        tools = programs,
        outputs = [output],
        mnemonic = mnemonic,
        progress_message = "Making %{output}",
        toolchain = toolchain,
    )
    return [DefaultInfo(files = depset([output]))]
