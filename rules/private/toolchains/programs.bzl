"""Programs in toolchains: any of them may be missing until an output needs it."""

load("//rules/private/providers:missing_program_info.bzl", "MissingProgramInfo")

visibility("//rules/...")

def program_attr(doc):
    """An attribute for one boot program, which is part of what is built.

    Args:
      doc: string.

    Returns:
      The attribute.
    """
    return attr.label(allow_files = True, doc = doc)

def find_programs(ctx, names):
    """The programs of a toolchain rule's attributes.

    Args:
      ctx: the rule's context.
      names: list of string, the attributes made by program_attr.

    Returns:
      A dict: name -> File, or None for one that was not given or is missing; and "missing": a dict name -> why.
    """
    found = {"missing": {}}
    for name in names:
        target = getattr(ctx.attr, name)
        found[name] = None
        if not target:
            continue
        if MissingProgramInfo in target:
            found["missing"][name] = target[MissingProgramInfo].message
            continue
        files = target[DefaultInfo].files.to_list()
        if len(files) != 1:
            fail("{}: {} has {} files; expected one.".format(name, target.label, len(files)))
        found[name] = files[0]
    return found

def needed_program(toolchain, name):
    """A program that an output cannot do without.

    Args:
      toolchain: what ctx.toolchains has for a type of programs, or None.
      name: string, the field of BiosBootInfo, EfiBootInfo, NetworkBootInfo or RootfsToolsInfo.

    Returns:
      File; fails with what is missing.
    """
    if not toolchain:
        fail("found no toolchain with {} for the target platform; register one of a type of //rules/toolchains, see docs/formats.md.".format(name))
    program = getattr(toolchain.programs, name)
    if program:
        return program
    fail(toolchain.programs.missing.get(name) or "the toolchain has no {}; expected it for this output, see docs/formats.md.".format(name))
