"""MissingProgramInfo: why a boot program is not there."""

visibility("public")

MissingProgramInfo = provider(
    doc = "Stands for a boot program that is not installed; only an output that needs it fails.",
    fields = {"message": "string: what was looked for, and how to get it."},
)
