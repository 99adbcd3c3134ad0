#include "datasets/fetch.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>

#include "files/files.hpp"
#include "process/process.hpp"
#include "text/nearest.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// What a program said, as one line.
std::string one_line(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

/// The way that is left without a network.
std::string by_hand(const RemoteData& data) {
    std::vector<std::string> names;
    for (const RemoteFile& file : data.files) names.push_back(file.name);
    return ". To do it by hand, get " + listed(names) + " from " + data.url +
           " elsewhere, put what you got into a folder of this machine, and run: ./workbook datasets fetch " +
           data.name + " --from FOLDER";
}

void download(const RemoteData& data, const RemoteFile& file, const std::string& url, const fs::path& to) {
    ProcessOptions curl;
    curl.argv = {"curl", "--fail", "--location", "--silent", "--show-error", "--connect-timeout", "30"};
    curl.argv.insert(curl.argv.end(), {"--speed-limit", "1000", "--speed-time", "60"});  // a stalled one ends
    curl.argv.insert(curl.argv.end(), {"--max-filesize", std::to_string(file.most_bytes())});
    curl.argv.insert(curl.argv.end(), {"--output", to.string(), "--url", url});
    curl.time_limit = std::chrono::milliseconds(0);
    ProcessResult result;
    try {
        result = run_process(curl);
    } catch (const Error& error) {
        throw Error(std::string(error.what()) + ". It fetches the data; try: apt install curl" + by_hand(data));
    }
    if (!result.ok()) {
        throw Error("cannot fetch " + url + ": curl " + result.how_it_ended() + ": " + one_line(result.output) +
                    by_hand(data));
    }
}

/// Brings one file to `to`, from an address or a folder. @return where it came from
std::string bring(const RemoteData& data, const RemoteFile& file, const std::string& from, const fs::path& to,
                  const std::function<void(const std::string&)>& say) {
    const std::string base = from.empty() ? data.url : from;
    if (base.find("://") == std::string::npos) {
        const fs::path source = fs::path(base) / file.name;
        std::error_code error;
        fs::copy_file(source, to, error);
        if (error) throw FileError("cannot copy " + source.string() + ": " + error.message());
        return source.string();
    }
    const std::string url = base + (base.ends_with('/') ? "" : "/") + file.name;
    say("fetching " + url + (file.bytes > 0 ? " (" + size_in_words(file.bytes) + ")" : ""));
    download(data, file, url, to);
    return url;
}

/// @throws FileError when the file is not what the manifest says
void require_same(const RemoteFile& file, const fs::path& path, const std::string& came_from,
                  const std::function<void(const std::string&)>& say) {
    const std::uint64_t bytes = fs::file_size(path);
    if (file.bytes > 0 && bytes != file.bytes) {
        throw FileError(came_from + " has " + std::to_string(bytes) + " bytes, expected " + std::to_string(file.bytes) +
                        ". It was cut off or has changed; nothing was kept. Try again, or another source: --from URL");
    }
    if (bytes > file.most_bytes()) {
        throw FileError(came_from + " has " + std::to_string(bytes) + " bytes, expected at most " +
                        std::to_string(file.most_bytes()) + "; nothing was kept");
    }
    const std::string sum = sha256_of_file(path);
    if (file.sha256.empty()) {
        say(file.name + " has SHA-256 " + sum + ". No sum is known to compare it with; it is kept beside the file");
        write_atomically(path.string() + ".sha256", sum + "  " + file.name + "\n");
    } else if (sum != file.sha256) {
        throw FileError(came_from + " has SHA-256 " + sum + ", expected " + file.sha256 +
                        ". It is damaged or another file; nothing was kept. Try again, or another source: --from URL");
    }
}

void unpack(const fs::path& archive) {
    const ProcessResult result = run_process({.argv = {"tar", "--extract", "--gzip", "--no-same-owner", "--file",
                                                       archive.string(), "--directory", archive.parent_path().string()},
                                              .time_limit = std::chrono::minutes(10)});
    if (!result.ok())
        throw Error("cannot unpack " + archive.filename().string() + ": tar " + result.how_it_ended() + ": " +
                    one_line(result.output));
    fs::remove(archive);
}

}  // namespace

void fetch_data(const RemoteData& data, const std::string& from, const fs::path& folder,
                const std::function<void(const std::string&)>& say) {
    // An interrupted download leaves its part behind. Nobody else is at work on one while the lock is ours.
    const std::string hidden = "." + data.name + ".";
    const FileLock lock(folder.parent_path() / (hidden + "lock"));
    for (const auto& entry : fs::directory_iterator(folder.parent_path())) {
        if (entry.is_directory() && entry.path().filename().string().starts_with(hidden)) fs::remove_all(entry.path());
    }
    const ScratchFolder scratch(folder.parent_path(), "." + data.name);
    const fs::path content = scratch.path() / data.name;
    fs::create_directories(content);
    for (const RemoteFile& file : data.files) {
        const fs::path path = content / file.name;
        const std::string came_from = bring(data, file, from, path, say);
        require_same(file, path, came_from, say);
        if (file.unpack) unpack(path);
    }
    std::error_code error;
    fs::rename(content, folder, error);
    if (error) throw FileError("cannot put " + data.name + " into " + folder.string() + ": " + error.message());
}

std::string size_in_words(std::uint64_t bytes) {
    if (bytes >= 1'000'000) return std::to_string((bytes + 500'000) / 1'000'000) + " MB";
    if (bytes >= 1'000) return std::to_string((bytes + 500) / 1'000) + " KB";
    return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
}

}  // namespace wb::grader
