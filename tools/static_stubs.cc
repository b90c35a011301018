// What a static program has in place of functions of libc that want shared libraries at run time.
//
// libcrypto refers to them from code that no program of ours calls. The linker warns of each, in
// every link and on the console of everybody who uses the rules. With --wrap (tools/cc.bzl) it
// takes these instead.
#include <netdb.h>

extern "C" {

void* __wrap_dlopen(const char* /*path*/, int /*mode*/) { return nullptr; }

int __wrap_getaddrinfo(const char* /*node*/, const char* /*service*/, const addrinfo* /*hints*/,
                       addrinfo** /*result*/) {
  return EAI_FAIL;
}

hostent* __wrap_gethostbyname(const char* /*name*/) { return nullptr; }

}  // extern "C"
