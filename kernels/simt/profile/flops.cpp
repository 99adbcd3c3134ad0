#include "simt/profile/flops.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "simt/source_line.hpp"

namespace wb::simt::profile {
namespace {

/// By block. Lives as long as the process, for profiles are also asked for at its very end.
std::map<std::uintptr_t, std::vector<FloatInstruction>>& known() {
    static auto& all = *new std::map<std::uintptr_t, std::vector<FloatInstruction>>;
    return all;
}

/// "vaddss", "mulsd", "vfmadd231ss", "vaddps" with its operands.
unsigned flops_of(std::string_view name, std::string_view operands) {
    if (name.starts_with('v')) name.remove_prefix(1);
    const bool fused = name.starts_with("fmadd") || name.starts_with("fmsub") || name.starts_with("fnmadd") ||
                       name.starts_with("fnmsub");
    const std::string_view type = name.size() > 2 ? name.substr(name.size() - 2) : std::string_view();
    const bool is_float = type == "ss" || type == "ps", is_double = type == "sd" || type == "pd";
    if (!is_float && !is_double) return 0;
    const std::string_view what = name.substr(0, name.size() - 2);
    const bool simple = what == "add" || what == "sub" || what == "mul" || what == "div" || what == "sqrt";
    if (!fused && !simple) return 0;
    const unsigned bytes = operands.find("%ymm") != std::string_view::npos ? 32 : 16;
    const unsigned numbers = type[0] == 's' ? 1 : bytes / (is_float ? 4 : 8);
    return numbers * (fused ? 2 : 1);
}

/// Goes through objdump's lines: "  8e26d:\tvaddss (%rax),%xmm0,%xmm0", and "000000000008e251 <name>:" where a function begins.
class Listing {
 public:
    Listing(std::uintptr_t base, const std::vector<std::uintptr_t>& blocks) : base_(base), blocks_(blocks) {}

    void line(const char* text) {
        char* rest = nullptr;
        const std::uintptr_t address = std::strtoull(text, &rest, 16) + base_;
        if (rest == text || *rest != ':') {
            block_ = nullptr;
            return;
        }
        if (std::binary_search(blocks_.begin(), blocks_.end(), address)) block_ = &known()[address];
        if (block_ == nullptr) return;
        std::string_view code(rest + 1);
        code.remove_prefix(std::min(code.find_first_not_of(" \t"), code.size()));
        const std::size_t end = std::min(code.find_first_of(" \t\n"), code.size());
        if (const unsigned flops = flops_of(code.substr(0, end), code.substr(end)); flops > 0)
            block_->push_back({address, flops});
        if (code.find("__sanitizer_cov_trace_pc") != std::string_view::npos) block_ = nullptr;  // another block follows
    }

 private:
    std::uintptr_t base_;
    const std::vector<std::uintptr_t>& blocks_;
    std::vector<FloatInstruction>* block_ = nullptr;
};

/// Disassembles from the first to the last of these blocks and some way on.
void read_stretch(const std::vector<std::uintptr_t>& blocks) {
    constexpr std::uintptr_t beyond = 4096;  // the last block's own code
    const std::uintptr_t base = program_start() < 0x1000000 ? 0 : program_start();
    char command[160], text[1024];
    std::snprintf(command, sizeof command,
                  "objdump -d --no-show-raw-insn --start-address=0x%zx --stop-address=0x%zx /proc/%d/exe 2>/dev/null",
                  blocks.front() - base, blocks.back() - base + beyond, static_cast<int>(getpid()));
    std::FILE* const pipe = popen(command, "r");
    if (pipe == nullptr) return;
    Listing listing(base, blocks);
    while (std::fgets(text, sizeof text, pipe) != nullptr) listing.line(text);
    pclose(pipe);
}

}  // namespace

void read_code(const std::vector<std::uintptr_t>& blocks) {
    constexpr std::uintptr_t far = 64 * 1024;  // code in between that need not be read
    std::vector<std::uintptr_t> fresh;
    for (const std::uintptr_t block : blocks) {
        if (!known().contains(block)) fresh.push_back(block);
    }
    std::sort(fresh.begin(), fresh.end());
    for (auto begin = fresh.begin(); begin != fresh.end();) {
        auto end = begin + 1;
        while (end != fresh.end() && *end - *(end - 1) < far) ++end;
        read_stretch({begin, end});
        begin = end;
    }
}

const std::vector<FloatInstruction>* float_instructions(std::uintptr_t block) {
    const auto found = known().find(block);
    return found == known().end() ? nullptr : &found->second;
}

}  // namespace wb::simt::profile
