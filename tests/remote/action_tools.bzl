"""Programs in the configuration that actions run them in."""

def _action_tools_impl(ctx):
    return [DefaultInfo(files = depset(ctx.files.tools))]

action_tools = rule(
    implementation = _action_tools_impl,
    doc = "Its outputs are the programs.",
    attrs = {"tools": attr.label_list(cfg = "exec", mandatory = True)},
)
