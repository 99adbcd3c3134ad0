/// @file
/// libFuzzer's entry into chapter 4's reader of a checkpoint's settings. The first line of the input is config.json, the rest is
/// preprocessor_config.json; any two files are read as a model that can be made, or refused with a FileError.
#include <stdlib.h>  // mkdtemp

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "vit_config.hpp"
#include "wb/errors.hpp"

namespace {

/// Holds the two files, and goes with the process.
class Folder {
 public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "fuzz_vit_config.XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) std::abort();
        path_ = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    void write(const char* name, std::string_view text) const {
        if (!(std::ofstream(path_ / name, std::ios::binary) << text)) std::abort();
    }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
    std::filesystem::path path_;
};

bool can_be_made(const wb::VitConfig& config) {
    const wb::VitOptions& o = config.options;
    for (const std::size_t count :
         {o.image_size, o.channels, o.patch_size, o.hidden, o.layers, o.heads, o.mlp, o.classes}) {
        if (count == 0) return false;
    }
    if (o.image_size % o.patch_size != 0 || o.hidden % o.heads != 0) return false;
    if (!(o.layer_norm_epsilon > 0 && o.layer_norm_epsilon < 1)) return false;
    if (config.labels.size() != o.classes || config.mean.size() != o.channels || config.deviation.size() != o.channels)
        return false;
    for (std::size_t c = 0; c < o.channels; ++c) {
        if (!std::isfinite(config.mean[c]) || !(std::isfinite(config.deviation[c]) && config.deviation[c] > 0))
            return false;
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Folder folder;
    const std::string text(data, data + size);
    const std::size_t line = std::min(text.find('\n'), text.size());
    folder.write("config.json", std::string_view(text).substr(0, line));
    folder.write("preprocessor_config.json", std::string_view(text).substr(std::min(line + 1, text.size())));
    try {
        if (!can_be_made(wb::read_vit_config(folder.path()))) std::abort();
    } catch (const wb::FileError&) {  // the right answer to bad bytes
    }
    return 0;
}
