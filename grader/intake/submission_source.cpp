#include "intake/submission_source.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <string_view>

#include "files/files.hpp"
#include "intake/archive_source.hpp"
#include "intake/folder_source.hpp"
#include "text/utf8.hpp"
#include "wb/byte_source.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// Length of the archive's ending; 0 when there is none.
std::size_t ending(std::string_view name) {
    static constexpr std::array<std::string_view, 5> endings{".zip", ".tar.gz", ".tgz", ".tar.xz", ".txz"};
    for (const std::string_view end : endings) {
        if (name.size() <= end.size()) continue;
        const std::string_view last = name.substr(name.size() - end.size());
        const bool same = std::equal(last.begin(), last.end(), end.begin(),
                                     [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
        if (same) return end.size();
    }
    return 0;
}

}  // namespace

Intake read_archive_here(const fs::path& path, const std::string& name, const Course& course,
                         const IntakeLimits& limits) {
    const auto file = open_file(path);
    std::vector<std::byte> bytes(file->size());
    file->read(0, bytes);
    return read_archive(bytes, name, course, limits);
}

TakenIn take_in(const Course& course, const fs::path& source, const fs::path& destination,
                const ArchiveReader& read_archive, const IntakeLimits& limits) {
    std::error_code error;
    const fs::file_status status = fs::status(source, error);
    Intake intake;
    if (fs::is_directory(status)) {
        intake = read_folder(source, course, limits);
    } else if (fs::is_regular_file(status)) {
        const std::uint64_t size = fs::file_size(source);
        if (size > limits.archive_bytes) {
            throw FileError(source.string() + ": an archive of " + std::to_string(size) + " bytes; at most " +
                            limit_in_words(limits.archive_bytes) + " are read. Ask for the exercises' own files alone");
        }
        intake = read_archive(source, source.string(), course, limits);
    } else {
        throw FileError("\"" + shown_name(source.string()) +
                        "\" is neither a folder nor an archive (.zip, .tar.gz or .tar.xz)");
    }
    TakenIn result;
    const bool fresh = fs::create_directories(destination, error);
    if (error) throw Error("cannot make the folder " + destination.string() + ": " + error.message());
    if (!fresh && !fs::is_empty(destination))
        throw Error("the folder " + destination.string() + " is not empty: a submission is taken in to a fresh one");
    try {
        for (const auto& [place, bytes] : intake.files) {
            write_atomically(destination / place, bytes);
            result.files.push_back(place);
        }
    } catch (const FileError& full) {  // the grader's disk, and not the submission, is at fault
        for (const auto& entry : fs::directory_iterator(destination, error)) fs::remove_all(entry.path(), error);
        if (fresh) fs::remove(destination, error);
        throw Error(full.what());
    }
    result.left_out = std::move(intake.left_out);
    return result;
}

bool has_archive_name(const fs::path& path) {
    return ending(path.filename().string()) > 0;
}

std::string submission_id(const fs::path& path) {
    const fs::path named = path.has_filename() ? path : path.parent_path();  // "class/ann/"
    const std::string name = named.filename().string();
    std::error_code error;
    return fs::is_directory(path, error) ? name : name.substr(0, name.size() - ending(name));
}

std::string left_out_in_words(const std::string& submission, const std::vector<LeftOut>& left_out) {
    if (left_out.empty()) return "";
    constexpr std::size_t named = 5;
    std::map<std::string, std::vector<std::string>> paths;
    for (const LeftOut& one : left_out) paths[one.reason].push_back(one.path);
    std::string words = shown_name(submission) + ": " + std::to_string(left_out.size()) +
                        (left_out.size() == 1 ? " file was left out\n" : " files were left out\n");
    for (const auto& [reason, all] : paths) {
        words += "  ";
        for (std::size_t i = 0; i < std::min(named, all.size()); ++i) words += (i == 0 ? "" : ", ") + all[i];
        if (all.size() > named) words += " and " + std::to_string(all.size() - named) + " more";
        words += ": " + reason + "\n";
    }
    return words;
}

}  // namespace wb::grader
