#include "tools/rootfs/root_iso.h"

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/base/first_bytes.h"
#include "tools/base/stream.h"
#include "tools/disk/file_tree.h"
#include "tools/iso/iso_descriptors.h"
#include "tools/iso/iso_format.h"
#include "tools/iso/iso_image.h"
#include "tools/iso/iso_tree.h"

namespace linuxkit {
namespace {

PosixAttributes PosixOf(uint32_t type, const Attributes& attributes) {
  return {.mode = type | attributes.mode,
          .user = attributes.uid,
          .group = attributes.gid,
          .mtime = attributes.mtime};
}

uint32_t NodeType(SegmentEntry::Type type) {
  if (type == SegmentEntry::FIFO) return S_IFIFO;
  return type == SegmentEntry::BLOCK_DEVICE ? S_IFBLK : S_IFCHR;
}

// Collects a tree, and the files in the order in which they come.
class TreeCollector : public EntrySink {
 public:
  absl::Status AddDirectory(std::string_view path, const Attributes& attributes) override {
    NodeAt(path).posix = PosixOf(S_IFDIR, attributes);
    return absl::OkStatus();
  }

  absl::Status AddSymlink(std::string_view path, std::string_view target,
                          const Attributes& attributes) override {
    PosixAttributes posix = PosixOf(S_IFLNK, attributes);
    posix.target = std::string(target);
    AddLeaf(path, posix);
    return absl::OkStatus();
  }

  absl::Status AddNode(std::string_view path, SegmentEntry::Type type, uint32_t major,
                       uint32_t minor, const Attributes& attributes) override {
    PosixAttributes posix = PosixOf(NodeType(type), attributes);
    posix.device_major = major;
    posix.device_minor = minor;
    AddLeaf(path, posix);
    return absl::OkStatus();
  }

  absl::Status AddFile(absl::Span<const std::string> names, const Attributes& attributes,
                       uint64_t size, ByteSource&) override {
    PosixAttributes posix = PosixOf(S_IFREG, attributes);
    posix.links = static_cast<uint32_t>(names.size());
    posix.size = size;
    std::vector<const FileTree*>& file = files_.emplace_back();
    for (const std::string& name : names) file.push_back(&AddLeaf(name, posix));
    return absl::OkStatus();
  }

  void AddNote(std::string) override {}
  absl::Status Restart() override { return absl::UnimplementedError("a tree comes once"); }

  const FileTree& root() const { return root_; }
  // All names of each file.
  const std::vector<std::vector<const FileTree*>>& files() const { return files_; }

 private:
  // Directories come before what is in them.
  FileTree& NodeAt(std::string_view path) {
    FileTree* node = &root_;
    if (path == ".") return root_;
    for (const std::string_view name : absl::StrSplit(path, '/')) {
      std::unique_ptr<FileTree>& child = node->children[std::string(name)];
      if (child == nullptr) {
        child = std::make_unique<FileTree>();
        child->name = std::string(name);
        child->path = std::string(path);
      }
      node = child.get();
    }
    return *node;
  }

  const FileTree& AddLeaf(std::string_view path, const PosixAttributes& posix) {
    FileTree& node = NodeAt(path);
    node.content = Content::OfBytes("");
    node.posix = posix;
    return node;
  }

  FileTree root_;
  std::vector<std::vector<const FileTree*>> files_;
};

absl::Status AppendBlocks(std::string bytes, OutputFile& output) {
  bytes.resize(RoundUp(bytes.size(), kIsoBlock));
  return output.Append(bytes);
}

// Appends the content of files, each to whole blocks.
class ContentSink : public EntrySink {
 public:
  explicit ContentSink(OutputFile& output) : output_(output) {}

  absl::Status AddDirectory(std::string_view, const Attributes&) override {
    return absl::OkStatus();
  }
  absl::Status AddSymlink(std::string_view, std::string_view, const Attributes&) override {
    return absl::OkStatus();
  }
  absl::Status AddNode(std::string_view, SegmentEntry::Type, uint32_t, uint32_t,
                       const Attributes&) override {
    return absl::OkStatus();
  }
  absl::Status AddFile(absl::Span<const std::string>, const Attributes&, uint64_t size,
                       ByteSource& content) override {
    FirstBytes bytes(content, size);
    ABSL_RETURN_IF_ERROR(CopyAll(bytes, output_).status());
    return output_.Append(std::string(RoundUp(size, kIsoBlock) - size, '\0'));
  }
  void AddNote(std::string) override {}
  absl::Status Restart() override { return absl::UnimplementedError("an image is written once"); }

 private:
  OutputFile& output_;
};

// Where everything lies, in blocks.
struct Layout {
  IsoPlaces places;
  uint32_t directories = 0;
  absl::flat_hash_map<const FileTree*, uint32_t> files;
};

absl::StatusOr<Layout> Place(const IsoTree& iso, const TreeCollector& collected) {
  constexpr uint32_t kDescriptors = 2;
  Layout layout;
  layout.places.path_table = kFirstDescriptor + kDescriptors;
  layout.places.big_path_table = layout.places.path_table + iso.path_table_blocks();
  layout.directories = layout.places.big_path_table + iso.path_table_blocks();
  uint64_t next = layout.directories + iso.blocks();
  for (const std::vector<const FileTree*>& names : collected.files()) {
    for (const FileTree* name : names) layout.files[name] = static_cast<uint32_t>(next);
    next += DivideUp(names.front()->size(), kIsoBlock);
  }
  layout.places.blocks = static_cast<uint32_t>(next);
  if (next <= UINT32_MAX) return layout;
  return absl::ResourceExhaustedError(absl::StrCat("the tree takes ", next * kIsoBlock,
                                                   " bytes; an ISO image has at most ",
                                                   uint64_t{UINT32_MAX} * kIsoBlock));
}

}  // namespace

absl::Status WriteRootIso(const SystemTree& tree, OutputFile& output) {
  TreeCollector collected;
  ABSL_RETURN_IF_ERROR(tree.List(collected));
  const IsoOptions options = {.time = kFixedTime};
  ABSL_ASSIGN_OR_RETURN(IsoTree iso,
                        IsoTree::Build(IsoTreeKind::kRockRidge, collected.root(), options.time));
  ABSL_ASSIGN_OR_RETURN(const Layout layout, Place(iso, collected));
  const std::string directories = iso.Encode(layout.directories, [&layout](const FileTree& file) {
    const auto block = layout.files.find(&file);
    return block == layout.files.end() ? 0 : block->second;
  });
  ABSL_RETURN_IF_ERROR(output.Append(std::string(kFirstDescriptor * kIsoBlock, '\0')));
  ABSL_RETURN_IF_ERROR(output.Append(BytesOf(MakePrimaryDescriptor(options, iso, layout.places))));
  ABSL_RETURN_IF_ERROR(output.Append(EncodeDescriptorSetEnd()));
  ABSL_RETURN_IF_ERROR(AppendBlocks(iso.LittlePathTable(), output));
  ABSL_RETURN_IF_ERROR(AppendBlocks(iso.BigPathTable(), output));
  ABSL_RETURN_IF_ERROR(output.Append(directories));
  ContentSink content(output);
  return tree.Stream(content);
}

}  // namespace linuxkit
