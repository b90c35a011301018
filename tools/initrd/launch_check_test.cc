// Each case is an image, a launch of it, and what the build says about it.
#include "tools/initrd/launch_check.h"

#include <functional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tools/initrd/plan.h"
#include "tools/segment/segment.pb.h"

namespace linuxkit {
namespace {

constexpr char kRoot[] = "containers/images/0/rootfs";

void Add(SegmentEntry::Type type, const std::string& path, const std::string& text,
         SegmentIndex& image) {
  SegmentEntry& entry = *image.add_entries();
  entry.set_type(type);
  entry.set_path(std::string(kRoot) + path);
  entry.set_mode(0755);
  if (type == SegmentEntry::FILE) {
    entry.set_interpreter(text);
    entry.set_size(1);
  }
  if (type == SegmentEntry::SYMLINK) entry.set_link(text);
}

// A root as images have it, with programs of every kind.
SegmentIndex Image() {
  SegmentIndex image;
  for (const char* path : {"containers", "containers/images", "containers/images/0"}) {
    SegmentEntry& entry = *image.add_entries();
    entry.set_type(SegmentEntry::DIRECTORY);
    entry.set_path(path);
  }
  for (const char* path : {"", "/bin", "/dev", "/etc", "/lib", "/opt", "/proc", "/run", "/sys",
                           "/usr", "/usr/bin", "/var"}) {
    Add(SegmentEntry::DIRECTORY, path, "", image);
  }
  Add(SegmentEntry::SYMLINK, "/var/run", "/run", image);
  Add(SegmentEntry::FILE, "/bin/busybox", "", image);
  Add(SegmentEntry::SYMLINK, "/bin/sh", "busybox", image);
  Add(SegmentEntry::SYMLINK, "/bin/gone", "../opt/gone", image);
  Add(SegmentEntry::SYMLINK, "/bin/circle", "circle", image);
  Add(SegmentEntry::FILE, "/lib/ld", "", image);
  Add(SegmentEntry::FILE, "/opt/dynamic", "/lib/ld", image);
  Add(SegmentEntry::FILE, "/opt/glibc", "/lib64/ld-linux-x86-64.so.2", image);
  Add(SegmentEntry::FILE, "/opt/script", "#!/bin/sh -e", image);
  Add(SegmentEntry::FILE, "/opt/bash", "#! /bin/bash", image);
  Add(SegmentEntry::FILE, "/opt/windows", "#!/bin/sh\r", image);
  Add(SegmentEntry::FILE, "/opt/windows_env", "#!/usr/bin/env sh\r", image);
  Add(SegmentEntry::FILE, "/opt/python", "#!/usr/bin/env python3", image);
  Add(SegmentEntry::FILE, "/opt/env", "#!/usr/bin/env sh", image);
  Add(SegmentEntry::FILE, "/opt/split", "#!/usr/bin/env -S python3 -u", image);
  Add(SegmentEntry::FILE, "/opt/of_glibc", "#!/opt/glibc", image);
  Add(SegmentEntry::FILE, "/opt/itself", "#!/opt/itself", image);
  Add(SegmentEntry::FILE, "/opt/split_sh", "#!/usr/bin/env -S sh -e", image);
  Add(SegmentEntry::FILE, "/opt/split_variable", "#!/usr/bin/env -S A=1 python3", image);
  Add(SegmentEntry::FILE, "/opt/nobody", "#!", image);
  Add(SegmentEntry::FILE, "/opt/empty", "", image);
  image.mutable_entries()->rbegin()->set_size(0);
  Add(SegmentEntry::FIFO, "/opt/fifo", "", image);
  Add(SegmentEntry::FILE, "/opt/of_directory", "/usr/bin", image);
  Add(SegmentEntry::FILE, "/opt/of_data", "/etc/data", image);
  Add(SegmentEntry::FILE, "/opt/of_circle", "/bin/circle", image);
  Add(SegmentEntry::FILE, "/usr/bin/env", "", image);
  Add(SegmentEntry::FILE, "/etc/data", "", image);
  image.mutable_entries()->rbegin()->set_mode(0644);
  Add(SegmentEntry::HARDLINK, "/opt/link", "", image);
  image.mutable_entries()->rbegin()->set_link(std::string(kRoot) + "/opt/glibc");
  return image;
}

SegmentIndex Bundle(const Launch& launch) {
  SegmentIndex bundle;
  bundle.set_owner("//os:web");
  *bundle.add_launches() = launch;
  return bundle;
}

Launch LaunchOf(const std::string& program) {
  Launch launch;
  launch.set_image("redis:7");
  launch.set_root(kRoot);
  launch.set_program(program);
  launch.set_path_variable("/usr/bin:/bin");
  launch.set_working_directory("/");
  for (const char* path : {"/dev", "/dev/pts", "/proc", "/sys", "/sys/fs/cgroup"}) {
    launch.add_mounts(path);
  }
  return launch;
}

std::string ErrorOf(const Launch& launch) {
  return std::string(PlanInitrd({Image(), Bundle(launch)}).status().message());
}

struct Case {
  const char* name;
  const char* program;
  const char* error;
};

class ProgramTest : public testing::TestWithParam<Case> {};
TEST_P(ProgramTest, Says) {
  const std::string error = GetParam().error;
  EXPECT_EQ(ErrorOf(LaunchOf(GetParam().program)), error.empty() ? "" : "//os:web: " + error);
}

constexpr Case kPrograms[] = {
    {"Static", "/bin/busybox", ""},
    {"Linked", "/bin/sh", ""},
    {"ByPath", "sh", ""},
    {"ByRelativePath", "./bin/sh", ""},
    {"Dynamic", "/opt/dynamic", ""},
    {"Script", "/opt/script", ""},
    {"ScriptByEnv", "/opt/env", ""},
    {"ScriptBySplittingEnv", "/opt/split_sh", ""},
    {"MoreThanEnvTellsAtOnce", "/opt/split_variable", ""},
    {"MountedOver", "/proc/self/exe", ""},
    {"CircleOfInterpreters", "/opt/itself", ""},
    {"CircleOfLinks", "/bin/circle",
     "\"/bin/circle\" is a circle of symlinks in the image redis:7; expected a program"},
    {"NamedPipe", "/opt/fifo",
     "\"/opt/fifo\" is a device or a named pipe in the image redis:7; expected a program"},
    {"Empty", "/opt/empty",
     "\"/opt/empty\" is an empty file in the image redis:7; expected a program"},
    {"Missing", "/nothere",
     "found no \"/nothere\" in the image redis:7; correct the command, or add the program to the "
     "image"},
    {"BelowAFile", "/bin/sh/x",
     "found no \"/bin/sh/x\" (it leads to \"/bin/busybox/x\") in the image redis:7; correct the "
     "command, or add the program to the image"},
    {"DanglingLink", "/bin/gone",
     "found no \"/bin/gone\" (it leads to \"/opt/gone\") in the image redis:7; correct the "
     "command, "
     "or add the program to the image"},
    {"NotInPath", "nginx",
     "found no program \"nginx\" in PATH \"/usr/bin:/bin\" of the image redis:7; correct the "
     "command, "
     "or add the program to the image"},
    {"Directory", "/usr/bin",
     "\"/usr/bin\" is a directory in the image redis:7; expected a program"},
    {"NotExecutable", "/etc/data",
     "\"/etc/data\" has the mode 0644 in the image redis:7, so it cannot be executed; expected a "
     "program, with a mode such as 0755"},
    {"WithoutLoader", "/opt/glibc",
     "\"/opt/glibc\" needs the loader \"/lib64/ld-linux-x86-64.so.2\", which the image redis:7 "
     "lacks; "
     "link the program statically, or add the loader and its libraries to the image"},
    {"LoaderThatIsADirectory", "/opt/of_directory",
     "\"/usr/bin\", the loader of \"/opt/of_directory\", is a directory in the image redis:7; "
     "expected a program"},
    {"LoaderThatIsNotExecutable", "/opt/of_data",
     "\"/etc/data\", the loader of \"/opt/of_data\", has the mode 0644 in the image redis:7, so "
     "it cannot be executed; expected a program, with a mode such as 0755"},
    {"LoaderThatIsACircleOfLinks", "/opt/of_circle",
     "\"/bin/circle\", the loader of \"/opt/of_circle\", is a circle of symlinks in the image "
     "redis:7; expected a program"},
    {"HardLinkWithoutLoader", "/opt/link",
     "\"/opt/link\" needs the loader \"/lib64/ld-linux-x86-64.so.2\", which the image redis:7 "
     "lacks; "
     "link the program statically, or add the loader and its libraries to the image"},
    {"ScriptWithoutInterpreter", "/opt/bash",
     "found no \"/bin/bash\", which runs the script \"/opt/bash\", in the image redis:7; add it to "
     "the "
     "image"},
    {"ScriptOfAProgramWithoutLoader", "/opt/of_glibc",
     "\"/opt/glibc\", which runs the script \"/opt/of_glibc\", needs the loader "
     "\"/lib64/ld-linux-x86-64.so.2\", which the image redis:7 lacks; link the program statically, "
     "or "
     "add the loader and its libraries to the image"},
    {"ScriptOfAnotherSystem", "/opt/windows",
     "\"/opt/windows\" is a script whose first line ends with a carriage return; expected lines "
     "that "
     "end with a line feed alone"},
    {"ScriptOfAnotherSystemWithAnArgument", "/opt/windows_env",
     "\"/opt/windows_env\" is a script whose first line ends with a carriage return; expected "
     "lines "
     "that end with a line feed alone"},
    {"ScriptThatNamesNoInterpreter", "/opt/nobody",
     "\"/opt/nobody\" is a script whose first line names no interpreter; expected a line such as "
     "\"#!/bin/sh\""},
    {"ScriptBySplittingEnvWithoutInterpreter", "/opt/split",
     "found no \"python3\", which runs the script \"/opt/split\", in PATH \"/usr/bin:/bin\" of "
     "the image redis:7; add it to the image, or extend PATH in env"},
    {"ScriptByEnvWithoutInterpreter", "/opt/python",
     "found no \"python3\", which runs the script \"/opt/python\", in PATH \"/usr/bin:/bin\" of "
     "the "
     "image redis:7; add it to the image, or extend PATH in env"},
};
INSTANTIATE_TEST_SUITE_P(Programs, ProgramTest, testing::ValuesIn(kPrograms),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(LaunchCheckTest, NoPathVariable) {
  Launch launch = LaunchOf("sh");
  launch.clear_path_variable();
  EXPECT_EQ(
      ErrorOf(launch),
      "//os:web: found the command \"sh\" and no variable PATH; expected an absolute path, or "
      "PATH in env");
}

TEST(LaunchCheckTest, RelativeDirectoryInPath) {
  Launch launch = LaunchOf("nginx");
  launch.set_path_variable("/bin:tools:/usr/bin");
  EXPECT_EQ(ErrorOf(launch), "");
}

TEST(LaunchCheckTest, RelativeToTheWorkingDirectory) {
  Launch launch = LaunchOf("./busybox");
  launch.set_working_directory("/bin");
  EXPECT_EQ(ErrorOf(launch), "");
  launch.set_working_directory("/opt");
  EXPECT_EQ(
      ErrorOf(launch),
      "//os:web: found no \"/opt/./busybox\" (it leads to \"/opt/busybox\") in the image redis:7; "
      "correct the command, or add the program to the image");
}

// What is mounted may have the program, whatever the image says.
TEST(LaunchCheckTest, MountsHideTheImage) {
  for (const char* path : {"/nothere", "/opt/x/y", "/run/app", "/var/run/app"}) {
    for (const char* mount : {"/nothere", "/opt/x", "/var/run", "/"}) {
      Launch launch = LaunchOf(path);
      launch.add_mounts(mount);
      const std::string error = ErrorOf(launch);
      const bool hidden = std::string(mount) == "/" || std::string(path).starts_with(mount) ||
                          (std::string(path) == "/run/app" && std::string(mount) == "/var/run");
      EXPECT_EQ(error.empty(), hidden) << path << " " << mount << " " << error;
    }
  }
}

TEST(LaunchCheckTest, MountOverALoader) {
  Launch launch = LaunchOf("/opt/glibc");
  launch.add_mounts("/lib64");
  EXPECT_EQ(ErrorOf(launch), "");
}

TEST(LaunchCheckTest, MountOverADirectoryOfPath) {
  Launch launch = LaunchOf("nginx");
  launch.add_mounts("/usr/bin");
  EXPECT_EQ(ErrorOf(launch), "");
}

TEST(LaunchCheckTest, WhatIsPutThereBeforeTheStart) {
  Launch launch = LaunchOf("/nothere/x");
  launch.add_changed("/nothere");
  EXPECT_EQ(ErrorOf(launch), "");
}

TEST(LaunchCheckTest, WorkingDirectory) {
  Launch launch = LaunchOf("/bin/sh");
  for (const char* directory : {"", "/opt", "/nothere", "/var/run"}) {
    launch.set_working_directory(directory);
    EXPECT_EQ(ErrorOf(launch), "");
  }
  launch.set_working_directory("/etc/data");
  EXPECT_EQ(ErrorOf(launch),
            "//os:web: the working directory \"/etc/data\" is a file in the image redis:7; set cwd "
            "to a directory");
  launch.add_mounts("/etc/data");
  EXPECT_EQ(ErrorOf(launch), "");
}

TEST(LaunchCheckTest, RootThatTheSystemDoesNotHave) {
  Launch launch = LaunchOf("/nothere");
  launch.set_root("containers/images/1/rootfs");
  EXPECT_EQ(ErrorOf(launch), "");
}

TEST(LaunchCheckTest, ContainerThatMayChangeOthers) {
  Launch other = LaunchOf("/bin/sh");
  other.set_changes_others(true);
  EXPECT_TRUE(PlanInitrd({Image(), Bundle(LaunchOf("/nothere")), Bundle(other)}).status().ok());
}

TEST(LaunchCheckTest, MountPointsOfAReadOnlyRoot) {
  Launch launch = LaunchOf("/bin/sh");
  launch.add_mounts("/etc/app.d/x.conf");
  launch.add_mounts("/etc/data");
  launch.add_mounts("/opt");
  launch.add_mounts("/opt/new");
  launch.add_mounts("/srv");
  launch.add_mounts("/var/run/x");
  EXPECT_EQ(ErrorOf(launch), "");
  launch.set_readonly(true);
  EXPECT_EQ(
      ErrorOf(launch),
      "//os:web: found a mount on \"/etc/app.d/x.conf\" and nothing there in the image redis:7, "
      "whose root is read-only, so it cannot be made; add that file or directory to the image, "
      "or set readonly to false\n"
      "//os:web: found a mount on \"/srv\" and nothing there in the image redis:7, whose root is "
      "read-only, so it cannot be made; add that file or directory to the image, or set "
      "readonly to false\n"
      "//os:web: found a mount on \"/var/run/x\" and nothing there in the image redis:7, whose "
      "root is read-only, so it cannot be made; add that file or directory to the image, or "
      "set readonly to false");
}

TEST(LaunchCheckTest, MountPointBelowWhatIsPutThereBeforeTheStart) {
  Launch launch = LaunchOf("/bin/sh");
  launch.set_readonly(true);
  launch.add_mounts("/srv/data");
  launch.add_changed("/srv");
  EXPECT_EQ(ErrorOf(launch), "");
}

TEST(LaunchCheckTest, AllContainersInOneError) {
  EXPECT_EQ(
      PlanInitrd(
          {Image(), Bundle(LaunchOf("/a")), Bundle(LaunchOf("/bin/sh")), Bundle(LaunchOf("/b"))})
          .status()
          .message(),
      "//os:web: found no \"/a\" in the image redis:7; correct the command, or add the program "
      "to the image\n"
      "//os:web: found no \"/b\" in the image redis:7; correct the command, or add the program "
      "to the image");
}

}  // namespace
}  // namespace linuxkit
