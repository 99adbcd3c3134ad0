/// @file
/// What the library's tests share: a folder that goes away, files from bytes, and the text of an expected error.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>

namespace wb {

/// A test that writes files: into a folder of its own, which is removed afterwards.
class InScratchFolder : public testing::Test {
 protected:
    InScratchFolder() {
        std::string name = testing::TempDir() + "wb-library-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) throw std::filesystem::filesystem_error("mkdtemp", name, {});
        folder_ = name;
    }
    ~InScratchFolder() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::filesystem::path file(const std::string& name) const { return folder_ / name; }
    /// The names in the folder: to see that nothing temporary is left.
    [[nodiscard]] std::size_t files_there() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
    }
    static void write_text(const std::filesystem::path& path, const std::string& text) {
        std::ofstream(path, std::ios::binary) << text;
    }
    static std::string read_text(const std::filesystem::path& path) {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

 private:
    std::filesystem::path folder_;
};

inline std::span<const std::byte> as_bytes(const std::string& text) {
    return std::as_bytes(std::span(text));
}

/// The text of the E that `f` throws; a failure when it throws nothing or something else.
template <class E, class F>
std::string text_of(const F& f) {
    try {
        f();
    } catch (const E& error) {
        return error.what();
    } catch (const std::exception& other) {
        ADD_FAILURE() << "another type was thrown: " << other.what();
        return "";
    }
    ADD_FAILURE() << "nothing was thrown";
    return "";
}

}  // namespace wb
