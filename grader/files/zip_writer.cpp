#include "files/zip_writer.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <memory>

#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;

ZipWriter::ZipWriter(const fs::path& path)
    : path_(path), begun_(path.string() + ".part"), archive_(::archive_write_new()) {
    if (archive_ == nullptr) throw Error(path.string() + ": cannot be packed: no memory for it");
    if (::archive_write_set_format_zip(archive_) != ARCHIVE_OK ||
        ::archive_write_open_filename(archive_, begun_.c_str()) != ARCHIVE_OK) {
        const std::string words = ::archive_error_string(archive_);
        ::archive_write_free(archive_);
        throw FileError("cannot write " + path_.string() + ": " + words);
    }
}

ZipWriter::~ZipWriter() {
    if (archive_ == nullptr) return;
    ::archive_write_free(archive_);
    std::error_code none;
    fs::remove(begun_, none);
}

void ZipWriter::fail() const {
    const char* words = ::archive_error_string(archive_);
    throw FileError("cannot write " + path_.string() + ": " + (words != nullptr ? words : "no reason is given"));
}

void ZipWriter::add(const std::string& name, std::string_view bytes, bool executable) {
    constexpr std::time_t first_of_2000 = 946'684'800;
    const std::unique_ptr<::archive_entry, decltype(&::archive_entry_free)> entry(::archive_entry_new(),
                                                                                  ::archive_entry_free);
    ::archive_entry_set_pathname(entry.get(), name.c_str());
    ::archive_entry_set_filetype(entry.get(), AE_IFREG);
    ::archive_entry_set_perm(entry.get(), executable ? 0755 : 0644);
    ::archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes.size()));
    ::archive_entry_set_mtime(entry.get(), first_of_2000, 0);
    if (::archive_write_header(archive_, entry.get()) != ARCHIVE_OK ||
        ::archive_write_data(archive_, bytes.data(), bytes.size()) != static_cast<la_ssize_t>(bytes.size()))
        fail();
}

void ZipWriter::finish() {
    if (::archive_write_close(archive_) != ARCHIVE_OK) fail();
    ::archive_write_free(archive_);
    archive_ = nullptr;
    std::error_code error;
    fs::rename(begun_, path_, error);
    if (error) throw FileError("cannot write " + path_.string() + ": " + error.message());
}

}  // namespace wb::grader
