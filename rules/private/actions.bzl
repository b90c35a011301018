"""How this ruleset runs its tools: always with a parameter file, a mnemonic and a message, and the same in every configuration."""

visibility("//rules/...")

# With --experimental_output_paths=strip the paths that an action sees have no configuration in them, and neither has its key. Right for
# all our tools: no path of an input or an output gets into what they write.
_PATH_MAPPING = {"supports-path-mapping": "1"}

def tool_attr(label):
    """An attribute for an action binary of ours.

    Args:
      label: string, the tool's label in this repository.

    Returns:
      A private attribute for the tool, built for the machine that runs actions.
    """
    return attr.label(default = Label(label), cfg = "exec", executable = True)

def tool_args(ctx):
    """Args that always travel through a parameter file (tools/base/param_file.h reads it).

    Words are quoted there, so that a line break in a value stays in it and makes no further word.

    Args:
      ctx: the rule or aspect context.

    Returns:
      A new Args.
    """
    args = ctx.actions.args()
    args.set_param_file_format("shell")
    args.use_param_file("@%s", use_always = True)
    return args

def write_words(ctx, file, words):
    """Declares the action that writes a parameter file for a program that people start.

    Args:
      ctx: the rule context.
      file: the File.
      words: list of string.
    """
    args = tool_args(ctx)
    args.add_all(words)
    ctx.actions.write(file, args)

def run_tool(ctx, tool, args, execution_requirements = {}, **kwargs):
    """Declares an action that runs a tool of ours.

    Args:
      ctx: the rule or aspect context.
      tool: the executable, of an attribute by tool_attr.
      args: its tool_args.
      execution_requirements: dict, those that it has besides the ones of all tools.
      **kwargs: `inputs`, `outputs`, `mnemonic`, `progress_message` and whatever else ctx.actions.run takes.
    """
    ctx.actions.run(
        executable = tool,
        arguments = [args],
        execution_requirements = _PATH_MAPPING | execution_requirements,
        **kwargs
    )

def owner_name(label):
    """A label as users write it, for messages of the tools.

    Args:
      label: a Label.

    Returns:
      "//pkg:name" in the main repository, "@@repo//pkg:name" elsewhere; the same on all Bazel versions.
    """
    repo = "@@" + label.repo_name if label.repo_name else ""
    return "{}//{}:{}".format(repo, label.package, label.name)
