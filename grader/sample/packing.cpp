#include "sample/packing.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <memory>

#include "wb/errors.hpp"

namespace wb::grader {
namespace {

constexpr time_t packed_at = 1767225600;  // 2026-01-01

struct Free {
    void operator()(::archive* archive) const { ::archive_write_free(archive); }
    void operator()(::archive_entry* entry) const { ::archive_entry_free(entry); }
};
using Archive = std::unique_ptr<::archive, Free>;

void require(bool good, const Archive& out, const std::filesystem::path& file) {
    if (good) return;
    const char* words = ::archive_error_string(out.get());
    throw FileError("cannot write " + file.string() + ": " + (words != nullptr ? words : "no reason is given"));
}

void write(const Archive& out, const ArchiveEntry& one, const std::filesystem::path& file) {
    const std::unique_ptr<::archive_entry, Free> entry(::archive_entry_new());
    ::archive_entry_set_pathname(entry.get(), one.path.c_str());
    ::archive_entry_set_filetype(entry.get(), one.link_to.empty() ? AE_IFREG : AE_IFLNK);
    ::archive_entry_set_perm(entry.get(), 0644);
    ::archive_entry_set_mtime(entry.get(), packed_at, 0);
    ::archive_entry_set_size(entry.get(), static_cast<la_int64_t>(one.bytes.size() + one.zeros));
    if (!one.link_to.empty()) ::archive_entry_set_symlink(entry.get(), one.link_to.c_str());
    require(::archive_write_header(out.get(), entry.get()) >= ARCHIVE_WARN, out, file);
    const auto put = [&](const std::string& bytes, std::size_t size) {
        require(::archive_write_data(out.get(), bytes.data(), size) >= 0, out, file);
    };
    put(one.bytes, one.bytes.size());
    const std::string nothing(1U << 16U, '\0');
    for (std::size_t left = one.zeros; left > 0; left -= std::min(left, nothing.size()))
        put(nothing, std::min(left, nothing.size()));
}

}  // namespace

void write_archive(const std::filesystem::path& file, const std::vector<ArchiveEntry>& entries) {
    const Archive out(::archive_write_new());
    const std::string name = file.string();
    if (name.ends_with(".zip")) {
        ::archive_write_set_format_zip(out.get());
    } else {
        ::archive_write_set_format_pax_restricted(out.get());
        if (name.ends_with(".xz")) {
            ::archive_write_add_filter_xz(out.get());
        } else {
            ::archive_write_add_filter_gzip(out.get());
            ::archive_write_set_filter_option(out.get(), "gzip", "timestamp", nullptr);
        }
    }
    require(::archive_write_open_filename(out.get(), name.c_str()) == ARCHIVE_OK, out, file);
    for (const ArchiveEntry& one : entries) write(out, one, file);
    require(::archive_write_close(out.get()) == ARCHIVE_OK, out, file);
}

}  // namespace wb::grader
