// What tests include besides.
#include "absl/status/status_matchers.h"
#include "common.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
