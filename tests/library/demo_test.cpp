/// @file
/// What a demo says when its command line is none: one line, with the words to type instead.
#include "wb/demo.hpp"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <string>
#include <vector>

namespace wb {
namespace {

struct Ran {
    int status;
    std::string errors;
};

/// A demo with two subcommands, started as ./workbook starts it.
Ran run_with(std::vector<const char*> words) {
    CLI::App app{"A demo."};
    app.require_subcommand(1);
    app.add_subcommand("maps", "")->add_option("--out");
    app.add_subcommand("heads", "");
    words.insert(words.begin(), "/path/of/a/program");
    ::setenv("WORKBOOK_DEMO", "vit", 1);  // as ./workbook run does
    testing::internal::CaptureStderr();
    const int status = run_demo(app, static_cast<int>(words.size()), words.data(), [] { return true; });
    return {status, testing::internal::GetCapturedStderr()};
}

TEST(Demo, RunsWhatItKnows) {
    const Ran ran = run_with({"maps"});
    EXPECT_EQ(ran.status, 0);
    EXPECT_EQ(ran.errors, "");
}

TEST(Demo, UnknownSubcommandGetsTheNamesOfThoseThereAre) {
    const Ran ran = run_with({"foo"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_EQ(ran.errors,
              "./workbook run vit: there is no \"foo\". Expected one of: maps, heads. "
              "Try: ./workbook run vit -- --help\n");
}

TEST(Demo, MissingSubcommandGetsThemToo) {
    const Ran ran = run_with({});
    EXPECT_EQ(ran.status, 2);
    EXPECT_EQ(ran.errors,
              "./workbook run vit: what to do is missing. Expected one of: maps, heads. "
              "Try: ./workbook run vit -- --help\n");
}

TEST(Demo, WrongOptionIsSentToTheSubcommandsHelp) {
    const Ran ran = run_with({"maps", "--aut", "x"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_NE(ran.errors.find("--aut"), std::string::npos) << ran.errors;
    EXPECT_NE(ran.errors.find("Try: ./workbook run vit maps --help\n"), std::string::npos) << ran.errors;
}

}  // namespace
}  // namespace wb
