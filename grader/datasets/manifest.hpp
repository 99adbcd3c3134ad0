/// @file
/// datasets/fetch.toml: the data that do not come with the workbook, where they are, and how to know them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace wb::grader {

/// Data that a Debian package brings.
struct DataPackage {
    std::string name, what, licence;
    std::filesystem::path there;  ///< a file of it: is the package installed?
};

/// One file to download.
struct RemoteFile {
    std::string name;
    std::uint64_t bytes = 0;  ///< 0: not known
    std::string sha256;       ///< lower-case hexadecimal; empty: not known
    bool unpack = false;      ///< a .tar.gz, of which the content is kept

    /// The largest size that is downloaded.
    [[nodiscard]] std::uint64_t most_bytes() const { return bytes > 0 ? bytes : 1'000'000; }
};

/// Data that are downloaded together into one folder.
struct RemoteData {
    std::string name, what, licence;
    std::string url;  ///< of the folder that the files are in, with a slash at its end
    std::vector<RemoteFile> files;

    [[nodiscard]] std::uint64_t bytes() const;  ///< in all, as far as known
};

struct DataManifest {
    std::vector<DataPackage> packages;
    std::vector<RemoteData> remote;
};

/// Reads `root`/datasets/fetch.toml.
/// @throws CourseFileError  naming the line of what is missing, misspelt or no number or sum
DataManifest read_data_manifest(const std::filesystem::path& root);

}  // namespace wb::grader
