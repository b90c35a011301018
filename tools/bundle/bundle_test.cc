// config.json and runtime.json against the texts of the LinuxKit format, and the segment against
// its order of entries.
#include "tools/bundle/bundle.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/bundle/testing.h"
#include "tools/cpio/newc_reader.h"
#include "tools/spec/ids.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;

std::string TempPath(const std::string& name) { return testing::TempDir() + "/" + name; }

absl::StatusOr<std::vector<std::string>> Listing(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  FileRange range(file);
  NewcReader cpio(range);
  std::vector<std::string> lines;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<NewcMember> member, cpio.Next());
    if (!member) return lines;
    const NewcHeader& header = member->header;
    lines.push_back(absl::StrCat(
        member->name, " ",
        absl::StrFormat("%o %d:%d %d", header.mode, header.uid, header.gid, header.mtime)));
  }
}

absl::StatusOr<std::vector<std::string>> ListingOf(
    const std::function<absl::Status(SegmentWriter&)>& add) {
  ABSL_ASSIGN_OR_RETURN(
      const std::unique_ptr<SegmentWriter> writer,
      SegmentWriter::Create(
          TempPath("segment"),
          {.owner = "//os:test", .compression = {.format = Compression::Format::kNone}}));
  ABSL_RETURN_IF_ERROR(add(*writer));
  ABSL_RETURN_IF_ERROR(writer->Finish(TempPath("index")));
  return Listing(TempPath("segment"));
}

// LinuxKit format, section 3.10.
TEST(ConfigJsonGoldenTest, FullText) {
  ImageConfig image = TestImage(R"({"capabilities": ["CAP_SYS_BOOT"], "binds": ["/x:/y"]})");
  image.clear_cmd();
  image.add_entrypoint("/ep");
  image.add_cmd("arg");
  image.add_env("PATH=/bin");
  image.set_working_dir("/w");
  const auto bundle = BundleOf("", image);
  ASSERT_THAT(bundle, IsOk());
  EXPECT_EQ(bundle->config_json, R"({
    "ociVersion": "1.2.1",
    "process": {
        "user": {
            "uid": 0,
            "gid": 0
        },
        "args": [
            "/ep",
            "arg"
        ],
        "env": [
            "PATH=/bin"
        ],
        "cwd": "/w",
        "capabilities": {
            "bounding": [
                "CAP_SYS_BOOT"
            ],
            "effective": [
                "CAP_SYS_BOOT"
            ],
            "inheritable": [
                "CAP_SYS_BOOT"
            ],
            "permitted": [
                "CAP_SYS_BOOT"
            ]
        }
    },
    "root": {
        "path": "rootfs"
    },
    "mounts": [
        {
            "destination": "/dev",
            "type": "tmpfs",
            "source": "tmpfs",
            "options": [
                "nosuid",
                "strictatime",
                "mode=755",
                "size=65536k"
            ]
        },
        {
            "destination": "/dev/pts",
            "type": "devpts",
            "source": "devpts",
            "options": [
                "nosuid",
                "noexec",
                "newinstance",
                "ptmxmode=0666",
                "mode=0620"
            ]
        },
        {
            "destination": "/proc",
            "type": "proc",
            "source": "proc",
            "options": [
                "nosuid",
                "nodev",
                "noexec",
                "relatime"
            ]
        },
        {
            "destination": "/sys",
            "type": "sysfs",
            "source": "sysfs",
            "options": [
                "nosuid",
                "noexec",
                "nodev"
            ]
        },
        {
            "destination": "/sys/fs/cgroup",
            "type": "cgroup",
            "source": "cgroup",
            "options": [
                "nosuid",
                "noexec",
                "nodev",
                "relatime",
                "ro"
            ]
        },
        {
            "destination": "/y",
            "type": "bind",
            "source": "/x",
            "options": [
                "rw",
                "rbind",
                "rshared"
            ]
        }
    ],
    "linux": {
        "resources": {},
        "namespaces": [
            {
                "type": "pid"
            },
            {
                "type": "mount"
            }
        ]
    }
})");
}

