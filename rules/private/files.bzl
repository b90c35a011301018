"""linuxkit_files: files written into the system after everything else."""

load("//rules/private:container_fields.bzl", "id_names")
load("//rules/private:entry.bzl", "ENTRY_ATTRS", "parse_entry")
load("//rules/private:file_sources.bzl", "FILE_SOURCES_ATTRS", "file_sources")
load("//rules/private/providers:linuxkit_section_info.bzl", "LinuxkitSectionInfo")

visibility("//rules/...")

def _linuxkit_files_impl(ctx):
    entries = json.decode(ctx.attr.entries)
    parsed = parse_entry(ctx, "files", entries)
    return [
        DefaultInfo(files = depset([parsed])),
        LinuxkitSectionInfo(
            section = "files",
            name = ctx.label.name,
            entry = parsed,
            content = None,
            id_names = sorted({name: None for entry in entries for name in id_names(entry)}),
            layout = None,
            metadata = {},
            readonly = False,
            sources = file_sources(ctx),
        ),
    ]

_linuxkit_files = rule(
    implementation = _linuxkit_files_impl,
    attrs = ENTRY_ATTRS | FILE_SOURCES_ATTRS | {
        "entries": attr.string(mandatory = True),
    },
    provides = [LinuxkitSectionInfo],
)

def linuxkit_files(name, files, **kwargs):
    """Entries of `files`, in order.

    Args:
      name: the target's name.
      files: list of dict with the keys of the YAML: `path`, one of `contents`, `source` (a label), `symlink` and
        `directory = True`, and optionally `mode` (a string of octal digits; default "0600", directories "0700"), `uid`,
        `gid`. Directories above a path that no earlier entry wrote are written too, their mode derived from the file's: give
        an explicit mode such as "0644".
      **kwargs: attributes common to all rules.
    """
    sources = {}
    for entry in files:
        if "source" in entry:
            sources[entry["source"]] = entry["source"]
    _linuxkit_files(name = name, entries = json.encode(files), sources = sources, **kwargs)
