/// @file
/// Archives as honest programs and enemies write them, made by libarchive's writer.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

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
};

/// Writes `file`: .zip, .tar.gz or .tar.xz by its ending.
inline void pack(const std::filesystem::path& file, const std::vector<Packed>& entries) {
    ::archive* out = ::archive_write_new();
    const std::string name = file.string();
    if (name.ends_with(".zip")) {
        ::archive_write_set_format_zip(out);
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
        ::archive_entry_set_size(entry, static_cast<la_int64_t>(one.zeros > 0 ? one.zeros : one.bytes.size()));
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

}  // namespace wb::grader
