"""What `source` of a file names."""

visibility("//rules/...")

FILE_SOURCES_ATTRS = {
    "sources": attr.label_keyed_string_dict(
        allow_files = True,
        doc = "The files that entries name, each with the text of its `source`.",
    ),
}

def file_sources(ctx):
    """The files of `sources`.

    Args:
      ctx: the rule context, with FILE_SOURCES_ATTRS.

    Returns:
      List of (text of the `source`, File), sorted.
    """
    sources = []
    for target, text in ctx.attr.sources.items():
        files = target[DefaultInfo].files.to_list()
        if len(files) != 1 or files[0].is_directory:
            fail("files: source \"{}\": found {} files; expected one.".format(text, len(files)))
        sources.append((text, files[0]))
    return sorted(sources)
