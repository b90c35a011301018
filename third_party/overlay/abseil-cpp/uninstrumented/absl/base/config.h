// Stands before Debian's absl/base/config.h.
//
// Under AddressSanitizer Abseil's headers add a generation to each hash table and poison unused
// slots and bytes of hash tables and cords. Code in the archives lays tables out and moves their
// slots too, and Debian compiles it without the sanitizer: the two disagree, and every table would
// be a finding. Abseil has no switch for all of that (NDEBUG_SANITIZER is for the generations
// alone), so its headers are told here what is true of the archives. An Abseil that is built from
// source, as from the public registry, has no need of this.
#include_next "absl/base/config.h"

#undef ABSL_HAVE_ADDRESS_SANITIZER
