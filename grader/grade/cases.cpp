#include "grade/cases.hpp"

#include <charconv>

#include "files/files.hpp"
#include "process/process.hpp"
#include "submission/object_cache.hpp"

namespace wb::grader {
namespace fs = std::filesystem;

fs::path prepare_cases(const Toolchain& toolchain, const Chapter& chapter, std::uint64_t seed) {
    const ChapterTools& tools = tools_of(toolchain, chapter);
    if (tools.case_maker.empty()) {
        if (tools.cases.empty()) return {};
        if (const fs::path ready = tools.cases / std::to_string(seed); fs::is_directory(ready)) return ready;
        throw Error("this is a student edition, and chapter " + chapter.id + " has no cases of seed " +
                    std::to_string(seed) + " in " + tools.cases.string());
    }
    const fs::path home = toolchain.build_dir / "cases" / chapter.id, folder = home / std::to_string(seed);
    const std::string stamp = ObjectCache::stamp_of(tools.case_maker) + "\n";
    // Two graders at once make a set once: a set that is put in place of another would vanish under the judge that reads it.
    const FileLock lock(home / (std::to_string(seed) + ".lock"));
    std::error_code none;
    if (fs::exists(folder / ".made_by", none) && read_text(folder / ".made_by") == stamp) return folder;

    const ScratchFolder scratch(home, "making");  // then moved: a judge never meets half a set
    const fs::path fresh = scratch.path() / "cases";
    ProcessOptions options;
    options.argv = {tools.case_maker.string(), "--out", fresh.string(), "--seed", std::to_string(seed)};
    options.time_limit = std::chrono::minutes(10);
    fs::create_directories(fresh);
    const ProcessResult result = run_process(options);
    if (!result.ok()) {
        throw Error("the cases of chapter " + chapter.id +
                    " could not be made: " + tools.case_maker.filename().string() + " " + result.how_it_ended() +
                    (result.output.empty() ? "" : ": " + result.output.substr(0, 1000)));
    }
    write_atomically(fresh / ".made_by", stamp);
    fs::remove_all(folder, none);
    fs::rename(fresh, folder, none);
    if (none && !fs::exists(folder / ".made_by"))
        throw FileError("cannot keep the cases in " + folder.string() + ": " + none.message());
    return folder;
}

std::uint64_t desk_seed(const Toolchain& toolchain, std::optional<std::uint64_t> asked) {
    for (const auto& [id, tools] : toolchain.chapters) {
        std::error_code none;
        for (const auto& entry : fs::directory_iterator(tools.cases, none)) {
            const std::string name = entry.path().filename().string();
            std::uint64_t seed = 0;
            if (std::from_chars(name.data(), name.data() + name.size(), seed).ptr != name.data() + name.size())
                continue;
            if (asked && *asked != seed)
                throw UsageError("--seed " + std::to_string(*asked) +
                                 ": this is a student edition, with cases of seed " + name + " only. Leave --seed out");
            return seed;
        }
    }
    return asked.value_or(1);
}

}  // namespace wb::grader
