#include "intake/archive_source.hpp"

#include <locale.h>  // newlocale

#include <algorithm>
#include <array>
#include <exception>
#include <string_view>
#include <utility>
#include <vector>

#include "intake/archive_handle.hpp"
#include "intake/unpacked_stream.hpp"

namespace wb::grader {
namespace {

/// libarchive turns names into the encoding of the thread's locale: with UTF-8 they stay what they are.
class Utf8Names {
 public:
    Utf8Names() {
        static const ::locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
        if (utf8 != nullptr) before_ = ::uselocale(utf8);
    }
    ~Utf8Names() {
        if (before_ != nullptr) ::uselocale(before_);
    }
    Utf8Names(const Utf8Names&) = delete;
    Utf8Names& operator=(const Utf8Names&) = delete;

 private:
    ::locale_t before_ = nullptr;
};

enum class Kind { zip, tar_gz, tar_xz };

/// By the first bytes.
Kind kind_of(std::string_view bytes, const std::string& name) {
    using namespace std::string_view_literals;
    if (bytes.starts_with("PK\3\4"sv) || bytes.starts_with("PK\5\6"sv)) return Kind::zip;
    if (bytes.starts_with("\x1f\x8b"sv)) return Kind::tar_gz;
    if (bytes.starts_with("\xFD"
                          "7zXZ\0"sv))
        return Kind::tar_xz;
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> others{
        {{"Rar!"sv, "a RAR archive"},
         {"7z\xBC\xAF"sv, "a 7z archive"},
         {"BZh"sv, "a bzip2 file"},
         {"\x28\xB5\x2F\xFD"sv, "a zstd file"}}};
    std::string got = bytes.empty() ? "an empty file" : "something else";
    for (const auto& [magic, what] : others) {
        if (bytes.starts_with(magic)) got = what;
    }
    if (bytes.size() > 262 && bytes.substr(257, 5) == "ustar") got = "a tar that is not packed";
    throw FileError(name + ": expected a .zip, .tar.gz or .tar.xz archive, got " + got + ". Pack it as one of these");
}

/// libarchive hands out names as C strings, cut at a NUL: the zip's own list of its files says whether there is one.
/// @throws FileError  when there is
void refuse_nul_in_zip(std::string_view zip, const std::string& name) {
    constexpr std::string_view entry = "PK\1\2";
    constexpr std::size_t length_at = 28, name_at = 46;
    for (std::size_t at = zip.find(entry); at != std::string_view::npos; at = zip.find(entry, at + 1)) {
        if (zip.size() - at < name_at) return;
        const auto byte = [&](std::size_t i) { return std::size_t{static_cast<unsigned char>(zip[at + i])}; };
        const std::string_view file = zip.substr(at + name_at, byte(length_at) + 256 * byte(length_at + 1));
        if (file.find('\0') == std::string_view::npos) continue;
        throw FileError(name + ": the name of a file in it holds a NUL byte (" + shown_name(file) +
                        "), which no program writes that packs honestly. Nothing of it was taken");
    }
}

/// Feeds a tar's bytes to libarchive, and counts them. What is thrown meanwhile waits until libarchive has returned.
struct TarFeed {
    UnpackedStream& stream;
    Collector& collector;
    std::vector<std::byte> piece = std::vector<std::byte>(1 << 16);
    std::exception_ptr thrown = nullptr;

    std::size_t next() {
        const std::size_t got = stream.read(piece);
        collector.count_unpacked(got);
        return got;
    }
    static la_ssize_t on_read(::archive* archive, void* self, const void** bytes) {
        auto& feed = *static_cast<TarFeed*>(self);
        *bytes = feed.piece.data();
        try {
            return static_cast<la_ssize_t>(feed.next());
        } catch (...) {
            feed.thrown = std::current_exception();
            ::archive_set_error(archive, -1, "the bytes end here");
            return -1;
        }
    }
};

/// What an entry is that is no plain file; empty for a plain file.
std::string odd_kind(::archive_entry* entry) {
    if (::archive_entry_hardlink(entry) != nullptr) return "a hard link";
    switch (::archive_entry_filetype(entry)) {
        case AE_IFREG:
            break;
        case AE_IFLNK:
            return "a symbolic link";
        case AE_IFCHR:
        case AE_IFBLK:
            return "a device";
        case AE_IFIFO:
            return "a pipe";
        case AE_IFSOCK:
            return "a socket";
        default:
            return "of a kind that is not known";
    }
    return ::archive_entry_sparse_count(entry) > 0 ? "a sparse file" : "";
}

/// One archive, entry by entry.
class Entries {
 public:
    /// @param counts_itself  the bytes are counted as they are read from below
    Entries(const ArchiveHandle& archive, Collector& collector, bool counts_itself)
        : archive_(archive), collector_(collector), counts_itself_(counts_itself) {}

