#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"
#include "tools/iso/iso_image.h"
#include "tools/iso/iso_names.h"
#include "tools/iso/iso_tree.h"
#include "tools/iso/testing.h"
#include "tools/iso/validate_iso.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::testing::HasSubstr;

absl::StatusOr<IsoBootability> Validate(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  return ValidateIso(ImageView(file));
}

// The image in a file; fails the test on an error.
std::string Make(IsoOptions options) {
  const auto iso = MakeIsoImage(std::move(options));
  EXPECT_THAT(iso, IsOk());
  const auto path = WriteTestImage("iso", *iso);
  EXPECT_THAT(path, IsOk());
  return *path;
}

std::string ErrorOf(IsoOptions options) {
  return std::string(MakeIsoImage(std::move(options)).status().message());
}

IsoOptions WithFile(std::string path, Content content = Content::OfBytes("")) {
  IsoOptions options;
  options.files.push_back({std::move(path), std::move(content)});
  return options;
}

TEST(IsoImageTest, BootsBothWays) {
  const auto boots = Validate(Make(HybridOptions()));
  ASSERT_THAT(boots, IsOk());
  EXPECT_TRUE(boots->bios);
  EXPECT_TRUE(boots->efi);
}

TEST(IsoImageTest, BootsByBiosAlone) {
  IsoOptions options = HybridOptions();
  options.efi_files.clear();
  const auto boots = Validate(Make(std::move(options)));
  ASSERT_THAT(boots, IsOk());
  EXPECT_TRUE(boots->bios);
  EXPECT_FALSE(boots->efi);
}

TEST(IsoImageTest, BootsByUefiAlone) {
  IsoOptions options = HybridOptions();
  options.bios.reset();
  const auto boots = Validate(Make(std::move(options)));
  ASSERT_THAT(boots, IsOk());
  EXPECT_FALSE(boots->bios);
  EXPECT_TRUE(boots->efi);
}

TEST(IsoImageTest, HoldsFilesOnly) {
  const auto boots = Validate(Make(WithFile("user-data", Content::OfBytes("#cloud-config\n"))));
  ASSERT_THAT(boots, IsOk());
  EXPECT_FALSE(boots->bios);
  EXPECT_FALSE(boots->efi);
}

TEST(IsoImageTest, GoldenBytes) {
  IsoOptions options = WithFile("boot/a long name \xc3\xa4.txt", Content::OfBytes("hello\n"));
  options.publisher = "a test";
  options.time = 1700000000;
  EXPECT_THAT(ReadFile("tools/iso/testdata/files.hexdump"),
              IsOkAndHolds(Hexdump(ReadFile(Make(std::move(options))).value())));
}

TEST(IsoImageTest, GoldenBytesOfHybrid) {
  EXPECT_THAT(ReadFile("tools/iso/testdata/hybrid.hexdump"),
              IsOkAndHolds(Hexdump(ReadFile(Make(HybridOptions())).value())));
}

TEST(IsoImageTest, FileInBothFileSystemsIsStoredOnce) {
  const auto iso = MakeIsoImage(HybridOptions());
  ASSERT_THAT(iso, IsOk());
  int copies = 0;
  for (const auto& [offset, content] : iso->pieces()) {
    copies += content.path() == TestPath("kernel") ? 1 : 0;
  }
  EXPECT_EQ(copies, 1);
}

TEST(IsoImageTest, OrderOfFilesDoesNotMatter) {
  IsoOptions options = HybridOptions();
  const auto forward = MakeIsoImage(options);
  std::reverse(options.files.begin(), options.files.end());
  std::reverse(options.efi_files.begin(), options.efi_files.end());
  EXPECT_EQ(forward->Fingerprint(), MakeIsoImage(std::move(options))->Fingerprint());
}

TEST(IsoImageTest, ManyFilesAndLongNames) {
  IsoOptions options;
  for (int i = 0; i < 300; ++i) {
    options.files.push_back({absl::StrCat("d", i % 7, "/", std::string(90, 'n'), i),
                             Content::OfBytes(absl::StrCat(i))});
    options.files.push_back({absl::StrCat("d", i % 7, "/d", i, "/same"), Content::OfBytes("s")});
  }
  options.files.push_back({"1/2/3/4/5/6/7/file", Content::OfBytes("deep")});
  EXPECT_THAT(Validate(Make(std::move(options))), IsOk());
}

