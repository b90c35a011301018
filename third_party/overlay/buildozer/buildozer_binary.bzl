"""What bazel_tools asks of this module: an extension with a repository of that name. Nobody runs it."""

def _empty_repo_impl(rctx):
    rctx.file("BUILD.bazel", "")

_empty_repo = repository_rule(implementation = _empty_repo_impl)

buildozer_binary = module_extension(implementation = lambda mctx: _empty_repo(name = "buildozer_binary"))