    void read_all() {
        ::archive_entry* entry = nullptr;
        for (;;) {
            const int status = ::archive_read_next_header(archive_.get(), &entry);
            if (status == ARCHIVE_EOF) return;
            archive_.require(status);
            collector_.count_entry();
            read(entry);
        }
    }

 private:
    void read(::archive_entry* entry) {
        const char* name = ::archive_entry_pathname(entry);
        const std::string path = name != nullptr ? name : "";
        if (::archive_entry_filetype(entry) == AE_IFDIR && ::archive_entry_hardlink(entry) == nullptr)
            return pass_over();
        Claim claim = collector_.places().claim(path);
        const std::string odd = odd_kind(entry);
        std::string reason = odd.empty() ? claim.reason : odd + "; only plain files are taken";
        if (reason.empty() && ::archive_entry_is_encrypted(entry) != 0) reason = "encrypted";
        if (reason.empty()) return take(path, std::move(claim));
        collector_.leave_out(path, std::move(reason));
        pass_over();
    }

    void take(const std::string& path, Claim claim) {
        std::string bytes;
        std::string_view block;
        while (next_block(block, bytes.size())) {
            if (bytes.size() + block.size() > collector_.limits().file_bytes) {
                collector_.leave_out_as_too_large(path);
                return pass_over();
            }
            bytes += block;
        }
        collector_.take(path, std::move(claim), std::move(bytes));
    }

    /// The next bytes of the entry. @return false at its end. @throws FileError when they are damaged
    bool next_block(std::string_view& block, std::size_t expected_offset) {
        const void* data = nullptr;
        std::size_t size = 0;
        la_int64_t offset = 0;
        const int status = ::archive_read_data_block(archive_.get(), &data, &size, &offset);
        if (status == ARCHIVE_EOF) return false;
        if (status != ARCHIVE_OK || offset != static_cast<la_int64_t>(expected_offset)) archive_.fail();
        block = std::string_view(static_cast<const char*>(data), size);
        if (!counts_itself_) collector_.count_unpacked(size);
        return true;
    }

    /// Reads the rest of an entry that is not wanted: libarchive would do the same, but without a limit.
    void pass_over() {
        for (;;) {
            const void* data = nullptr;
            std::size_t size = 0;
            la_int64_t offset = 0;
            const int status = ::archive_read_data_block(archive_.get(), &data, &size, &offset);
            if (status == ARCHIVE_FATAL) archive_.fail();
            if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return;  // its end, or damaged, and not wanted anyway
            if (!counts_itself_) collector_.count_unpacked(size);
        }
    }

    const ArchiveHandle& archive_;
    Collector& collector_;
    bool counts_itself_;
};

void read_zip(std::span<const std::byte> bytes, Collector& collector) {
    const ArchiveHandle archive(collector.name());
    archive.require(::archive_read_support_format_zip_seekable(archive.get()));
    archive.require(::archive_read_open_memory(archive.get(), bytes.data(), bytes.size()));
    Entries(archive, collector, false).read_all();
}

void read_tar(UnpackedStream& stream, Collector& collector) {
    TarFeed feed{stream, collector};
    const ArchiveHandle archive(collector.name());
    try {
        archive.require(::archive_read_support_format_tar(archive.get()));
        archive.require(::archive_read_open(archive.get(), &feed, nullptr, TarFeed::on_read, nullptr));
        Entries(archive, collector, true).read_all();
    } catch (const FileError&) {
        if (feed.thrown) std::rethrow_exception(feed.thrown);
        throw;
    }
    while (feed.next() > 0) {  // what comes behind the tar's end: the checksum is at the end of it
    }
}

}  // namespace

Intake read_archive(std::span<const std::byte> bytes, const std::string& name, const Course& course,
                    const IntakeLimits& limits) {
    const Utf8Names utf8_names;
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    Collector collector(course, limits, name);
    switch (kind_of(text, name)) {
        case Kind::zip:
            refuse_nul_in_zip(text, name);
            read_zip(bytes, collector);
            break;
        case Kind::tar_gz: {
            const auto packed = memory_source(bytes, name);
            read_tar(*unpacked_gzip(*packed), collector);
            break;
        }
        case Kind::tar_xz:
            read_tar(*unpacked_xz(bytes, name), collector);
            break;
    }
    return collector.finish();
}

}  // namespace wb::grader
