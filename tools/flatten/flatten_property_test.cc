// Random images: one pass, the plan, and a naive unpacking must agree. A failure prints the seed
// and the layers.
#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/flatten/flattener.h"
#include "tools/flatten/testing/kernel_tree.h"
#include "tools/flatten/testing/layers.h"
#include "tools/flatten/testing/naive_unpack.h"
#include "tools/tar/testing/tar_builder.h"

namespace linuxkit {
namespace {

using Layer = std::vector<TarMember>;

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {
    // Many seeds make images without the entries that always need a plan.
    may_link_ = Chance(50);
    may_hard_link_ = Chance(30);
    explicit_parents_ = Chance(50);
  }

  ImageKind Kind() {
    return Chance(50) ? ImageKind::kPlain : Chance(50) ? ImageKind::kInit : ImageKind::kContainer;
  }

  std::vector<Layer> Image() {
    std::vector<Layer> layers(1 + Number(4));
    for (Layer& layer : layers) {
      for (uint32_t count = Number(8); count > 0; --count) AddEntry(layer);
    }
    return layers;
  }

 private:
  uint32_t Number(uint32_t below) { return static_cast<uint32_t>(random_()) % below; }
  bool Chance(uint32_t percent) { return Number(100) < percent; }
  template <size_t N>
  std::string Pick(const char* const (&choices)[N]) {
    return choices[Number(N)];
  }

  std::string Path() {
    static constexpr const char* kNames[] = {"a", "b", "c", "a", "b", "etc", "dev"};
    static constexpr const char* kSystem[] = {"etc/hosts",    "etc/mtab", "etc/resolv.conf",
                                              "etc/hostname", "dev/pts",  "etc/hosts/x",
                                              "Dockerfile",   "proc"};
    if (Chance(15)) return Pick(kSystem);
    std::string path = Pick(kNames);
    while (Chance(45)) absl::StrAppend(&path, "/", Pick(kNames));
    return path;
  }

  std::string Target() {
    if (Chance(10)) return "../" + Path();
    return Chance(30) ? "/" + Path() : Path();
  }

  // As the aufs driver wrote them.
  void AddHardLinkToMetadata(Layer& layer) {
    const std::string plnk = absl::StrCat(".wh..wh.plnk/", Number(2));
    layer.push_back(Numbered({.name = plnk, .data = absl::StrCat("plnk ", Number(1000))}));
    layer.push_back(Numbered({.name = Path(), .type = '1', .link = plnk}));
  }

  void AddEntry(Layer& layer) {
    if (may_hard_link_ && Chance(3)) return AddHardLinkToMetadata(layer);
    std::string path = Path();
    if (explicit_parents_) {
      for (size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
        const std::string parent = path.substr(0, slash);
        const bool there = std::any_of(layer.begin(), layer.end(), [&](const TarMember& entry) {
          return entry.name == parent;
        });
        if (!there) layer.push_back(Numbered({.name = parent, .type = '5', .mode = 0700}));
      }
    }
    layer.push_back(Numbered(RandomEntry(path)));
  }

  TarMember RandomEntry(const std::string& path) {
    const size_t slash = path.rfind('/');
    const std::string directory = slash == path.npos ? "" : path.substr(0, slash + 1);
    const uint32_t kind = Number(100);
    if (kind < 10) return {.name = directory + ".wh." + path.substr(directory.size())};
    if (kind < 15) return {.name = path + "/.wh..wh..opq"};
    if (kind < 17) return {.name = ".wh..wh..opq"};
    if (kind < 19) return {.name = ".", .type = '5', .mode = 0711};
    if (kind < 30 && may_link_) return {.name = path, .type = '2', .link = Target(), .mode = 0777};
    if (kind < 38 && may_hard_link_) return {.name = path, .type = '1', .link = Path()};
    if (kind < 42) return {.name = path, .type = '6'};
    if (kind < 44) return {.name = path, .type = '3', .major = 1, .minor = Number(9)};
    if (kind < 70) return {.name = path, .type = '5', .mode = 0700 + Number(8)};
    return {.name = path, .data = absl::StrCat("content ", Number(1000)), .mode = 0600 + Number(8)};
  }

  // Times tell entries apart.
  TarMember Numbered(TarMember entry) {
    entry.mtime = ++count_;
    entry.uid = Number(3);
    return entry;
  }

  std::mt19937 random_;
  bool may_link_, may_hard_link_, explicit_parents_;
  int count_ = 0;
};

std::string Describe(const std::vector<Layer>& layers) {
  std::string text;
  for (size_t i = 0; i < layers.size(); ++i) {
    absl::StrAppend(&text, "layer ", i + 1, ":\n");
    for (const TarMember& entry : layers[i]) {
      absl::StrAppendFormat(&text, "  %c %s %s%s\n", entry.type, entry.name, entry.link,
                            entry.data);
    }
  }
  return text;
}

std::vector<LayerBlob> Blobs(const std::vector<Layer>& layers) {
  std::vector<std::string> tars;
  for (const Layer& layer : layers) {
    TarBuilder tar;
    for (const TarMember& entry : layer) tar.Add(entry);
    tars.push_back(tar.Finish());
  }
  return BlobsOf(tars);
}

// More on demand: --test_env=PROPERTY_IMAGES=1000000.
uint32_t Images() {
  const char* more = std::getenv("PROPERTY_IMAGES");
  uint32_t images = 2500;
  EXPECT_TRUE(more == nullptr || absl::SimpleAtoi(more, &images)) << more;
  return images;
}

TEST(FlattenPropertyTest, OnePassPlanAndNaiveUnpackingAgree) {
  const uint32_t images = Images();
  uint32_t unpackable = 0, one_pass = 0;
  for (uint32_t seed = 0; seed < images; ++seed) {
    Generator generator(seed);
    const ImageKind kind = generator.Kind();
    const std::vector<Layer> layers = generator.Image();
    SCOPED_TRACE(
        absl::StrCat("seed ", seed, ", kind ", static_cast<int>(kind), "\n", Describe(layers)));
    const std::vector<LayerBlob> blobs = Blobs(layers);
    const auto expected = NaiveUnpack(layers, kind);
    KernelTree planned, quick;
    const auto planned_report = Flatten(blobs, {.kind = kind, .allow_one_pass = false}, planned);
    const auto quick_report = Flatten(blobs, {.kind = kind}, quick);
    ASSERT_EQ(planned_report.ok(), expected.has_value()) << planned_report.status();
    ASSERT_EQ(planned_report.status(), quick_report.status());
    if (!expected) continue;
    ++unpackable;
    one_pass += quick_report->one_pass ? 1u : 0u;
    ASSERT_EQ(planned.Lines(), *expected);
    ASSERT_EQ(quick.Lines(), *expected)
        << "one pass: " << quick_report->one_pass << " " << quick_report->reason;
  }
  // The generator must not drift to where it tests nothing.
  EXPECT_GT(unpackable, images / 2);
  EXPECT_GT(one_pass, images / 5);
}

}  // namespace
}  // namespace linuxkit
