"""Running a system: `bazel run :myimage_qemu`."""

load("//rules/private:actions.bzl", "tool_attr")
load("//rules/private/providers:linuxkit_image_info.bzl", "LinuxkitImageInfo")

visibility("//rules/...")

