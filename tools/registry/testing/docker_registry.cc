#include "tools/registry/testing/docker_registry.h"

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tools/base/file.h"
#include "tools/base/sha256.h"
#include "tools/oci/documents.h"
#include "tools/oci/testing/run_program.h"

namespace linuxkit {
namespace {

using nlohmann::json;

constexpr std::string_view kListening = "listening on 127.0.0.1:";

json MakeConfig(const DockerRegistryOptions& options) {
  json config = {{"version", "0.1"},
                 {"log", {{"level", "info"}, {"accesslog", {{"disabled", true}}}}},
                 {"storage", {{"filesystem", {{"rootdirectory", options.storage}}}}},
                 // The system chooses the port.
                 {"http", {{"addr", "127.0.0.1:0"}, {"secret", "test"}}}};
  if (!options.htpasswd.empty()) {
    config["auth"]["htpasswd"] = {{"realm", "test"}, {"path", options.htpasswd}};
  }
  if (!options.tls_key.empty()) {
    config["http"]["tls"] = {{"certificate", options.tls_certificate}, {"key", options.tls_key}};
  }
  if (!options.token_realm.empty()) {
    config["auth"]["token"] = {{"realm", options.token_realm},
                               {"service", kTokenService},
                               {"issuer", kTokenIssuer},
                               {"rootcertbundle", options.token_certificate}};
  }
  return config;
}

void Drain(int fd) {
  char buffer[4096];
  while (read(fd, buffer, sizeof buffer) > 0) {
  }
}

void MustRun(const std::vector<std::string>& words) {
  const absl::StatusOr<std::string> output = RunProgram(words);
  if (output.ok()) return;
  ADD_FAILURE() << output.status();
  std::abort();
}

void MustWrite(const std::string& path, std::string_view text) {
  if (!WriteFile(path, text).ok()) std::abort();
}

// The same bytes in each run.
std::string Noise(size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string bytes;
  for (size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(random()));
  return bytes;
}

void MakeImage(const std::string& directory, const std::string& name,
               const std::string& compression, const std::string& architecture) {
  const std::string image = absl::StrCat(directory, "/layout:", name);
  const std::string files = absl::StrCat(directory, "/", name), tar = files + ".tar";
  std::filesystem::create_directories(files);
  MustWrite(files + "/noise", Noise(1 << 20, static_cast<unsigned>(name[0])));
  MustRun({"tar", "--sort=name", "--mtime=@0", "-C", files, "-cf", tar, "noise"});
  MustRun({"umoci", "new", "--image", image});
  MustRun({"umoci", "config", "--image", image, "--os", "linux", "--architecture", architecture});
  MustRun({"umoci", "raw", "add-layer", "--compress", compression, "--image", image, tar});
}

json Entry(const OciDescriptor& image, const json& platform) {
  return {{"mediaType", kOciManifest},
          {"digest", image.digest},
          {"size", image.size},
          {"platform", platform}};
}

// Adds an index of the images "amd64" and "arm64" as "multi".
void AddIndex(const std::string& layout) {
  const std::string text = *ReadFile(layout + "/index.json");
  std::map<std::string, OciDescriptor> images;
  const ImageIndex parsed = *ParseIndex("index.json", text);
  for (const OciDescriptor& entry : parsed.manifests) {
    images[entry.annotations.at("org.opencontainers.image.ref.name")] = entry;
  }
  const json index = {
      {"schemaVersion", 2},
      {"mediaType", kOciIndex},
      {"manifests",
       {Entry(images["amd64"], {{"os", "linux"}, {"architecture", "amd64"}}),
        Entry(images["arm64"], {{"os", "linux"}, {"architecture", "arm64"}, {"variant", "v8"}})}}};
  const std::string bytes = index.dump(), hex = Hex(Sha256Of(bytes));
  MustWrite(absl::StrCat(layout, "/blobs/sha256/", hex), bytes);
  json outer = json::parse(text);
  outer["manifests"].push_back({{"mediaType", kOciIndex},
                                {"digest", "sha256:" + hex},
                                {"size", bytes.size()},
                                {"annotations", {{"org.opencontainers.image.ref.name", "multi"}}}});
  MustWrite(layout + "/index.json", outer.dump());
}

}  // namespace

int AwaitPort(int fd, std::string_view before) {
  std::string log;
  char buffer[4096];
  while (true) {
    const ssize_t got = read(fd, buffer, sizeof buffer);
    if (got <= 0) break;
    log.append(buffer, static_cast<size_t>(got));
    const size_t at = log.find(before);
    if (at == std::string::npos || log.find('\n', at) == std::string::npos) continue;
    const size_t begin = at + before.size();
    int port = 0;
    if (absl::SimpleAtoi(log.substr(begin, log.find_first_not_of("0123456789", begin) - begin),
                         &port)) {
      return port;
    }
  }
  ADD_FAILURE() << "the server did not start: " << log;
  std::abort();
}

DockerRegistry::DockerRegistry(const DockerRegistryOptions& options) {
  static int count = 0;
  const std::string config = absl::StrCat(options.scratch, "/registry-", ++count, ".yml");
  // JSON is YAML.
  MustWrite(config, MakeConfig(options).dump());
  log_ = *MakePipe();
  process_.emplace(*Process::Start(
      {"docker-registry", "serve", config},
      {.stdout_fd = log_.second.get(), .stderr_fd = log_.second.get(), .kept_fds = {}}));
  log_.second = FileDescriptor();
  port_ = AwaitPort(log_.first.get(), kListening);
  drain_ = std::jthread([fd = log_.first.get()] { Drain(fd); });
}

DockerRegistry::~DockerRegistry() {
  process_.reset();
  drain_.join();
}

std::string DockerRegistry::authority() const { return absl::StrCat("127.0.0.1:", port_); }

void MakeTestImages(const std::string& directory) {
  const std::string layout = directory + "/layout";
  MustRun({"umoci", "init", "--layout", layout});
  for (const char* form : {"gzip", "zstd"}) MakeImage(directory, form, form, "amd64");
  MakeImage(directory, "plain", "none", "amd64");
  for (const char* architecture : {"amd64", "arm64"}) {
    MakeImage(directory, architecture, "gzip", architecture);
  }
  AddIndex(layout);
}

void PushTestImage(const std::string& directory, const std::string& image,
                   const DockerRegistry& registry, const std::string& name,
                   const std::string& format) {
  std::vector<std::string> words = {"skopeo", "--insecure-policy", "copy", "--quiet",
                                    "--dest-tls-verify=false"};
  // Without this, skopeo compresses layers that are not.
  words.push_back(format == "oci" ? "--preserve-digests" : "--format=" + format);
  if (image == "multi") words.push_back("--all");
  words.push_back(absl::StrCat("oci:", directory, "/layout:", image));
  words.push_back(absl::StrCat("docker://", registry.authority(), "/", name));
  MustRun(words);
}

void MakeTestCertificates(const std::string& directory) {
  const auto path = [&](const char* name) { return absl::StrCat(directory, "/", name); };
  MustRun({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj",
           "/CN=Test CA", "-keyout", path("ca.key"), "-out", path("ca.pem")});
  MustRun({"openssl",  "req",
           "-x509",    "-newkey",
           "rsa:2048", "-nodes",
           "-days",    "30",
           "-subj",    "/CN=127.0.0.1",
           "-addext",  "subjectAltName=IP:127.0.0.1",
           "-addext",  "basicConstraints=critical,CA:FALSE",
           "-CA",      path("ca.pem"),
           "-CAkey",   path("ca.key"),
           "-keyout",  path("server.key"),
           "-out",     path("server.pem")});
}

}  // namespace linuxkit
