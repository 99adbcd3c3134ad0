#include "simt/device_memory.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <new>

#include "simt/sanitizer.hpp"
#include "simt/watcher.hpp"

namespace wb::simt {
namespace {

constexpr std::size_t memory_of_device = std::size_t{8} << 30;
constexpr std::size_t alignment = 256;
constexpr std::size_t near_bytes = 4096;

struct Device {
    std::map<std::uintptr_t, DeviceBlock> blocks;
    std::size_t in_use = 0, peak = 0;
    unsigned given_out = 0;
    bool open = false;  // a kernel runs
};

Device& device() {
    static Device* const the_device = new Device;  // outlives static DeviceBuffers
    return *the_device;
}

std::uintptr_t number_of(const void* address) {
    return reinterpret_cast<std::uintptr_t>(address);
}

void* allocate(std::size_t bytes) {
    if (watcher::present) return watcher::allocate(bytes);
    void* data = nullptr;
    return posix_memalign(&data, alignment, bytes) == 0 ? data : nullptr;
}

void release(const DeviceBlock& block) {
    sanitizer::allow(block.data, block.bytes);
    if (watcher::present) return watcher::release(block.data, block.bytes);
    std::free(block.data);
}

/// Takes the guard off the buffers that a range touches, for as long as it lives.
class GuardOff {
 public:
    explicit GuardOff(const void* address) : block_(device().open ? nullptr : device_block_of(address)) {
        if (block_) sanitizer::allow(block_->data, block_->bytes);
    }
    ~GuardOff() {
        if (block_ && !block_->managed) sanitizer::forbid(block_->data, block_->bytes);
    }
    GuardOff(const GuardOff&) = delete;
    GuardOff& operator=(const GuardOff&) = delete;

 private:
    const DeviceBlock* block_;
};

}  // namespace

void* device_allocate(std::size_t bytes, bool managed) {
    Device& d = device();
    if (bytes > memory_of_device - d.in_use) return nullptr;
    auto* const data = static_cast<char*>(allocate(bytes));
    if (data == nullptr) return nullptr;
    std::memset(data, 0xff, bytes);
    d.blocks[number_of(data)] = {data, bytes, ++d.given_out, managed};
    d.in_use += bytes;
    d.peak = std::max(d.peak, d.in_use);
    if (!d.open && !managed) sanitizer::forbid(data, bytes);
    return data;
}

bool device_release(void* data) {
    Device& d = device();
    const auto found = d.blocks.find(number_of(data));
    if (found == d.blocks.end()) return false;
    d.in_use -= found->second.bytes;
    release(found->second);
    d.blocks.erase(found);
    return true;
}

const DeviceBlock* device_block_of(const void* address) {
    auto after = device().blocks.upper_bound(number_of(address));
    if (after == device().blocks.begin()) return nullptr;
    const DeviceBlock& block = (--after)->second;
    return number_of(address) < number_of(block.data) + block.bytes ? &block : nullptr;
}

const DeviceBlock* device_block_near(const void* address) {
    if (const DeviceBlock* inside = device_block_of(address)) return inside;
    const auto after = device().blocks.upper_bound(number_of(address));
    if (after != device().blocks.begin()) {
        const DeviceBlock& before = std::prev(after)->second;
        if (number_of(address) - number_of(before.data) - before.bytes < near_bytes) return &before;
    }
    if (after != device().blocks.end() && after->first - number_of(address) < near_bytes) return &after->second;
    return nullptr;
}

void device_copy(void* to, const void* from, std::size_t bytes) {
    const GuardOff source(from);
    const GuardOff target(to);
    std::memmove(to, from, bytes);
}

void device_fill(void* data, int byte, std::size_t bytes) {
    const GuardOff target(data);
    std::memset(data, byte, bytes);
}

void open_device_memory() {
    sanitizer::install_reports();
    device().open = true;
    for (const auto& [address, block] : device().blocks) sanitizer::allow(block.data, block.bytes);
}

void close_device_memory() {
    device().open = false;
    for (const auto& [address, block] : device().blocks) {
        if (!block.managed) sanitizer::forbid(block.data, block.bytes);
    }
}

std::size_t device_bytes_in_use() {
    return device().in_use;
}

std::size_t device_peak_bytes() {
    return device().peak;
}

void reset_device_peak() {
    device().peak = device().in_use;
}

std::size_t device_bytes_in_all() {
    return memory_of_device;
}

std::string describe_device(const void* address) {
    const DeviceBlock* const block = device_block_near(address);
    if (block == nullptr) return "";
    const std::string name =
        "device buffer " + std::to_string(block->number) + " (" + std::to_string(block->bytes) + " bytes)";
    const auto* const byte = static_cast<const char*>(address);
    const char* const end = block->data + block->bytes;
    if (byte < block->data) return std::to_string(block->data - byte) + " bytes before " + name;
    if (byte >= end) return std::to_string(byte - end) + " bytes past the end of " + name;
    return "byte " + std::to_string(byte - block->data) + " of " + name;
}

}  // namespace wb::simt
