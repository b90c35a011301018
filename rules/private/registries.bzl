"""The user's registries.json, for all that talk to registries."""

visibility("//rules/...")

REGISTRIES_ATTRS = {
    "_registries": attr.label(default = "//rules/settings:registries", allow_files = True),
}

def registries_files(ctx):
    """The file that //rules/settings:registries names.

    Args:
      ctx: the context of a rule with REGISTRIES_ATTRS.

    Returns:
      list of File, empty or of one.
    """
    files = ctx.files._registries
    if len(files) > 1:
        fail("{}: found {} files; expected one registries.json. Set --@rules_linuxkit//rules/settings:registries to its label.".format(
            ctx.attr._registries.label,
            len(files),
        ))
    return files
