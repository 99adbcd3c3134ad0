#include "submission/toolchain.hpp"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "files/files.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// The file as JSON with complaints that name the key.
class Reader {
 public:
    explicit Reader(fs::path file) : file_(std::move(file)) {}

    [[noreturn]] void fail(const std::string& sentence) const {
        throw FileError(file_.string() + ": " + sentence + " Run ./workbook once more: it configures the build anew.");
    }
    json parse() const {
        try {
            return json::parse(read_text(file_));
        } catch (const json::exception&) {
            fail("this is not JSON.");
        }
    }
    template <class T>
    T get(const json& object, const std::string& key) const {
        if (!object.is_object() || !object.contains(key)) fail("the key \"" + key + "\" is missing.");
        try {
            return object.at(key).get<T>();
        } catch (const json::exception&) {
            fail("the key \"" + key + "\" is of the wrong kind.");
        }
    }
    template <class T>
    T get_or(const json& object, const std::string& key, T fallback) const {
        return object.is_object() && object.contains(key) ? get<T>(object, key) : fallback;
    }
    json object_or_empty(const json& object, const std::string& key) const {
        json value = get_or<json>(object, key, json::object());
        if (!value.is_object()) fail("the key \"" + key + "\" is of the wrong kind.");
        return value;
    }

 private:
    fs::path file_;
};

using Strings = std::vector<std::string>;
using StringMap = std::map<std::string, std::string>;

CompilerFlags read_flags(const Reader& file, const json& object) {
    return {file.get<Strings>(object, "flags"), file.get_or<Strings>(object, "pch_flags", {})};
}

}  // namespace

Toolchain read_toolchain(const fs::path& path) {
    const Reader file(path);
    const json root = file.parse();
    if (file.get<int>(root, "schema") != 1) file.fail("this workbook reads schema 1.");
    Toolchain tools;
    tools.source_dir = file.get<std::string>(root, "source_dir");
    tools.build_dir = file.get<std::string>(root, "build_dir");
    tools.work_dir = tools.build_dir;
    tools.preset = file.get_or<std::string>(root, "preset", tools.build_dir.filename().string());
    tools.compiler = file.get<std::string>(root, "compiler");
    tools.rewriter = file.get_or<std::string>(root, "rewriter", "");
    tools.include_dirs = file.get<Strings>(root, "include_dirs");
    tools.system_include_dirs = file.get_or<Strings>(root, "system_include_dirs", {});
    tools.link_flags = file.get_or<Strings>(root, "link_flags", {});
    tools.cxx = read_flags(file, file.get<json>(root, "cxx"));
    tools.mutant_cxx = root.contains("mutant_cxx") ? read_flags(file, root["mutant_cxx"]) : tools.cxx;
    const json kernels = file.object_or_empty(root, "kernels");
    for (const Build build : {Build::plain, Build::asan, Build::race, Build::profile}) {
        if (!kernels.contains(name_of(build))) continue;
        const json& object = kernels[name_of(build)];
        tools.kernels[build] = {file.get<Strings>(object, "flags"), file.get_or<Strings>(object, "include_dirs", {}),
                                file.get_or<Strings>(object, "link_flags", {}),
                                file.get_or<Strings>(object, "libraries", {})};
    }
    const json chapters = file.object_or_empty(root, "chapters");
    for (const auto& [id, object] : chapters.items()) {
        tools.chapters[id] = {file.get<std::string>(object, "judge"),
                              file.get_or<std::string>(object, "case_maker", ""),
                              file.get_or<std::string>(object, "cases", ""),
                              file.get_or<Strings>(object, "edition_sources", {}),
                              file.get_or<Strings>(object, "worker_objects", {}),
                              file.get_or<Strings>(object, "libraries", {}),
                              file.get_or<std::map<std::string, Strings>>(object, "demos", {})};
    }
    tools.benchmarks = file.get_or<StringMap>(root, "benchmarks", {});
    return tools;
}

const ChapterTools& tools_of(const Toolchain& toolchain, const Chapter& chapter) {
    const std::string mend = ". Run ./workbook once more: it builds what is missing.";
    const auto found = toolchain.chapters.find(chapter.id);
    if (found == toolchain.chapters.end()) {
        throw Error((toolchain.build_dir / "toolchain.json").string() + " does not know chapter " + chapter.id + mend);
    }
    const ChapterTools& tools = found->second;
    if (!fs::exists(tools.judge))
        throw Error("the judge of chapter " + chapter.id + " is not built: " + tools.judge.string() + mend);
    if (!tools.case_maker.empty() && !fs::exists(tools.case_maker)) {
        throw Error("the case maker of chapter " + chapter.id + " is not built: " + tools.case_maker.string() + mend);
    }
    for (const std::string& object : tools.worker_objects) {
        if (!fs::exists(object)) throw Error("the worker of chapter " + chapter.id + " is not built: " + object + mend);
    }
    return tools;
}

void check_compiler(const Toolchain& toolchain) {
    if (::access(toolchain.compiler.c_str(), X_OK) != 0) {
        throw Error("the compiler " + toolchain.compiler.string() +
                    " is not there. Run ./workbook once more: it installs one and configures the build anew.");
    }
}

}  // namespace wb::grader
