// A compiler reads what a stranger wrote: what it can see, and how much it may use.
#include "files/files.hpp"
#include "held.hpp"
#include "submission/build_step.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

constexpr const char* secret_words = "the answer is 42";

class Compiling : public testing::TestWithParam<SandboxLevel> {
 protected:
    void SetUp() override {
        if (!no_sandbox().empty()) GTEST_SKIP() << no_sandbox();
        spec_ = spec_for(this_machine());
        if (GetParam() == SandboxLevel::rlimits) spec_.level = SandboxLevel::rlimits;
        fs::create_directories(folder_.path() / "submission");
        fs::create_directories(folder_.path() / "made");
        write_atomically(folder_.path() / "secret", secret_words);
    }
    [[nodiscard]] BuildStep step_of(const std::string& source,
                                    std::chrono::seconds limit = std::chrono::seconds(60)) const {
        const fs::path file = folder_.path() / "submission" / "given.cpp";
        write_atomically(file, source);
        return {
            .commands = {{WB_COMPILER, "-std=c++20", "-fmax-errors=5", "-c", file.string(), "-o", "{out}/object.o"}},
            .made = {"object.o"},
            .reads = {file.parent_path()},
            .time_limit = limit};
    }
    BuildEnd held(const std::string& source, std::chrono::seconds limit = std::chrono::seconds(60)) {
        return Builder(spec_).run(step_of(source, limit), made());
    }
    [[nodiscard]] fs::path made() const { return folder_.path() / "made"; }
    [[nodiscard]] std::string including_the_secret() const {
        return "asm(\".incbin \\\"" + (folder_.path() / "secret").string() + "\\\"\");\n";
    }

    ScratchFolder folder_{fs::temp_directory_path(), "compiling"};
    SandboxSpec spec_;
};

TEST_P(Compiling, MakesWhatItMakesOutside) {
    const std::string source = "int twice(int x) { return x + x; }\n";
    const BuildEnd end = held(source);
    ASSERT_TRUE(end.ok) << end.output << end.how_it_ended;
    const std::string inside = read_text(made() / "object.o");
    ASSERT_TRUE(Builder().run(step_of(source), made()).ok);
    EXPECT_EQ(inside, read_text(made() / "object.o"));
}

TEST_P(Compiling, ErrorsAreTheCompilers) {
    const BuildEnd end = held("int twice(int x) { return y; }\n");
    EXPECT_FALSE(end.ok);
    EXPECT_THAT(end.output, testing::HasSubstr("given.cpp:1:27: error: "));
    EXPECT_EQ(end.how_it_ended, "exited with status 1");
}

TEST_P(Compiling, FilesOfTheMachineCannotBePutIntoAnObject) {
    ASSERT_TRUE(Builder().run(step_of(including_the_secret()), made()).ok) << "outside it can, so the test is one";
    ASSERT_THAT(read_text(made() / "object.o"), testing::HasSubstr(secret_words));
    fs::remove(made() / "object.o");
    const BuildEnd end = held(including_the_secret());
    EXPECT_FALSE(end.ok);
    EXPECT_FALSE(fs::exists(made() / "object.o"));
    EXPECT_THAT(end.output, testing::HasSubstr("secret"));
}

TEST_P(Compiling, FilesOfTheMachineCannotBeIncluded) {
    const BuildEnd end = held("#include \"" + (folder_.path() / "secret").string() + "\"\n");
    EXPECT_FALSE(end.ok);
    EXPECT_THAT(end.output, testing::Not(testing::HasSubstr("answer")));
}

TEST_P(Compiling, TemplatesWithoutEndAreCutOff) {
    const BuildEnd end = held(
        "template <int a, int b> struct T { static constexpr long v = T<a - 1, b>::v ^ T<a - 1, b + 1>::v; };\n"
        "template <int b> struct T<0, b> { static constexpr long v = b; };\n"
        "template <int n> struct U { static constexpr long v = T<300, 1000 * n>::v ^ U<n - 1>::v; };\n"
        "template <> struct U<0> { static constexpr long v = 0; };\n"
        "long x = U<400>::v;\n",
        std::chrono::seconds(3));
    EXPECT_FALSE(end.ok);
    EXPECT_TRUE(end.timed_out) << end.how_it_ended;
    EXPECT_EQ(running(folder_.path().string()), 0) << "a compiler was left behind";
}

TEST_P(Compiling, AnObjectOfGigabytesIsCutOff) {
    const BuildEnd end = held("asm(\".data\\n.fill 0x30000000, 4, 1\");\n");
    EXPECT_FALSE(end.ok);
    EXPECT_FALSE(fs::exists(made() / "object.o"));
}

TEST_P(Compiling,
       WhatThePluginsOfACompilerCouldWriteStaysInside) {  // the compiler itself writes where it likes, which is nowhere
    BuildStep step = step_of("int x;\n");
    step.commands.front().back() = (folder_.path() / "secret").string();
    EXPECT_FALSE(Builder(spec_).run(step, made()).ok);
    EXPECT_EQ(read_text(folder_.path() / "secret"), secret_words);
}

INSTANTIATE_TEST_SUITE_P(Level, Compiling, testing::Values(SandboxLevel::rlimits, SandboxLevel::cgroup_v2),
                         [](const auto& level) {
                             return level.param == SandboxLevel::rlimits ? "each_process" : "together";
                         });

}  // namespace
}  // namespace wb::grader