TEST(IsoImageTest, VolumeId) {
  EXPECT_EQ(ErrorOf({.volume_id = "linuxkit"}),
            "the volume id \"linuxkit\" contains characters other than A-Z, 0-9 and _");
  EXPECT_EQ(ErrorOf({.volume_id = ""}), "the volume id \"\" has 0 characters; expected 1 to 32");
  EXPECT_EQ(ErrorOf({.volume_id = std::string(32, 'A')}), "");
  EXPECT_EQ(ErrorOf({.volume_id = std::string(33, 'A')}),
            absl::StrCat("the volume id \"", std::string(33, 'A'),
                         "\" has 33 characters; expected 1 to 32"));
}

TEST(IsoImageTest, Texts) {
  EXPECT_EQ(ErrorOf({.publisher = std::string(128, 'p')}), "");
  EXPECT_EQ(ErrorOf({.preparer = std::string(129, 'p')}),
            "the preparer has 129 bytes; expected at most 128, all of them printable ASCII");
  EXPECT_EQ(ErrorOf({.application = "a\tb"}),
            "the application has 3 bytes; expected at most 128, all of them printable ASCII");
}

TEST(IsoImageTest, PublisherTooLong) {
  EXPECT_EQ(ErrorOf({.publisher = std::string(129, 'p')}),
            "the publisher has 129 bytes; expected at most 128, all of them printable ASCII");
}

TEST(IsoImageTest, TimeOutsideTheCalendar) {
  EXPECT_EQ(ErrorOf({.time = 5869584000}),
            "the time is 5869584000 seconds since 1970; an ISO image has -2208988800 to "
            "5869583999, the years 1900 to 2155");
  EXPECT_EQ(ErrorOf({.time = -2208988801}),
            "the time is -2208988801 seconds since 1970; an ISO image has -2208988800 to "
            "5869583999, the years 1900 to 2155");
  EXPECT_EQ(ErrorOf({.time = -2208988800}), "");
  EXPECT_EQ(ErrorOf({.time = 5869583999}), "");
}

TEST(IsoImageTest, FileOf4GiB) {
  const std::string path = TestPath("sparse");
  ASSERT_THAT(WriteFile(path, ""), IsOk());
  ASSERT_EQ(truncate(path.c_str(), off_t{4} << 30), 0);
  EXPECT_EQ(ErrorOf(WithFile("big/file", *Content::OfFile(path))),
            "/big/file has 4294967296 bytes; a file that boot programs can read from an ISO image "
            "has at most 4294967295");
  ASSERT_EQ(truncate(path.c_str(), (off_t{4} << 30) - 1), 0);
  EXPECT_EQ(ErrorOf(WithFile("big/file", *Content::OfFile(path))), "");
}

TEST(IsoImageTest, EfiFileOf4GiB) {
  const std::string path = TestPath("sparse");
  ASSERT_THAT(WriteFile(path, ""), IsOk());
  ASSERT_EQ(truncate(path.c_str(), off_t{4} << 30), 0);
  EXPECT_EQ(ErrorOf({.efi_files = {{"kernel", *Content::OfFile(path)}}}),
            "EFI system partition: /kernel has 4294967296 bytes; a FAT file system holds at most "
            "4294967295 in a file");
}

TEST(IsoImageTest, DirectoriesTooDeep) {
  EXPECT_EQ(ErrorOf(WithFile("1/2/3/4/5/6/7/8/file")),
            "/1/2/3/4/5/6/7/8 is a directory of level 9; an ISO image has at most 8, the root "
            "included");
}

TEST(IsoImageTest, DeepestDirectory) { EXPECT_EQ(ErrorOf(WithFile("1/2/3/4/5/6/7/file")), ""); }

// The root is one of them.
TEST(IsoTreeTest, TooManyDirectories) {
  FileTree root;
  const auto add = [&root] {
    const std::string name = absl::StrCat(root.children.size());
    root.children[name] = std::make_unique<FileTree>();
    root.children[name]->name = root.children[name]->path = name;
  };
  while (root.children.size() < 65534) add();
  EXPECT_THAT(IsoTree::Build(IsoTreeKind::kJoliet, root, 0), IsOk());
  add();
  EXPECT_EQ(IsoTree::Build(IsoTreeKind::kJoliet, root, 0).status().message(),
            "there are 65536 directories; an ISO image has at most 65535");
}

// Data that is as large as a page begins at one, so that file systems can share it.
TEST(IsoImageTest, LargeFilesBeginAtPages) {
  IsoOptions options;
  options.files = {{"a", Content::OfBytes("a")},
                   {"b", Content::OfBytes(std::string(4096, 'b'))},
                   {"c", Content::OfBytes("c")},
                   {"d", Content::OfBytes(std::string(4095, 'd'))}};
  const auto iso = MakeIsoImage(std::move(options));
  ASSERT_THAT(iso, IsOk());
  std::map<char, uint64_t> places;
  for (const auto& [offset, content] : iso->pieces()) {
    if (offset > 20 * 2048) places[content.bytes()[0]] = offset;
  }
  EXPECT_EQ(places['b'] % 4096, 0);
  EXPECT_EQ(places['c'], places['b'] + 4096);
  EXPECT_EQ(places['d'], places['c'] + 2048);
}

