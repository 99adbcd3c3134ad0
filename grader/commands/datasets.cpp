#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "commands/commands.hpp"
#include "datasets/fetch.hpp"
#include "datasets/manifest.hpp"
#include "report/terminal.hpp"
#include "text/nearest.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

fs::path fetched_folder(const Desk& desk, const std::string& name) {
    return desk.root() / "datasets" / "fetched" / name;
}

/// Folders of datasets/ that come with the workbook, and the bytes in each.
std::map<std::string, std::uint64_t> shipped_folders(const Desk& desk) {
    std::map<std::string, std::uint64_t> folders;
    for (const auto& folder : fs::directory_iterator(desk.root() / "datasets")) {
        if (!folder.is_directory() || folder.path().filename() == "fetched") continue;
        std::uint64_t& bytes = folders[folder.path().filename().string()];
        for (const auto& file : fs::recursive_directory_iterator(folder)) {
            if (file.is_regular_file()) bytes += file.file_size();
        }
    }
    return folders;
}

int list_datasets(const Desk& desk, const DataManifest& manifest) {
    const Paint paint(style_of_stdout());
    const auto shipped = shipped_folders(desk);
    std::size_t width = 0;
    for (const auto& [name, bytes] : shipped) width = std::max(width, name.size());
    for (const DataPackage& package : manifest.packages) width = std::max(width, package.name.size());
    for (const RemoteData& data : manifest.remote) width = std::max(width, data.name.size());
    const auto row = [width](const std::string& name, const std::string& state, const std::string& what) {
        std::cout << fmt::format("  {}  {}  {}\n", padded(name, width), padded(state, 9), what);
    };

    std::cout << paint.bold("With the workbook") << paint.dim("   provenance and licences: datasets/README.md") << "\n";
    for (const auto& [name, bytes] : shipped) row(name, size_in_words(bytes), "datasets/" + name);
    std::cout << paint.bold("From Debian") << "\n";
    for (const DataPackage& package : manifest.packages) {
        const bool there = fs::exists(package.there);
        row(package.name, there ? "there" : "not there", package.what + " (" + package.licence + ")");
        if (!there) row("", "", "apt install " + package.name);
    }
    std::cout << paint.bold("To fetch") << "\n";
    for (const RemoteData& data : manifest.remote) {
        const bool there = fs::is_directory(fetched_folder(desk, data.name));
        row(data.name, there ? "there" : "not there", data.what + " (" + data.licence + ")");
        row("", "",
            there ? "datasets/fetched/" + data.name
                  : "./workbook datasets fetch " + data.name + "   " + size_in_words(data.bytes()));
    }
    return 0;
}

const RemoteData& find_remote(const DataManifest& manifest, const std::string& name) {
    std::vector<std::string> names;
    for (const RemoteData& data : manifest.remote) {
        if (data.name == name) return data;
        names.push_back(data.name);
    }
    throw UsageError("there is no data set \"" + name + "\" to fetch." + did_you_mean(name, names) +
                     " To fetch: " + listed(names));
}

}  // namespace

int datasets_command(const Desk& desk, const DatasetOptions& options) {
    const DataManifest manifest = read_data_manifest(desk.root());
    const std::string example = "Try: ./workbook datasets fetch cifar10";
    if (options.action.empty() && options.from.empty()) return list_datasets(desk, manifest);
    if (options.action != "fetch") {
        throw UsageError(options.action.empty()
                             ? "--from belongs to fetch. " + example
                             : "datasets can only fetch, got \"" + options.action + "\". " + example);
    }
    if (options.name.empty()) throw UsageError("fetch what? " + example);
    const RemoteData& data = find_remote(manifest, options.name);
    const fs::path folder = fetched_folder(desk, data.name);
    if (fs::exists(folder)) {
        std::cout << data.name << " is there already. To fetch it anew, remove datasets/fetched/" << data.name << "\n";
        return 0;
    }
    fetch_data(data, options.from, folder, [](const std::string& line) { std::cout << line << std::endl; });
    std::cout << data.name << " is in datasets/fetched/" << data.name << "   licence: " << data.licence << "\n";
    return 0;
}

}  // namespace wb::grader
