#include "tools/flatten/testing/naive_unpack.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

struct Object {
  char kind = 'f';
  uint32_t mode = 0755;
  uint32_t uid = 0;
  uint32_t gid = 0;
  int64_t mtime = 1492533000;
  std::string detail = {};
};

std::string DirName(const std::string& path) { return path.substr(0, path.rfind('/')); }
std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// Where the attributes of the root are kept, if an entry gave any.
constexpr char kRootEntry[] = "/.";

// Keys are "/a/b"; the root is "".
class NaiveFileSystem {
 public:
  void UnpackLayer(const std::vector<TarMember>& entries) {
    Whiteouts(entries);
    for (const TarMember& entry : entries) {
      if (!failed_ && !absl::StartsWith(BaseName("/" + entry.name), ".wh.")) Unpack(entry);
    }
    std::erase_if(objects_,
                  [](const auto& item) { return absl::StartsWith(item.first, "/.wh..wh."); });
  }
  void AddSystemFiles(ImageKind kind);
  bool failed() const { return failed_; }
  std::vector<std::string> Lines() const;

 private:
  // The place that `path` names when every component is followed; nothing if there is none.
  std::optional<std::string> Follow(const std::string& path, bool create, int& links) {
    std::string here;
    for (const std::string& name : std::vector<std::string>(absl::StrSplit(path, '/'))) {
      if (name.empty() || name == ".") continue;
      if (name == "..") {
        here = DirName(here);
        continue;
      }
      const std::string next = here + "/" + name;
      if (!objects_.contains(next)) {
        if (!create) return std::nullopt;
        objects_[next] = std::make_shared<Object>(Object{.kind = 'd'});
      }
      const Object& object = *objects_[next];
      if (object.kind == 'l') {
        if (++links > 40) return std::nullopt;
        const bool absolute = object.detail[0] == '/';
        const auto target =
            Follow(absolute ? object.detail : here + "/" + object.detail, create, links);
        if (!target) return std::nullopt;
        here = *target;
      } else if (object.kind == 'd') {
        here = next;
      } else {
        return std::nullopt;
      }
    }
    return here;
  }
  // Follows all but the last component.
  std::optional<std::string> Place(const std::string& path, bool create) {
    int links = 0;
    const auto parent = Follow(DirName("/" + path), create, links);
    if (!parent) return std::nullopt;
    return *parent + "/" + BaseName("/" + path);
  }
  void EraseBelow(const std::string& key) {
    std::erase_if(objects_, [&](const auto& item) {
      return absl::StartsWith(item.first, key + "/") && item.first != kRootEntry;
    });
  }
  void Erase(const std::string& key) {
    EraseBelow(key);
    objects_.erase(key);
  }
  char Kind(const std::string& key) const {
    const auto found = objects_.find(key);
    return found == objects_.end() ? '-' : found->second->kind;
  }

  void Whiteouts(const std::vector<TarMember>& entries);
  void Unpack(const TarMember& entry);

  std::map<std::string, std::shared_ptr<Object>> objects_;
  bool failed_ = false;
};

void NaiveFileSystem::Whiteouts(const std::vector<TarMember>& entries) {
  std::set<std::string> directories;
  std::vector<std::vector<std::string>> whiteouts;  // components; an empty one last means opaque
  for (const TarMember& entry : entries) {
    if (entry.type == '5') directories.insert(entry.name);
    std::vector<std::string> parts = absl::StrSplit(entry.name, '/');
    if (parts.back() == ".wh..wh..opq") {
      parts.back() = "";
    } else if (absl::StartsWith(parts.back(), ".wh.")) {
      parts.back() = parts.back().substr(4);
    } else {
      continue;
    }
    whiteouts.push_back(parts);
  }
  std::sort(whiteouts.begin(), whiteouts.end());
  for (const std::vector<std::string>& parts : whiteouts) {
    std::string directory;
    bool spared = false;
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
      absl::StrAppend(&directory, i == 0 ? "" : "/", parts[i]);
      const auto place = Place(directory, false);
      spared = spared || (directories.contains(directory) && place && Kind(*place) == 'l');
    }
    int links = 0;
    const auto here = Follow(directory, false, links);
    if (spared || !here) continue;
    if (parts.back().empty()) {
      EraseBelow(*here);
    } else {
      Erase(*here + "/" + parts.back());
    }
  }
}