// A file of the build that is in the EFI system partition, too, is the boot program nevertheless.
TEST(IsoImageTest, BootProgramIsNotShared) {
  IsoOptions options = HybridOptions();
  options.bios->program_path = "isolinux/isolinux.bin";
  options.efi_files.push_back({"/isolinux.bin", *Content::OfFile(options.bios->program)});
  const auto boots = Validate(Make(std::move(options)));
  ASSERT_THAT(boots, IsOk());
  EXPECT_TRUE(boots->bios);
}

// Clusters of 512 bytes, of which a block can be only each fourth.
TEST(IsoImageTest, FileThatIsNotAtABlockIsStoredTwice) {
  IsoOptions options = HybridOptions();
  options.efi_fat_type = FatType::kFat32;
  options.efi_files.push_back({"a", Content::OfBytes("a")});
  const auto iso = MakeIsoImage(std::move(options));
  ASSERT_THAT(iso, IsOk());
  int copies = 0;
  for (const auto& [offset, content] : iso->pieces()) {
    copies += content.path() == TestPath("kernel") ? 1 : 0;
  }
  EXPECT_EQ(copies, 2);
  const auto path = WriteTestImage("iso", *iso);
  ASSERT_THAT(path, IsOk());
  EXPECT_THAT(Validate(*path), IsOk());
}

// Wherever the EFI system partition ends, the table's backup has room behind it.
TEST(IsoImageTest, BackupOfTheTableHasRoom) {
  const std::string input = TestPath("sparse");
  ASSERT_THAT(WriteFile(input, ""), IsOk());
  for (off_t i = 0; i < 80; ++i) {
    ASSERT_EQ(truncate(input.c_str(), (off_t{20} << 20) + i * (16 << 10)), 0);
    EXPECT_EQ(ErrorOf({.efi_files = {{"file", *Content::OfFile(input)}}}), "") << i;
  }
}

TEST(IsoImageTest, TooLargeForBlockNumbers) {
  const std::string input = TestPath("sparse");
  ASSERT_THAT(WriteFile(input, ""), IsOk());
  ASSERT_EQ(truncate(input.c_str(), (off_t{4} << 30) - 1), 0);
  const Content content = *Content::OfFile(input);
  IsoOptions options;
  for (int i = 0; i < 2048; ++i) options.files.push_back({absl::StrCat(i), content});
  EXPECT_EQ(ErrorOf(std::move(options)),
            "the image has 8796094070784 bytes; an ISO image has at most 8796093020160");
}

TEST(IsoImageTest, SlashInFrontOfAnEfiFile) {
  IsoOptions options = HybridOptions();
  const auto without = MakeIsoImage(options);
  for (ImageFile& file : options.efi_files) file.path.insert(0, "/");
  EXPECT_EQ(MakeIsoImage(std::move(options))->Fingerprint(), without->Fingerprint());
}

TEST(IsoImageTest, ImagesHaveNumbersOfTheirOwn) {
  IsoOptions options = HybridOptions();
  options.efi_files.clear();
  const auto number = [](const IsoOptions& of) { return ReadFile(Make(of))->substr(440, 4); };
  const std::string before = number(options);
  EXPECT_NE(before, std::string(4, '\0'));
  options.volume_id = "OTHER";
  EXPECT_NE(number(options), before);
}

TEST(IsoImageTest, NameTooLong) {
  const std::string name(104, 'n');
  EXPECT_EQ(ErrorOf(WithFile(name)),
            absl::StrCat("\"", name,
                         "\" cannot be a name on an ISO image: it has 104 UTF-16 "
                         "units; Joliet has at most 103"));
  std::string wide;
  EXPECT_EQ(ErrorOf(WithFile(std::string(103, 'n'))), "");
  for (int i = 0; i < 85; ++i) wide += "\xe2\x82\xac";
  EXPECT_EQ(ErrorOf(WithFile(wide)), "");
  wide += "\xe2\x82\xac";
  EXPECT_THAT(ErrorOf(WithFile(wide)), HasSubstr("it has 258 bytes; expected at most 255"));
}

TEST(IsoImageTest, NameThatJolietForbids) {
  EXPECT_EQ(ErrorOf(WithFile("a:b")),
            "\"a:b\" cannot be a name on an ISO image: Joliet has no control characters and none "
            "of * / : ; ? \\");
}

