/// @file
/// Archives as honest programs and enemies write them, made by libarchive's writer.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace wb::grader {

/// One entry to pack.
struct Packed {
    std::string path;
    std::string bytes = {};
    unsigned type = AE_IFREG;
    std::string symlink = {}, hardlink = {};
    std::size_t zeros = 0;  ///< that many zeros instead of `bytes`, never in memory together
    unsigned mode = 0644;
    std::uint64_t hole = 0;  ///< that many bytes before `bytes` which only a sparse file's map has
};

/// Writes `file`: .zip, .tar.gz or .tar.xz by its ending.
/// @param encryption  of a .zip: "traditional", "aes256"; empty: none
inline void pack(const std::filesystem::path& file, const std::vector<Packed>& entries,
                 const std::string& encryption = "") {
    ::archive* out = ::archive_write_new();
    const std::string name = file.string();
    if (name.ends_with(".zip")) {
        ::archive_write_set_format_zip(out);
        if (!encryption.empty()) {
            ASSERT_EQ(::archive_write_set_options(out, ("zip:encryption=" + encryption).c_str()), ARCHIVE_OK)
                << ::archive_error_string(out);
            ::archive_write_set_passphrase(out, "secret");
        }
    } else {
        ::archive_write_set_format_pax_restricted(out);
        name.ends_with(".xz") ? ::archive_write_add_filter_xz(out) : ::archive_write_add_filter_gzip(out);
    }
    ASSERT_EQ(::archive_write_open_filename(out, name.c_str()), ARCHIVE_OK) << ::archive_error_string(out);
    const std::string nothing(1 << 16, '\0');
    for (const Packed& one : entries) {
        ::archive_entry* entry = ::archive_entry_new();
        ::archive_entry_set_pathname(entry, one.path.c_str());
        ::archive_entry_set_filetype(entry, one.type);
        ::archive_entry_set_perm(entry, one.mode);
        ::archive_entry_set_size(entry,
                                 static_cast<la_int64_t>(one.hole + (one.zeros > 0 ? one.zeros : one.bytes.size())));
        if (one.hole > 0)
            ::archive_entry_sparse_add_entry(entry, static_cast<la_int64_t>(one.hole),
                                             static_cast<la_int64_t>(one.bytes.size()));
        if (!one.symlink.empty()) ::archive_entry_set_symlink(entry, one.symlink.c_str());
        if (!one.hardlink.empty()) ::archive_entry_set_hardlink(entry, one.hardlink.c_str());
        ASSERT_GE(::archive_write_header(out, entry), ARCHIVE_WARN) << ::archive_error_string(out);
        ::archive_write_data(out, one.bytes.data(), one.bytes.size());
        for (std::size_t left = one.zeros; left > 0; left -= std::min(left, nothing.size()))
            ::archive_write_data(out, nothing.data(), std::min(left, nothing.size()));
        ::archive_entry_free(entry);
    }
    ASSERT_EQ(::archive_write_close(out), ARCHIVE_OK) << ::archive_error_string(out);
    ::archive_write_free(out);
}

/// Unpacks an archive that is trusted, with the modes of its files.
inline void unpack(const std::filesystem::path& file, const std::filesystem::path& into) {
    ::archive* in = ::archive_read_new();
    ::archive_read_support_format_zip(in);
    ASSERT_EQ(::archive_read_open_filename(in, file.c_str(), 1 << 16), ARCHIVE_OK) << ::archive_error_string(in);
    ::archive_entry* entry = nullptr;
    while (::archive_read_next_header(in, &entry) == ARCHIVE_OK) {
        ::archive_entry_set_pathname(entry, (into / ::archive_entry_pathname(entry)).c_str());
        ASSERT_EQ(::archive_read_extract(in, entry, ARCHIVE_EXTRACT_PERM), ARCHIVE_OK) << ::archive_error_string(in);
    }
    ::archive_read_free(in);
}

}  // namespace wb::grader