// LinuxKit format, section 2.10, with our place for the image's content.
TEST(RuntimeJsonGoldenTest, Writable) {
  const auto bundle = BundleOf("", TestImage());
  ASSERT_THAT(bundle, IsOk());
  EXPECT_EQ(bundle->runtime_json, absl::StrCat(R"({
    "cgroups": [],
    "mounts": [
        {
            "destination": "/containers/services/web/tmp",
            "type": "tmpfs",
            "source": "tmpfs"
        },
        {
            "destination": "/containers/services/web/tmp",
            "options": [
                "remount",
                "private"
            ]
        },
        {
            "destination": "/containers/services/web/rootfs",
            "type": "overlay",
            "source": "overlay",
            "options": [
                "lowerdir=/containers/images/)",
                                               kChainId, R"(/rootfs",
                "upperdir=/containers/services/web/tmp/upper",
                "workdir=/containers/services/web/tmp/work"
            ]
        }
    ],
    "mkdir": [],
    "interfaces": [],
    "bindNS": {
        "cgroup": "",
        "ipc": "",
        "mnt": "",
        "net": "",
        "pid": "",
        "user": "",
        "uts": ""
    },
    "namespace": ""
})"));
}

TEST(BundleTest, WritableSegment) {
  const auto bundle = BundleOf("", TestImage());
  ASSERT_THAT(bundle, IsOk());
  EXPECT_THAT(ListingOf([&](SegmentWriter& writer) { return AddBundle(*bundle, writer); }),
              IsOkAndHolds(ElementsAre("containers 40755 0:0 1492533000",
                                       "containers/services 40755 0:0 1492533000",
                                       "containers/services/web 40755 0:0 1492533000",
                                       "containers/services/web/config.json 100644 0:0 1492533000",
                                       "containers/services/web/tmp 40755 0:0 1492533000",
                                       "containers/services/web/rootfs 40755 0:0 1492533000",
                                       "containers/services/web/runtime.json 100644 0:0 "
                                       "1492533000")));
}

TEST(BundleTest, ReadonlySegmentHasNoTmp) {
  const auto bundle = BundleOf("readonly: true", TestImage());
  ASSERT_THAT(bundle, IsOk());
  EXPECT_THAT(ListingOf([&](SegmentWriter& writer) { return AddBundle(*bundle, writer); }),
              IsOkAndHolds(ElementsAre("containers 40755 0:0 1492533000",
                                       "containers/services 40755 0:0 1492533000",
                                       "containers/services/web 40755 0:0 1492533000",
                                       "containers/services/web/config.json 100644 0:0 1492533000",
                                       "containers/services/web/rootfs 40755 0:0 1492533000",
                                       "containers/services/web/runtime.json 100644 0:0 "
                                       "1492533000")));
}

TEST(BundleTest, OddNameIsCleaned) {
  const auto bundle = MakeBundle(Container(), TestImage(), "containers/services/A b/../x", {}, {},
                                 Profile::kLinuxkit);
  ASSERT_THAT(bundle, IsOk());
  EXPECT_EQ(bundle->path, "containers/services/x");
}

TEST(BundleTest, NameThatLeadsOut) {
  EXPECT_THAT(MakeBundle(Container(), TestImage(), "containers/services/../../esc", {}, {},
                         Profile::kLinuxkit),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "found the name \"../../esc\", which leads out of containers/services; "
                       "expected a name without \"..\""));
}

TEST(BundleTest, NameThatLeadsToAnotherSection) {
  EXPECT_THAT(MakeBundle(Container(), TestImage(), "containers/services/../onboot/x", {}, {},
                         Profile::kLinuxkit),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "found the name \"../onboot/x\", which leads out of containers/services; "
                       "expected a name without \"..\""));
}

TEST(BundleTest, PathOutsideContainers) {
  EXPECT_THAT(MakeBundle(Container(), TestImage(), "etc/web", {}, {}, Profile::kLinuxkit),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "found the bundle path \"etc/web\"; expected containers/SECTION/NAME"));
}