TEST(IsoImageTest, NameWithAControlCharacter) {
  EXPECT_THAT(ErrorOf(WithFile("a\tb")), HasSubstr("Joliet has no control characters"));
}

TEST(IsoImageTest, BootProgramIsNotIsolinux) {
  IsoOptions options = HybridOptions();
  ASSERT_THAT(WriteFile(options.bios->program, std::string(3000, 'I')), IsOk());
  EXPECT_EQ(ErrorOf(options),
            absl::StrCat(options.bios->program,
                         " has 0x49494949 at byte 64; expected 0x7078c0fb, which isolinux.bin of "
                         "syslinux 4 and later has. For GRUB set the loader to grub."));
}

TEST(IsoImageTest, BootProgramTooSmall) {
  IsoOptions options = HybridOptions();
  ASSERT_THAT(WriteFile(options.bios->program, "small"), IsOk());
  EXPECT_EQ(ErrorOf(options), absl::StrCat(options.bios->program,
                                           " has 5 bytes; a BIOS boot "
                                           "program for CDs has at least 2048"));
  ASSERT_THAT(WriteFile(options.bios->program, FakeIsolinux().substr(0, 2048)), IsOk());
  EXPECT_EQ(ErrorOf(options), "");
  options.bios->loader = BiosLoader::kGrub;
  ASSERT_THAT(WriteFile(options.bios->program, std::string(2556, 'G')), IsOk());
  EXPECT_EQ(ErrorOf(options), "");
  ASSERT_THAT(WriteFile(options.bios->program, std::string(2555, 'G')), IsOk());
  EXPECT_EQ(ErrorOf(options), absl::StrCat(options.bios->program,
                                           " has 2555 bytes; GRUB's program has at least 2556"));
}

TEST(IsoImageTest, BootRecordTooLarge) {
  IsoOptions options = HybridOptions();
  ASSERT_THAT(WriteFile(options.bios->mbr, std::string(513, 'M')), IsOk());
  EXPECT_EQ(ErrorOf(options),
            absl::StrCat(options.bios->mbr, " has 513 bytes; expected at most 512"));
}

TEST(IsoImageTest, GrubIsToldWhereItLies) {
  IsoOptions options = HybridOptions();
  options.bios->loader = BiosLoader::kGrub;
  ASSERT_THAT(WriteFile(options.bios->program, std::string(4000, 'G')), IsOk());
  ASSERT_THAT(WriteFile(options.bios->mbr, std::string(512, 'M')), IsOk());
  const std::string path = Make(std::move(options));
  ASSERT_THAT(Validate(path), IsOk());
  const std::string iso = ReadFile(path).value();
  const auto catalog = FromBytes<Little<uint32_t>>(std::string_view(iso).substr(17 * 2048 + 71));
  const uint32_t block =
      FromBytes<Little<uint32_t>>(std::string_view(iso).substr(catalog * size_t{2048} + 32 + 8));
  EXPECT_EQ(FromBytes<Little<uint64_t>>(std::string_view(iso).substr(0x1b0)), block * 4 + 4);
  EXPECT_EQ(FromBytes<Little<uint64_t>>(std::string_view(iso).substr(block * 2048 + 2548)),
            block * 4 + 5);
}

TEST(IsoNamesTest, PrimaryIdentifiers) {
  PrimaryNames names;
  EXPECT_EQ(names.Add("grub.cfg", false), "GRUB.CFG;1");
  EXPECT_EQ(names.Add("Grub.cfg", false), "GRUB_1.CFG;1");
  EXPECT_EQ(names.Add("kernel", false), "KERNEL.;1");
  EXPECT_EQ(names.Add("x86-64", true), "X86_64");
  EXPECT_EQ(names.Add("a.tar.gz", false), "A_TAR.GZ;1");
  EXPECT_EQ(names.Add(std::string(40, 'n'), false), std::string(30, 'N') + ".;1");
  EXPECT_EQ(names.Add(std::string(41, 'n'), false), std::string(28, 'N') + "_1.;1");
  EXPECT_EQ(names.Add(std::string(40, 'n') + ".conf", false), std::string(26, 'N') + ".CONF;1");
  EXPECT_EQ(names.Add("a.extension", false), "A.EXTENSIO;1");
  EXPECT_EQ(names.Add("rc.d", true), "RC_D");
  EXPECT_EQ(names.Add(std::string(40, 'd'), true), std::string(31, 'D'));
  for (int i = 1; i < 12; ++i) {
    const std::string tail = absl::StrCat("_", i);
    EXPECT_EQ(names.Add(std::string(40, 'd'), true), std::string(31 - tail.size(), 'D') + tail);
  }
}

}  // namespace
}  // namespace linuxkit
