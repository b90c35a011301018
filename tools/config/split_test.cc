#include "tools/config/split.h"

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/config/skeleton.h"
#include "tools/spec/entry.h"
#include "tools/spec/message_file.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;

constexpr char kBase[] = R"(
kernel: {image: linuxkit/kernel:6, cmdline: "console=ttyS0", tar: none}
init: [linuxkit/init:1]
onboot:
  - {name: dhcp, image: dhcp}
onshutdown:
  - {name: bye, image: busybox}
services:
  - {name: web, image: ":web", env: [A=1], binds: ["data:/data"], uid: dhcp}
  - {name: getty, image: getty}
files:
  - {path: etc/motd, contents: hello}
  - {path: etc/keys, source: keys/a}
volumes:
  - {name: data}
)";

constexpr char kSite[] = R"(
kernel: {cmdline: "console=tty0"}
services:
  - {name: extra, image: extra}
files:
  - {path: etc/site, source: keys/a, mode: "0644"}
  - {path: etc/info, metadata: json}
)";

using Files = std::map<std::string, std::string>;

// Splits base and site, which lie in different packages, and returns the outputs by name.
class SplitTest : public testing::Test {
 protected:
  static std::vector<ConfigFile> Inputs(std::string_view base, std::string_view site) {
    return {{.path = "os/base.yml", .label = "//os:base.yml", .text = std::string(base)},
            {.path = "site/my.yml", .label = "//site:my.yml", .text = std::string(site)}};
  }

  static Skeletons Locked() {
    Skeletons skeletons;
    for (const ConfigFile& file : Inputs(kBase, kSite)) {
      *skeletons.add_configs() = *MakeSkeleton(ParseConfigs({file})->front(), file.label);
    }
    return skeletons;
  }

  static std::string Path(std::string_view name) {
    return absl::StrCat(testing::TempDir(), "/", name);
  }

  static SplitOutputs Outputs() {
    return {.cmdline = Path("cmdline"),
            .kernel = Path("kernel"),
            .onboot = {Path("dhcp")},
            .onshutdown = {Path("bye")},
            .services = {Path("web"), Path("getty"), Path("extra")},
            .volumes = {Path("data")},
            .files = Path("files"),
            .metadata_yaml = std::nullopt,
            .metadata_json = Path("json")};
  }

  static Files Split(std::string_view base, std::string_view site) {
    EXPECT_THAT(SplitConfig(Inputs(base, site), Locked(), Outputs()), IsOk());
    Files files;
    for (const char* name :
         {"cmdline", "kernel", "dhcp", "bye", "web", "getty", "extra", "data", "files", "json"}) {
      files[name] = ReadFile(Path(name)).value_or("(none)");
    }
    return files;
  }

  // Which outputs an edit of the base changes.
  static std::string Changed(std::string_view from, std::string_view to) {
    const Files before = Split(kBase, kSite);
    const std::string edited = absl::StrReplaceAll(kBase, {{from, to}});
    EXPECT_NE(edited, kBase);
    std::string changed;
    for (const auto& [name, bytes] : Split(edited, kSite)) {
      if (bytes != before.at(name)) absl::StrAppend(&changed, changed.empty() ? "" : " ", name);
    }
    return changed;
  }
};

TEST_F(SplitTest, ContainersAreWhatParseEntryWrites) {
  const Files files = Split(kBase, kSite);
  const auto web = ParseContainer(
      "{\"uid\": \"dhcp\", \"binds\": [\"/containers/volumes/data/merged:/data\"], \"env\": "
      "[\"A=1\"], \"image\": \":web\", "
      "\"name\": \"web\"}",
      Section::kServices, {.name = "//os:web"});
  ASSERT_THAT(web, IsOk());
  ASSERT_THAT(WriteMessage(Path("expected"), *web), IsOk());
  EXPECT_EQ(files.at("web"), *ReadFile(Path("expected")));
}

TEST_F(SplitTest, KernelOfBothFiles) {
  const Files files = Split(kBase, kSite);
  EXPECT_EQ(files.at("cmdline"), "console=tty0");
  Kernel kernel;
  ASSERT_TRUE(kernel.ParseFromString(files.at("kernel")));
  EXPECT_EQ(kernel.ShortDebugString(), "tar: \"none\"");
}

TEST_F(SplitTest, SourcesOfDifferentPackages) {
  FileEntryList list;
  ASSERT_TRUE(list.ParseFromString(Split(kBase, kSite).at("files")));
  ASSERT_EQ(list.values_size(), 4);
  EXPECT_EQ(list.values(1).source(), "//os:keys/a");
  EXPECT_EQ(list.values(2).source(), "//site:keys/a");
}

TEST_F(SplitTest, EditsStopAtTheirEntry) {
  EXPECT_EQ(Changed("A=1", "A=2"), "json web");
  EXPECT_EQ(Changed("contents: hello", "contents: bye"), "files json");
  EXPECT_EQ(Changed("tar: none", "tar: mods.tar"), "json kernel");
  EXPECT_EQ(Changed("{name: dhcp, image: dhcp}", "{name: dhcp, image: dhcp, readonly: true}"),
            "dhcp json");
}

TEST_F(SplitTest, EditsThatMeanNothing) {
  EXPECT_EQ(Changed("onboot:\n", "# comment\n\n\nonboot:\n"), "");
  EXPECT_EQ(Changed("{name: getty, image: getty}", "{image: 'getty', \"name\": getty}"), "");
  // The second file's command line counts.
  EXPECT_EQ(Changed("console=ttyS0", "console=ttyS1"), "");
}

TEST_F(SplitTest, SkeletonOfAnotherYaml) {
  const std::string edited = absl::StrReplaceAll(kBase, {{"image: getty", "image: getty:2"}});
  EXPECT_EQ(SplitConfig(Inputs(edited, kSite), Locked(), Outputs()).message(),
            "os/base.yml: sections, names or images are not those of the lock file:\n"
            "  + services: name \"getty\", image \"getty:2\"\n"
            "  - services: name \"getty\", image \"getty\"\n"
            "To bring the lock file up to date: bazel run @linuxkit//:lock");
}

TEST_F(SplitTest, ProblemsOfTheYamlComeFirst) {
  EXPECT_EQ(SplitConfig(Inputs("inits: []", kSite), Locked(), Outputs()).message(),
            "os/base.yml:1:1: unknown key \"inits\"; did you mean \"init\"?\n"
            "    1 | inits: []\n"
            "      | ^");
}

TEST_F(SplitTest, OutputsThatTheRuleForgot) {
  SplitOutputs outputs = Outputs();
  outputs.services.pop_back();
  EXPECT_EQ(SplitConfig(Inputs(kBase, kSite), Locked(), outputs).message(),
            "found 2 outputs for services; expected 3");
  EXPECT_EQ(SplitConfig(Inputs(kBase, kSite), {}, Outputs()).message(),
            "found 0 skeletons for 2 YAML files; expected one for each");
}

}  // namespace
}  // namespace linuxkit
