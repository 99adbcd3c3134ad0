/// @file
/// libarchive's reader as an object that is freed, and whose failures are FileErrors.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <string>
#include <utility>

#include "text/utf8.hpp"
#include "wb/errors.hpp"

namespace wb::grader {

class ArchiveHandle {
 public:
    /// @param name  what messages call the archive
    explicit ArchiveHandle(std::string name) : archive_(::archive_read_new()), name_(std::move(name)) {
        if (archive_ == nullptr) throw Error(name_ + ": cannot be unpacked: no memory for it");
    }
    ~ArchiveHandle() { ::archive_read_free(archive_); }
    ArchiveHandle(const ArchiveHandle&) = delete;
    ArchiveHandle& operator=(const ArchiveHandle&) = delete;

    [[nodiscard]] ::archive* get() const { return archive_; }

    /// The last failure in libarchive's words.
    [[noreturn]] void fail() const {
        const char* words = ::archive_error_string(archive_);
        throw FileError(name_ + ": is damaged (" + (words != nullptr ? shown_name(words) : "no reason is given") +
                        "). Nothing of it was taken. Copy it again, or ask for it once more");
    }
    /// Lets a status pass that is no failure. @throws FileError
    void require(int status) const {
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN) fail();
    }

 private:
    ::archive* archive_;
    std::string name_;
};

}  // namespace wb::grader
