"""From the attributes of a section rule to a validated entry of the specification."""

load("//rules/private:actions.bzl", "owner_name", "run_tool", "tool_args", "tool_attr")

visibility("//rules/...")

ENTRY_ATTRS = {
    "_parse_entry": tool_attr("//tools/spec:parse_entry"),
}

def parse_entry(ctx, section, entry):
    """Declares the action that checks an entry and brings it into the form the other actions read.

    It stands between attributes and bundles so that an edit which means nothing (order of keys, a default spelled out)
    ends here.

    Args:
      ctx: the rule context, with ENTRY_ATTRS.
      section: onboot, onshutdown, services, files or volumes.
      entry: what the YAML of that section would hold, as dicts and lists.

    Returns:
      File: the entry as a message of tools/spec/spec.proto.
    """
    text = ctx.actions.declare_file(ctx.label.name + ".entry.json")
    ctx.actions.write(text, json.encode_indent(entry, indent = "  ") + "\n")
    parsed = ctx.actions.declare_file(ctx.label.name + ".entry.pb")
    args = tool_args(ctx)
    args.add(text, format = "--input=%s")
    args.add(section, format = "--section=%s")
    args.add(owner_name(ctx.label), format = "--owner=%s")
    args.add(parsed, format = "--output=%s")
    run_tool(
        ctx,
        ctx.executable._parse_entry,
        args,
        inputs = [text],
        outputs = [parsed],
        mnemonic = "LinuxkitSpec",
        progress_message = "Checking the specification of %{label}",
    )
    return parsed
