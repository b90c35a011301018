# What the reference system is built to, for scripts that compare it. To be sourced; `bazel` is a function or a program that runs Bazel in the
# checkout that is the present directory.

# reference_targets: the system in all formats and the images that it is made of, one label a line.
reference_targets() {
  bazel query --noshow_progress --ui_event_filters=-info \
    'kind("linuxkit_.* rule", //os:* + //runtime/images:*) except attr(testonly, 1, //os:*)'
}

# digests TARGET…: SHA-256 and path of each file that they are, sorted. They have been built, with the same options.
digests() {
  bazel cquery --ui_event_filters=-info --noshow_progress --output=files "set($*)" | sort -u |
    while read -r file; do find -L "$file" -type f -exec sha256sum {} +; done
}