void NaiveFileSystem::Unpack(const TarMember& entry) {
  if (entry.name == ".") {
    objects_["/."] =
        std::make_shared<Object>(Object{'d', entry.mode, entry.uid, entry.gid, entry.mtime});
    return;
  }
  const auto key = Place(entry.name, true);
  if (!key) {
    failed_ = true;
    return;
  }
  static const std::map<char, char> kKinds = {{'0', 'f'}, {'2', 'l'}, {'3', 'c'},
                                              {'4', 'b'}, {'5', 'd'}, {'6', 'p'}};
  if (entry.type == '5' && Kind(*key) == 'd') {
    // Merge: the children stay.
  } else {
    Erase(*key);
  }
  if (entry.type == '1') {
    const auto target = Place(entry.link, false);
    if (!target || Kind(*target) == '-' || Kind(*target) == 'd') {
      failed_ = true;
      return;
    }
    objects_[*key] = objects_[*target];
    return;
  }
  std::string detail = entry.type == '2' ? entry.link : entry.data;
  if (entry.type == '3' || entry.type == '4') detail = absl::StrCat(entry.major, ",", entry.minor);
  if (entry.type == '6') detail = "0,0";
  objects_[*key] = std::make_shared<Object>(
      Object{kKinds.at(entry.type), entry.mode, entry.uid, entry.gid, entry.mtime, detail});
}

void NaiveFileSystem::AddSystemFiles(ImageKind kind) {
  if (kind == ImageKind::kPlain) return;
  for (const std::string gone :
       {"/.dockerenv", "/Dockerfile", "/dev/console", "/dev/pts", "/dev/shm", "/etc/hostname"}) {
    const auto below = objects_.upper_bound(gone + "/");
    const bool full = below != objects_.end() && absl::StartsWith(below->first, gone + "/");
    if (full) objects_[gone] = std::make_shared<Object>(Object{.kind = 'd'});
    if (!full) objects_.erase(gone);
  }
  const auto directory = [&](const std::string& path) {
    int links = 0;
    auto key = Follow(path, true, links);
    if (!key) {
      key = *Place(path, true);
      Erase(*key);
    }
    objects_[*key] = std::make_shared<Object>(Object{.kind = 'd'});
  };
  const auto put = [&](const std::string& path, const Object& object) {
    const auto key = Place(path, true);
    Erase(*key);
    objects_[*key] = std::make_shared<Object>(object);
  };
  for (const char* path : {"dev", "dev/pts", "dev/shm", "etc"}) directory(path);
  put("etc/hosts",
      {.kind = 'f',
       .mode = 0644,
       .detail = "127.0.0.1       localhost\n::1     localhost ip6-localhost ip6-loopback\nfe00::0 "
                 "ip6-localnet\nff00::0 ip6-mcastprefix\nff02::1 ip6-allnodes\nff02::2 "
                 "ip6-allrouters\n"});
  if (const std::string mtab = *Place("etc/mtab", false); Kind(mtab) == '-') {
    put("etc/mtab", {.kind = 'l', .detail = "/proc/mounts"});
  } else {
    objects_[mtab]->mtime = 1492533000;
  }
  if (kind == ImageKind::kContainer) {
    put("etc/resolv.conf",
        {.kind = 'f', .mode = 0644, .detail = "\n# no resolv.conf configured\n"});
  } else {
    put("etc/resolv.conf", {.kind = 'l', .mode = 0644, .detail = "/run/resolvconf/resolv.conf"});
  }
  for (const char* path : {"proc", "sys"}) directory(path);
}

std::vector<std::string> NaiveFileSystem::Lines() const {
  std::map<std::string, const Object*> sorted;
  for (const auto& [key, object] : objects_) {
    if (!key.empty()) sorted[key.substr(1)] = object.get();
  }
  std::map<const Object*, std::string> first_names;
  std::vector<std::string> lines;
  for (const auto& [path, object] : sorted) {
    // Only regular files can be hard links in an initramfs.
    const auto [first, is_new] = first_names.try_emplace(object, path);
    const bool again = !is_new && object->kind == 'f';
    lines.push_back(absl::StrFormat("%s %c %o %d:%d %d %s", path, object->kind, object->mode,
                                    object->uid, object->gid, object->mtime,
                                    again ? "=" + first->second : object->detail));
  }
  return lines;
}

}  // namespace

std::optional<std::vector<std::string>> NaiveUnpack(
    const std::vector<std::vector<TarMember>>& layers, ImageKind kind) {
  NaiveFileSystem files;
  for (const std::vector<TarMember>& layer : layers) files.UnpackLayer(layer);
  if (files.failed()) return std::nullopt;
  files.AddSystemFiles(kind);
  return files.Lines();
}

}  // namespace linuxkit