TEST(BundleTest, NameWithANul) {
  EXPECT_THAT(MakeBundle(Container(), TestImage(), std::string_view("containers/services/a\0b", 23),
                         {}, {}, Profile::kLinuxkit),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(BundleTest, ChainIdThatIsNone) {
  for (const std::string& id : {std::string("../x"), std::string(63, 'a'), std::string(64, 'g')}) {
    ImageConfig image;
    image.set_chain_id(id);
    EXPECT_THAT(BundleOf("", image), StatusIs(absl::StatusCode::kInvalidArgument,
                                              absl::StrCat("found the chain id \"", id,
                                                           "\"; expected 64 hexadecimal digits")));
  }
}

TEST(IdTableTest, NameWithAnEqualsSign) {
  EXPECT_THAT(ParseIdTable({{"a=b=100"}}), IsOkAndHolds(IdTable{{"a=b", 100}}));
}

TEST(VolumeTest, WithoutImage) {
  Volume volume;
  volume.set_name("data");
  EXPECT_THAT(ListingOf([&](SegmentWriter& writer) { return AddVolume(volume, nullptr, writer); }),
              IsOkAndHolds(ElementsAre("containers 40755 0:0 1492533000",
                                       "containers/volumes 40755 0:0 1492533000",
                                       "containers/volumes/data 40755 0:0 1492533000",
                                       "containers/volumes/data/lower 40755 0:0 1492533000",
                                       "containers/volumes/data/tmp 40755 0:0 1492533000",
                                       "containers/volumes/data/merged 40755 0:0 1492533000")));
}

TEST(VolumeTest, LowerOfAnImageIsLeftToIt) {
  Volume volume;
  volume.set_name("data");
  volume.set_image("//x:data");
  EXPECT_THAT(ListingOf([&](SegmentWriter& writer) { return AddVolume(volume, nullptr, writer); }),
              IsOkAndHolds(ElementsAre("containers 40755 0:0 1492533000",
                                       "containers/volumes 40755 0:0 1492533000",
                                       "containers/volumes/data 40755 0:0 1492533000",
                                       "containers/volumes/data/tmp 40755 0:0 1492533000",
                                       "containers/volumes/data/merged 40755 0:0 1492533000")));
}

TEST(LaunchTest, WhatTheFilesMustHave) {
  ImageConfig image = TestImage();
  for (const char* variable : {"PATH=/a", "PATHS=/b", "PATH=/bin"}) image.add_env(variable);
  const auto bundle = BundleOf(
      "readonly: true\ncwd: /w\nbinds: ['/etc/x:/x']\n"
      "runtime: {mkdir: [made], mounts: [{destination: state}, {destination: /var/lib/x}, "
      "{destination: /containers/services/web/rootfs/y}]}",
      image);
  ASSERT_THAT(bundle, IsOk());
  EXPECT_EQ(bundle->launch.ShortDebugString(),
            absl::StrCat("image: \"x\" root: \"containers/images/", kChainId,
                         "/rootfs\" program: \"/cmd\" path_variable: \"/bin\" "
                         "working_directory: \"/w\" readonly: true mounts: \"/dev\" mounts: "
                         "\"/dev/pts\" mounts: \"/proc\" mounts: \"/sys\" mounts: "
                         "\"/sys/fs/cgroup\" mounts: \"/x\" changed: \"/state\" changed: "
                         "\"//y\" changed: \"/made\""));
}

TEST(LaunchTest, WhoMayChangeOtherContainers) {
  const auto changes = [](std::string_view yaml) {
    const auto bundle = BundleOf(yaml, TestImage());
    return bundle.ok() && bundle->launch.changes_others();
  };
  EXPECT_TRUE(changes("binds: ['/containers:/x']"));
  EXPECT_TRUE(changes("binds: ['/containers/services/a:/x']"));
  EXPECT_TRUE(changes("runtime: {mkdir: [/containers/services/a/rootfs/x]}"));
  EXPECT_TRUE(changes("binds: ['/:/host']"));
  EXPECT_TRUE(changes("binds: ['/var/../containers:/x']"));
  EXPECT_FALSE(changes("binds: ['data:/x', '/:/y:ro', '/etc:/z', '/containersx:/w']"));
  EXPECT_FALSE(changes("runtime: {mkdir: [/containers/services/web/rootfs/x, /run/x]}"));
}

TEST(LaunchTest, StandsInTheIndex) {
  const auto bundle = BundleOf("", TestImage());
  ASSERT_THAT(bundle, IsOk());
  ASSERT_THAT(ListingOf([&](SegmentWriter& writer) { return AddBundle(*bundle, writer); }), IsOk());
  SegmentIndex index;
  ASSERT_TRUE(index.ParseFromString(ReadFile(TempPath("index")).value_or("")));
  ASSERT_EQ(index.launches_size(), 1);
  EXPECT_EQ(index.launches(0).program(), "/cmd");
}

}  // namespace
}  // namespace linuxkit
