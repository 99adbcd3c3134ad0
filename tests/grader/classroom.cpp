#include "classroom.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "files/files.hpp"

namespace wb::grader {
namespace fs = std::filesystem;

const char* const quick_compiler = R"sh(#!/bin/sh
while [ $# -gt 0 ]; do
    case $1 in
        -o) out=$2; shift ;;
        -MF) deps=$2; shift ;;
        -c) in=$2; shift ;;
        *.o) objects="$objects $1" ;;
    esac
    shift
done
if [ "$in" ]; then cat "$in" >"$out" && echo "object: $in" >"$deps"; else cat $objects >"$out"; fi
)sh";
;

namespace {

/// A test of the plan fails when what it tests was spoilt.
constexpr const char* quick_judge = R"sh(
for test in $(sed -n 's/.*"name": "\([^"]*\)".*/\1/p' "$2"); do
    status=passed
    case $test in Twice*|Four*) grep -q 'sum(x, 0)' $(sed -n 's/.*"plain": "\([^"]*\)".*/\1/p' "$2") && status=failed ;; esac
    printf '{"event":"end","test":"%s","status":"%s","seconds":0.1,"message":"%s threads"}\n' "$test" "$status" "$OMP_NUM_THREADS" >&3
done
)sh";
;

}  // namespace

Classroom::Classroom() {
    write("tools/compiler.sh", quick_compiler);
    replace("build/dev/toolchain.json", "\"compiler\": \"" WB_COMPILER "\"",
            "\"compiler\": \"" + at("tools/compiler.sh").string() + "\"");
    replace("build/dev/toolchain.json", "\"" WB_MINI_WORKER "\"", "");
    judge("");
}

void Classroom::judge(const std::string& before, const std::string& after) const {
    write("tools/judge.sh", "#!/bin/sh\ncalls=\"$(dirname \"$0\")/calls\"\necho x >>\"$calls\"\n" + before + "\n" +
                                quick_judge + after + "\n");
}

int Classroom::judged() const {
    std::error_code none;
    return fs::exists(at("tools/calls"), none) ? static_cast<int>(fs::file_size(at("tools/calls")) / 2) : 0;
}

void Classroom::member(const std::string& id) const {
    fs::create_directories(at("class"));
    fs::copy(at("solutions"), at("class/" + id), fs::copy_options::recursive);
}

void Classroom::spoil(const std::string& id) const {
    replace("class/" + id + "/01_numbers/twice.cpp", "sum(x, x)", "sum(x, 0)");
}

void Classroom::three_members() const {
    for (const char* id : {"ann", "bob", "cat"}) member(id);
    spoil("bob");
}

ProcessResult Classroom::grade(const std::string& book, const std::vector<std::string>& more,
                               const std::map<std::string, std::string>& environment,
                               const std::function<void(std::string_view)>& on_output) const {
    ProcessOptions options{.argv = {WB_CLI, "--toolchain", at("build/dev/toolchain.json").string(), "grade", "--class",
                                    "class", "--book", book, "--no-sandbox"},
                           .directory = root,
                           .environment = environment,
                           .on_output = on_output};
    options.environment["LC_ALL"] = "C";
    options.argv.insert(options.argv.end(), more.begin(), more.end());
    return run_process(options);
}

std::string Classroom::exported(const std::string& book, const std::string& format) const {
    const ProcessResult result = cli({"gradebook", "export", book, format});
    EXPECT_EQ(result.exit_status, 0) << result.output;
    return result.output;
}

std::vector<std::string> Classroom::strays() const {
    std::vector<std::string> found;
    std::error_code none;
    for (const char* folder : {"intake", "runs", "objects", "workers", "cases/01_numbers"}) {
        for (const auto& entry : fs::directory_iterator(at("build/dev") / folder, none)) {
            const std::string name = entry.path().filename().string();
            if (name.starts_with("submission.") || name.starts_with("judge.") || name.starts_with("compiling.") ||
                name.starts_with("linking.") || name.starts_with("making."))
                found.push_back(std::string(folder) + "/" + name);
        }
    }
    return found;
}

bool heard(const fs::path& pipe) {
    const int fd = ::open(pipe.c_str(), O_RDWR | O_CLOEXEC);
    pollfd watched{fd, POLLIN, 0};
    const bool came = ::poll(&watched, 1, 60'000) == 1;
    ::close(fd);
    return came;
}

}  // namespace wb::grader
