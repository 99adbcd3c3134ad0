/// @file
/// From a return address to a line of the student's source, and from a function to its name: by libbacktrace, which comes with GCC. What it does not find (it gives up
/// on a list of ranges at the first function that GNU ld discarded; mold's lists are whole), binutils' addr2line does.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

#include <unistd.h>

#include "simt/source_line.hpp"

#ifdef WB_HAS_LIBBACKTRACE
// As in GCC's backtrace.h, which clang does not find.
extern "C" {
struct backtrace_state;
using backtrace_error_callback = void (*)(void* data, const char* message, int error);
using backtrace_full_callback = int (*)(void* data, std::uintptr_t pc, const char* file, int line,
                                        const char* function);
backtrace_state* backtrace_create_state(const char* file, int threaded, backtrace_error_callback, void* data);
using backtrace_syminfo_callback = void (*)(void* data, std::uintptr_t pc, const char* symbol, std::uintptr_t value,
                                            std::uintptr_t size);
int backtrace_pcinfo(backtrace_state*, std::uintptr_t pc, backtrace_full_callback, backtrace_error_callback,
                     void* data);
int backtrace_syminfo(backtrace_state*, std::uintptr_t address, backtrace_syminfo_callback, backtrace_error_callback,
                      void* data);
}
#endif

extern "C" char __executable_start[];

namespace wb::simt {
namespace {

/// Whether a frame is the student's, not one of our headers' that was inlined into it.
bool is_own(const char* file) {
    return file != nullptr && std::strstr(file, "/wb_cuda/") == nullptr &&
           std::strstr(file, "/simt/api.hpp") == nullptr && std::strstr(file, "/cuda_fp16.h") == nullptr &&
           std::strstr(file, "/cuda_bf16.h") == nullptr && std::strncmp(file, "/usr/", 5) != 0;
}

struct Found {
    std::string file;
    int line = 0;
};

#ifdef WB_HAS_LIBBACKTRACE

void ignore_error(void*, const char*, int) {}

int take_frame(void* data, std::uintptr_t, const char* file, int line, const char*) {
    if (!is_own(file)) return 0;
    *static_cast<Found*>(data) = {file, line};
    return 1;  // innermost first: enough
}

void take_symbol(void* data, std::uintptr_t, const char* symbol, std::uintptr_t, std::uintptr_t) {
    if (symbol != nullptr) *static_cast<std::string*>(data) = symbol;
}

backtrace_state* program() {
    static backtrace_state* const state = backtrace_create_state(nullptr, 0, ignore_error, nullptr);
    return state;
}

Found by_libbacktrace(std::uintptr_t pc) {
    Found found;
    if (program() != nullptr) backtrace_pcinfo(program(), pc, take_frame, ignore_error, &found);
    return found;
}

std::string symbol_by_libbacktrace(std::uintptr_t address) {
    std::string symbol;
    if (program() != nullptr) backtrace_syminfo(program(), address, take_symbol, ignore_error, &symbol);
    return symbol;
}

#else

Found by_libbacktrace(std::uintptr_t) {
    return {};
}

std::string symbol_by_libbacktrace(std::uintptr_t) {
    return {};
}

#endif

Found by_addr2line(std::uintptr_t pc) {
    char command[96], line[1024];
    // A program that is not position-independent keeps its addresses; others count from their start.
    const std::uintptr_t address = program_start() < 0x1000000 ? pc : pc - program_start();
    std::snprintf(command, sizeof command, "addr2line -i -e /proc/%d/exe 0x%zx 2>/dev/null", static_cast<int>(getpid()),
                  address);
    Found found;
    std::FILE* const pipe = popen(command, "r");
    if (pipe == nullptr) return found;
    while (found.line == 0 && std::fgets(line, sizeof line, pipe) != nullptr) {
        char* const colon = std::strrchr(line, ':');
        if (colon == nullptr) continue;
        *colon = '\0';
        if (is_own(line)) found = {line, std::atoi(colon + 1)};
    }
    pclose(pipe);
    return found;
}

Found look_up(std::uintptr_t pc) {
    Found found = by_libbacktrace(pc);
    return found.line > 0 ? found : by_addr2line(pc);
}

}  // namespace

std::string symbol_name(const void* function) {
    return function == nullptr ? std::string() : symbol_by_libbacktrace(reinterpret_cast<std::uintptr_t>(function));
}

std::uintptr_t program_start() {
    return reinterpret_cast<std::uintptr_t>(__executable_start);
}

SourceLine source_line(std::uintptr_t return_address) {
    static auto& known = *new std::map<std::uintptr_t, Found>;  // asked at the program's very end too
    const auto [entry, fresh] = known.try_emplace(return_address);
    if (fresh) entry->second = look_up(return_address - 1);  // the call, not what follows it
    const Found& found = entry->second;
    return {found.line > 0 ? found.file.c_str() : nullptr, found.line};
}

}  // namespace wb::simt
