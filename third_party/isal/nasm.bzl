"""Assembly in NASM's language."""

def _nasm_objects_impl(ctx):
    objects = []
    for source in ctx.files.srcs:
        object = ctx.actions.declare_file(source.basename.removesuffix(".asm") + ".o")
        args = ctx.actions.args()
        args.add_all(["-f", "elf64"])
        args.add_all(ctx.attr.defines, before_each = "-D")
        args.add_all(ctx.files.hdrs, before_each = "-I", map_each = _directory, uniquify = True)
        args.add("-o", object)
        args.add(source)
        ctx.actions.run(
            executable = ctx.executable._nasm,
            arguments = [args],
            inputs = [source] + ctx.files.hdrs,
            outputs = [object],
            mnemonic = "NasmCompile",
            progress_message = "Assembling %{input}",
            execution_requirements = {"supports-path-mapping": "1"},
        )
        objects.append(object)
    return [DefaultInfo(files = depset(objects))]

def _directory(file):
    return file.dirname + "/"

nasm_objects = rule(
    implementation = _nasm_objects_impl,
    doc = "Object files for a cc_library to take as sources.",
    attrs = {
        "defines": attr.string_list(doc = "NAME=VALUE for the preprocessor."),
        "hdrs": attr.label_list(doc = "What sources include; found by name alone.", allow_files = [".asm"]),
        "srcs": attr.label_list(allow_files = [".asm"]),
        "_nasm": attr.label(default = "@nasm", cfg = "exec", executable = True, allow_files = True),
    },
)
