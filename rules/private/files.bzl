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

linuxkit_files = rule(
    implementation = _linuxkit_files_impl,
    attrs = ENTRY_ATTRS | FILE_SOURCES_ATTRS | {
        "entries": attr.string(mandatory = True),
    },
    provides = [LinuxkitSectionInfo],
)
