#include "intake/unpacked_stream.hpp"

#include <algorithm>

#include "intake/archive_handle.hpp"
#include "wb/gzip.hpp"

namespace wb::grader {
namespace {

class Gzip : public UnpackedStream {
 public:
    explicit Gzip(const ByteSource& source) : reader_(source) {}
    std::size_t read(std::span<std::byte> out) override { return reader_.read(out); }

 private:
    detail::GzipReader reader_;
};

/// For libarchive, an .xz is an archive of one nameless file.
class Xz : public UnpackedStream {
 public:
    Xz(std::span<const std::byte> packed, const std::string& name) : archive_(name) {
        archive_.require(::archive_read_append_filter(archive_.get(), ARCHIVE_FILTER_XZ));
        archive_.require(::archive_read_support_format_raw(archive_.get()));
        archive_.require(::archive_read_open_memory(archive_.get(), packed.data(), packed.size()));
        ::archive_entry* entry = nullptr;
        archive_.require(::archive_read_next_header(archive_.get(), &entry));
    }
    std::size_t read(std::span<std::byte> out) override {
        const la_ssize_t got = ::archive_read_data(archive_.get(), out.data(), out.size());
        if (got < 0) archive_.fail();
        return static_cast<std::size_t>(got);
    }

 private:
    ArchiveHandle archive_;
};

}  // namespace

std::unique_ptr<UnpackedStream> unpacked_gzip(const ByteSource& source) {
    return std::make_unique<Gzip>(source);
}

std::unique_ptr<UnpackedStream> unpacked_xz(std::span<const std::byte> packed, const std::string& name) {
    return std::make_unique<Xz>(packed, name);
}

}  // namespace wb::grader
