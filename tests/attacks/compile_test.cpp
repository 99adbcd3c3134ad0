// A compiler reads what a stranger wrote: what it can see, and how much it may use.
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <set>

#include "files/files.hpp"
#include "held.hpp"
#include "submission/build_step.hpp"
#include "submission/object_cache.hpp"
#include "wb/errors.hpp"

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

TEST_P(Compiling, WhatItMakesComesOutWhole) {
    BuildStep step{.commands = {{"/bin/sh", "-c", "printf 'a\\0b' >one; : >none; head -c 3000000 /dev/zero >many"},
                                {"/bin/sh", "-c", "printf last >{out}/last"}},
                   .made = {"many", "none", "one", "last"}};
    const BuildEnd end = Builder(spec_).run(step, made());
    ASSERT_TRUE(end.ok) << end.output << end.how_it_ended;
    EXPECT_EQ(read_text(made() / "many"), std::string(3'000'000, '\0'));
    EXPECT_EQ(read_text(made() / "none"), "");
    EXPECT_EQ(read_text(made() / "one"), std::string("a\0b", 3));
    EXPECT_EQ(read_text(made() / "last"), "last");
}

TEST_P(Compiling, StepEndsWithTheFirstCommandThatFails) {
    BuildStep step{.commands = {{"/bin/sh", "-c", "exit 7"}, {"/bin/sh", "-c", "echo went on"}}, .made = {}};
    const BuildEnd end = Builder(spec_).run(step, made());
    EXPECT_EQ(end.how_it_ended, "exited with status 7");
    EXPECT_EQ(end.output, "");
    step.commands = {{"/bin/sh", "-c", "kill -SEGV $$"}};
    EXPECT_EQ(Builder(spec_).run(step, made()).how_it_ended, "was killed by signal Segmentation fault");
    step.commands = {{"/usr/bin/no-such-compiler"}};
    EXPECT_THAT(Builder(spec_).run(step, made()).output,
                testing::HasSubstr("cannot start /usr/bin/no-such-compiler: No such file or directory"));
    step = {.commands = {{"/bin/sh", "-c", ":"}}, .made = {"object.o"}};
    EXPECT_FALSE(Builder(spec_).run(step, made()).ok) << "what is wanted was not made";
}

TEST_P(Compiling, CompilersCannotWriteToWhereTheirWorkIsHandedOver) {
    const BuildStep step{.commands = {{"/bin/sh", "-c", "echo forged >&3"}}, .made = {}};
    const BuildEnd end = Builder(spec_).run(step, made());
    EXPECT_FALSE(end.ok);
    EXPECT_THAT(end.output, testing::HasSubstr("Bad file descriptor"));
}

TEST_P(Compiling, DiskThatIsFullIsNoFaultOfTheSubmission) {
    // A step hands its work over to a file in the folder that it is made in.
    const fs::path full = folder_.path() / "full";
    fs::create_directories(full);
    if (::geteuid() != 0 || ::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) ||
        ::mount("full", full.c_str(), "tmpfs", 0, "size=4096") != 0)
        GTEST_SKIP() << "only root can make a small disk";
    const BuildStep step{.commands = {{"/bin/sh", "-c", "head -c 100000 /dev/zero >object.o"}}, .made = {"object.o"}};
    EXPECT_THAT(
        [&] { (void)Builder(spec_).run(step, full); },
        testing::ThrowsMessage<Error>(testing::AllOf(testing::HasSubstr("what a compiler made cannot be kept: "),
                                                     testing::HasSubstr("No space left on device"))));
    ::umount2(full.c_str(), MNT_DETACH);
}

/// One source with three builds, of which `fails` (1 to 3) does not compile; 0: all do.
class ManyBuilds : public Compiling {
 protected:
    ManyBuilds() {
        chapter_.id = "01_numbers";
        toolchain_.compiler = WB_COMPILER;
        toolchain_.rewriter = "/usr/bin/cp";
        toolchain_.source_dir = folder_.path() / "course";
        toolchain_.work_dir = folder_.path() / "work";
        int number = 0;
        for (const Build build : builds)
            toolchain_.kernels[build].flags = {"-std=c++20", "-DBUILD=" + std::to_string(++number)};
    }
    std::vector<CompiledObject> compiled(int fails) {
        const fs::path file = folder_.path() / "submission" / chapter_.id / "given.cu";
        write_atomically(file,
                         "#if BUILD == " + std::to_string(fails) + "\n#error this one only\n#endif\nint x = BUILD;\n");
        ObjectCache objects(toolchain_, false, spec_);
        auto made = objects.compile(chapter_, file, builds);
        steps_ = objects.builder().cost().steps;
        return made;
    }
    const std::vector<Build> builds{Build::plain, Build::asan, Build::race};
    Chapter chapter_;
    Toolchain toolchain_;
    int steps_ = 0;
};

TEST_P(ManyBuilds, AreMadeInOneSandbox) {
    const auto objects = compiled(0);
    ASSERT_EQ(objects.size(), 3U);
    std::set<std::string> different;
    for (const CompiledObject& one : objects) {
        ASSERT_TRUE(one.ok()) << one.errors;
        different.insert(read_text(one.object));
    }
    EXPECT_EQ(different.size(), 3U) << "each has its own flags";
    EXPECT_EQ(steps_, 1);
    compiled(0);
    EXPECT_EQ(steps_, 0) << "and are found again";
}

TEST_P(ManyBuilds, OneThatFailsTakesNoOtherWithIt) {
    for (int fails = 1; fails <= 3; ++fails) {
        const auto objects = compiled(fails);
        ASSERT_EQ(objects.size(), 3U);
        for (int i = 1; i <= 3; ++i) {
            const CompiledObject& one = objects[static_cast<std::size_t>(i - 1)];
            EXPECT_EQ(one.ok(), i != fails) << i << " of " << fails << ": " << one.errors;
            EXPECT_EQ(one.errors.empty(), i != fails);
        }
        EXPECT_THAT(objects[static_cast<std::size_t>(fails - 1)].errors, testing::HasSubstr("this one only"));
        EXPECT_EQ(steps_, 1 + 3);
    }
}

INSTANTIATE_TEST_SUITE_P(Level, ManyBuilds, testing::Values(SandboxLevel::rlimits, SandboxLevel::cgroup_v2),
                         [](const auto& level) {
                             return level.param == SandboxLevel::rlimits ? "each_process" : "together";
                         });

INSTANTIATE_TEST_SUITE_P(Level, Compiling, testing::Values(SandboxLevel::rlimits, SandboxLevel::cgroup_v2),
                         [](const auto& level) {
                             return level.param == SandboxLevel::rlimits ? "each_process" : "together";
                         });

}  // namespace
}  // namespace wb::grader
