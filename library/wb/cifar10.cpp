// CIFAR-10 of labelled_pictures.hpp.
#include <algorithm>
#include <memory>

#include "wb/byte_source.hpp"
#include "wb/dataset.hpp"
#include "wb/errors.hpp"
#include "wb/labelled_pictures.hpp"

namespace wb {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t side = 32, plane = side * side, channels = 3, record = 1 + channels * plane, classes = 10;
constexpr const char* names_file = "batches.meta.txt";
constexpr const char* copy_again = "Copy or download it again";

/// How many records a file has. @throws FileError when that is no whole number above 0
std::size_t count_records(const ByteSource& source) {
    if (source.size() == 0 || source.size() % record != 0) {
        throw FileError(source.name() + ": has " + std::to_string(source.size()) + " bytes, which are no records of " +
                        std::to_string(record) + " bytes, as CIFAR-10's binary version has them. " + copy_again);
    }
    return source.size() / record;
}

/// Appends a file's pictures behind those that `set` has; there is room for them.
void append(const ByteSource& source, std::size_t count, LabelledPictures& set) {
    std::vector<std::byte> bytes(record);
    std::uint8_t* pixels = set.pictures.data() + set.labels.size() * plane * channels;
    for (std::size_t n = 0; n < count; ++n) {
        source.read(n * record, bytes);
        const auto label = std::to_integer<std::size_t>(bytes[0]);
        if (label >= classes) {
            throw FileError(source.name() + ": picture " + std::to_string(n) + " has label " + std::to_string(label) +
                            ", but there are classes 0 .. " + std::to_string(classes - 1) + ". " + copy_again);
        }
        set.labels.push_back(static_cast<int>(label));
        for (std::size_t at = 0; at < plane; ++at) {  // from planes to pixels
            for (std::size_t c = 0; c < channels; ++c)
                *pixels++ = std::to_integer<std::uint8_t>(bytes[1 + c * plane + at]);
        }
    }
}

LabelledPictures read_files(const std::vector<std::unique_ptr<ByteSource>>& sources) {
    std::vector<std::size_t> counts;
    std::size_t total = 0;
    for (const auto& source : sources) {
        counts.push_back(count_records(*source));
        total += counts.back();
    }
    LabelledPictures set;
    set.pictures.resize({total, side, side, channels});
    set.labels.reserve(total);
    for (std::size_t i = 0; i < sources.size(); ++i) append(*sources[i], counts[i], set);
    return set;
}

std::vector<std::string> read_class_names(const fs::path& path) {
    const auto source = open_file(path);
    constexpr std::size_t most_bytes = 4096, longest = 64;
    const auto fail = [&path](const std::string& words) -> FileError {
        return FileError(path.string() + ": " + words + "; expected the names of 10 classes, one a line. " +
                         copy_again);
    };
    if (source->size() > most_bytes) throw fail("has " + std::to_string(source->size()) + " bytes");
    std::string text(source->size(), '\0');
    source->read(0, std::as_writable_bytes(std::span(text)));
    std::vector<std::string> names;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string name = text.substr(at, end - at);
        at = end + 1;
        if (name.ends_with('\r')) name.pop_back();
        if (name.empty()) continue;
        const bool printable = std::all_of(name.begin(), name.end(), [](char c) { return c >= 0x20 && c != 0x7f; });
        if (!printable || name.size() > longest) throw fail("has the line " + in_quotes(name));
        names.push_back(std::move(name));
    }
    if (names.size() != classes) throw fail("has " + std::to_string(names.size()) + " names");
    return names;
}

/// Where the files are. @throws FileError when they are not there
fs::path batches_folder(const fs::path& given) {
    const fs::path folder = given.empty() ? fetched_dataset("cifar10") : given;
    for (const fs::path& candidate : {folder, folder / "cifar-10-batches-bin"}) {
        std::error_code none;
        if (fs::exists(candidate / names_file, none)) return candidate;
    }
    throw FileError((folder / names_file).string() + ": is not there, nor cifar-10-batches-bin/" + names_file +
                    ". CIFAR-10's binary version is fetched by ./workbook datasets fetch cifar10");
}

}  // namespace

LabelledPictures parse_cifar10(std::span<const std::byte> bytes, const std::string& name) {
    std::vector<std::unique_ptr<ByteSource>> sources;
    sources.push_back(memory_source(bytes, name));
    return read_files(sources);
}

LabelledPictures read_cifar10(Part part, const fs::path& given) {
    const fs::path folder = batches_folder(given);
    std::vector<std::string> class_names = read_class_names(folder / names_file);
    std::vector<std::unique_ptr<ByteSource>> sources;
    if (part == Part::test) {
        sources.push_back(open_file(folder / "test_batch.bin"));
    } else {
        for (int batch = 1; batch <= 5; ++batch)
            sources.push_back(open_file(folder / ("data_batch_" + std::to_string(batch) + ".bin")));
    }
    LabelledPictures set = read_files(sources);
    set.class_names = std::move(class_names);
    return set;
}

}  // namespace wb
