// One YAML file under reading: its tree, what it says, and what is wrong with it.
#ifndef TOOLS_CONFIG_DOCUMENT_H_
#define TOOLS_CONFIG_DOCUMENT_H_

#include <string>

#include "tools/config/config.h"
#include "tools/spec/problems.h"
#include "tools/spec/spec.pb.h"
#include "tools/spec/yaml.h"

namespace linuxkit {

struct Document {
  // `file` must outlive it.
  explicit Document(const ConfigFile& file)
      : label(file.label), problems({.name = file.path, .positions = true, .text = file.text}) {}

  std::string label;
  // With the keys of today.
  YamlValue root;
  Config config;
  Problems problems;
};

// Fills `config` from `root` and checks whatever concerns one entry alone. The lists of `config`
// are as long as those of `root` where those are lists.
void ReadDocument(Document& document);

}  // namespace linuxkit

#endif  // TOOLS_CONFIG_DOCUMENT_H_
