"""How this ruleset runs its tools: always with a parameter file, a mnemonic and a message, and wherever the executor is."""

visibility("//rules/...")

def tool_attr(label):
    """An attribute for an action binary of ours.

    Args:
      label: string, the tool's label in this repository.

    Returns:
      A private attribute for the tool, built for the machine that runs actions.
    """
    return attr.label(default = Label(label), cfg = "exec", executable = True)

def tool_args(ctx):
    """Args that always travel through a parameter file, one word a line (tools/base/args.h reads it).

    Args:
      ctx: the rule or aspect context.

    Returns:
      A new Args.
    """
    args = ctx.actions.args()
    args.set_param_file_format("multiline")
    args.use_param_file("@%s", use_always = True)
    return args

def run_tool(ctx, execution_requirements = {}, **kwargs):
    """ctx.actions.run for an action binary of ours.

    Its paths reach the tool through Args alone and never an output, so an action has the same key in every configuration, where
    --experimental_output_paths=strip allows it.

    Args:
      ctx: the rule or aspect context.
      execution_requirements: dict, the action's further ones.
      **kwargs: other parameters of ctx.actions.run.
    """
    ctx.actions.run(
        execution_requirements = {"supports-path-mapping": "1"} | execution_requirements,
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
