/// @file
/// The program's own variables: shared arrays, the dynamic shared memory, `__device__` variables. Which of them are shared memory is marked
/// in granules of 64 bytes, to which SharedStorage is aligned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

extern "C" char __data_start[], _end[];

namespace wb::simt {

class StaticMemory {
 public:
    [[nodiscard]] std::uintptr_t begin() const { return begin_; }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    [[nodiscard]] bool contains(std::uintptr_t address) const { return address - begin_ < bytes_; }

    void mark_shared(const void* data, std::size_t bytes) {
        const auto address = reinterpret_cast<std::uintptr_t>(data);
        if (!contains(address)) return;
        for (std::size_t at = 0; at < bytes; at += granule) shared_[(address + at - begin_) / granule] = true;
    }

    /// Of an address that it contains.
    [[nodiscard]] bool is_shared(std::uintptr_t address) const { return shared_[(address - begin_) / granule]; }

 private:
    static constexpr std::size_t granule = 64;

    std::uintptr_t begin_ = reinterpret_cast<std::uintptr_t>(__data_start) / granule * granule;
    std::size_t bytes_ = reinterpret_cast<std::uintptr_t>(_end) - begin_;
    std::vector<bool> shared_ = std::vector<bool>(bytes_ / granule + 1);
};

}  // namespace wb::simt
