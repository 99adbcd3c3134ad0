#include "simt/shared_memory.hpp"

#include <cstring>

#include "simt/api.hpp"
#include "simt/block.hpp"
#include "simt/diagnosis.hpp"
#include "simt/sanitizer.hpp"
#include "simt/watcher.hpp"

namespace {
constexpr std::size_t dynamic_buffer_bytes = wb::simt::shared_bytes_at_most + 4096;
}

extern "C" {
alignas(4096) unsigned char wb_simt_dynamic_shared[dynamic_buffer_bytes];
}

namespace wb::simt {
namespace {

SharedArray* all_arrays = nullptr;  // that a thread ever came past, in any kernel
SharedArray* file_scope = nullptr;  // those outside of functions: a part of every block
std::size_t dynamic_allowed = 0;    // as of the last block
bool dynamic_guarded = false;

void adopt(SharedArray& array, void* data, std::size_t bytes) {
    array.data = data;
    array.bytes = bytes;
    watcher::mark_shared(data, bytes);
    char* const begin = static_cast<char*>(data);
    sanitizer::forbid(begin - shared_guard_bytes, shared_guard_bytes);
    sanitizer::forbid(begin + bytes, shared_guard_bytes);
}

void fill(SharedArray& array) {
    array.filled_for = block.serial;
    std::memset(array.data, 0xff, array.bytes);
}

}  // namespace

void enter_shared(SharedArray& array, void* data, std::size_t bytes) {
    if (array.filled_for == block.serial) return;
    if (array.data == nullptr) {
        adopt(array, data, bytes);
        array.next = all_arrays;
        all_arrays = &array;
    }
    fill(array);
    block.static_shared_bytes += bytes;
    const Block& here = running_block("__shared__");
    const std::size_t fixed = here.static_shared_bytes, dynamic = here.request->shared_bytes;
    if (fixed > shared_bytes_by_default || fixed + dynamic > shared_bytes_at_most) {
        block.fail(static_cast<int>(ErrorCode::invalid_value),
                   here.where() + ": " + array.name + " (" + text(array.site) +
                       ") brings the kernel's __shared__ arrays to " + std::to_string(fixed) + " bytes" +
                       (dynamic > 0 ? ", beside " + std::to_string(dynamic) + " dynamic ones" : "") +
                       ". nvcc accepts " + std::to_string(shared_bytes_by_default) + "; a block has " +
                       std::to_string(shared_bytes_at_most) +
                       " in all. Use smaller tiles, or extern __shared__ with cudaFuncSetAttribute.");
    }
}

void SharedAtFileScope::always_enter(SharedArray& array, void* data, std::size_t bytes) {
    adopt(array, data, bytes);
    array.next = file_scope;
    file_scope = &array;
}

void refill_shared_memory(std::size_t dynamic_bytes) {
    if (!dynamic_guarded) watcher::mark_shared(wb_simt_dynamic_shared, dynamic_buffer_bytes);
    if (!dynamic_guarded || dynamic_bytes != dynamic_allowed) {
        sanitizer::allow(wb_simt_dynamic_shared, dynamic_buffer_bytes);
        sanitizer::forbid(wb_simt_dynamic_shared + dynamic_bytes, dynamic_buffer_bytes - dynamic_bytes);
        dynamic_guarded = true;
        dynamic_allowed = dynamic_bytes;
    }
    std::memset(wb_simt_dynamic_shared, 0xff, dynamic_bytes);
    for (SharedArray* array = file_scope; array != nullptr; array = array->next) fill(*array);
}

SharedPlace shared_array_of(const void* address, std::size_t dynamic_bytes) {
    const auto* const byte = static_cast<const unsigned char*>(address);
    for (const SharedArray* list : {all_arrays, file_scope}) {
        for (const SharedArray* array = list; array != nullptr; array = array->next) {
            const auto* const begin = static_cast<const unsigned char*>(array->data);
            if (byte >= begin && byte < begin + array->bytes) return {array->name, begin, array->bytes};
        }
    }
    if (byte >= wb_simt_dynamic_shared && byte < wb_simt_dynamic_shared + dynamic_buffer_bytes)
        return {"extern __shared__", wb_simt_dynamic_shared, dynamic_bytes};
    return {"", nullptr, 0};
}

std::string describe_shared(const void* address, std::size_t dynamic_bytes) {
    const auto* const byte = static_cast<const unsigned char*>(address);
    const auto describe = [&](const std::string& name, const unsigned char* begin, std::size_t bytes,
                              std::size_t guard) {
        if (byte + guard < begin || byte >= begin + bytes + guard) return std::string();
        const std::string size = name + " (" + std::to_string(bytes) + " bytes)";
        if (byte < begin) return std::to_string(begin - byte) + " bytes before " + size;
        if (byte >= begin + bytes)
            return std::to_string(byte - begin - static_cast<std::ptrdiff_t>(bytes)) + " bytes past the end of " + size;
        return "byte " + std::to_string(byte - begin) + " of " + size;
    };
    for (const SharedArray* list : {all_arrays, file_scope}) {
        for (const SharedArray* array = list; array != nullptr; array = array->next) {
            const std::string found =
                describe("the __shared__ array " + std::string(array->name),
                         static_cast<const unsigned char*>(array->data), array->bytes, shared_guard_bytes);
            if (!found.empty()) return found;
        }
    }
    if (byte < wb_simt_dynamic_shared || byte >= wb_simt_dynamic_shared + dynamic_buffer_bytes) return "";
    return describe("the dynamic shared memory", wb_simt_dynamic_shared, dynamic_bytes, dynamic_buffer_bytes);
}

}  // namespace wb::simt
