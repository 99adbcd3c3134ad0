// Archives read in another process: the same comes of it, and nothing else comes through.
#include "intake/archive_child.hpp"

#include "files/files.hpp"
#include "intake/archive_answer.hpp"
#include "packed.hpp"
#include "sandbox/machine.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::string place = "01_numbers/twice.cpp";

/// What comes of an archive, in words.
std::string outcome(const ArchiveReader& read, const fs::path& file, const Course& course, const IntakeLimits& limits) {
    std::string words;
    try {
        const Intake intake = read(file, "ann's", course, limits);
        for (const auto& [where, bytes] : intake.files) words += where + " " + sha256(bytes) + "\n";
        for (const LeftOut& one : intake.left_out) words += one.path + ": " + one.reason + "\n";
    } catch (const FileError& error) {
        words = error.what();
    }
    return words;
}

class ArchivesInAChild : public Workshop {
 protected:
    std::vector<ArchiveReader> readers(const fs::path& program = WB_CLI) const {
        std::vector<ArchiveReader> all{reader_in_a_child({}, program)};
        if (machine_.level != SandboxLevel::none) all.push_back(reader_in_a_child(spec_for(machine_), program));
        return all;
    }
    /// A child that runs these lines of shell instead.
    ArchiveReader held_script(const std::string& lines) const {
        write("child.sh", "#!/bin/sh\n" + lines);
        fs::permissions(at("child.sh"), fs::perms(0755));
        return reader_in_a_child(spec_for(machine_), at("child.sh"));
    }
    const Machine machine_ = probe_machine();
};

TEST_F(ArchivesInAChild, SameComesOfThemAsHere) {
    const std::string nul_and_more("bytes \0 and \xFF\n{\"files\":[]}\n", 26);
    for (const char* kind : {".zip", ".tar.gz", ".tar.xz"}) {
        const fs::path file = at(std::string("ann") + kind);
        pack(file, {{place, nul_and_more},
                    {"01_numbers/row_sum.cu", ""},
                    {"J\xC3\xB6rg/notes.txt", "x"},
                    {.path = "01_numbers/four_times.cpp", .zeros = 2 << 20},
                    {"../x", "x"}});
        const std::string here = outcome(read_archive_here, file, course(), {});
        EXPECT_THAT(here, HasSubstr(place + " " + sha256(nul_and_more)));
        for (const ArchiveReader& read : readers()) EXPECT_EQ(outcome(read, file, course(), {}), here) << kind;
    }
}

TEST_F(ArchivesInAChild, MessagesAreKept) {
    pack(at("ann.zip"), {{place, "x"}, {"b", "x"}});
    pack(at("bomb.tar.xz"), {{.path = "bomb", .zeros = 64 << 20}});
    write("cut.zip", text("ann.zip").substr(0, 60));
    write("rar.zip", "Rar!\x1a\x07");
    IntakeLimits limits;
    limits.entries = 1;
    limits.unpacked_bytes = 1 << 20;
    for (const char* file : {"ann.zip", "bomb.tar.xz", "cut.zip", "rar.zip"}) {
        const std::string here = outcome(read_archive_here, at(file), course(), limits);
        EXPECT_THAT(here, HasSubstr("ann's: "));
        for (const ArchiveReader& read : readers()) EXPECT_EQ(outcome(read, at(file), course(), limits), here) << file;
    }
}

TEST_F(ArchivesInAChild, CrashOfTheChildIsARefusalThatSaysHow) {
    write("ann.zip", "x");
    write("child.sh", "#!/bin/sh\nkill -SEGV $$\n");
    fs::permissions(at("child.sh"), fs::perms(0755));
    for (const ArchiveReader& read : readers(at("child.sh")))
        EXPECT_THAT(
            outcome(read, at("ann.zip"), course(), {}),
            testing::StartsWith("ann's: reading it was killed by signal Segmentation fault. Nothing of it was taken."));
}

TEST_F(ArchivesInAChild, HeldChildSeesNoFileAndReachesNobody) {
    if (machine_.level == SandboxLevel::none) GTEST_SKIP() << machine_.sentences.back();
    write("ann.zip", "the archive");
    write("secret", "x");
    fs::permissions(at("secret"), fs::perms(0644));
    const ArchiveReader read = held_script(
        "said=; for file in " + at("secret").string() +
        " /etc/passwd /root /home; do [ -e $file ] && said=\"$said $file\"; done\n"
        "(echo x >/workbook-cli) 2>/dev/null && said=\"$said wrote\"\n"
        "while read -r line; do said=\"$said got:$line\"; done\n[ -n \"$line\" ] && said=\"$said got:$line\"\n"
        "echo \"{\\\"refused\\\":\\\"saw$said\\\"}\" >&3\n");
    EXPECT_EQ(outcome(read, at("ann.zip"), course(), {}), "saw got:the archive");
}

TEST_F(ArchivesInAChild, ChildThatCannotBeStartedIsNoFaultOfTheArchive) {
    if (machine_.level == SandboxLevel::none) GTEST_SKIP() << machine_.sentences.back();
    pack(at("ann.zip"), {{place, "x"}});
    try {
        reader_in_a_child(spec_for(machine_), at("nowhere"))(at("ann.zip"), "ann's", course(), {});
        ADD_FAILURE() << "it was read";
    } catch (const FileError& error) {
        ADD_FAILURE() << "the archive is blamed: " << error.what();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("nowhere"));
    }
}

TEST_F(ArchivesInAChild, AnswerOfOneThatIsTakenOverBringsNothingIn) {
    ArchiveRequest request{.places = {{"01_numbers", {"twice.cpp"}}}, .limits = {}, .name = "ann's"};
    request.limits.file_bytes = 4;
    request.limits.total_bytes = 6;
    request.limits.entries = 2;
    const auto said = [&](const std::string& answer) -> std::string {
        try {
            const Intake intake = intake_of(answer, request);
            return std::to_string(intake.files.size()) + " files, " + std::to_string(intake.left_out.size()) +
                   " left out";
        } catch (const FileError& error) {
            return error.what();
        }
    };
    EXPECT_EQ(said("{\"files\":[[\"01_numbers/twice.cpp\",3]],\"left_out\":[[\"a\",\"b\"]]}\nabc"),
              "1 files, 1 left out");
    const std::string not_asked = "ann's: the reader answered what it was not asked when it was read.";
    for (const char* files :
         {"[[\"01_numbers/numbers.hpp\",1]]", "[[\"../../etc/cron.d/x\",1]]", "[[\"01_numbers\",1]]", "[[\"\",1]]",
          "[[\"01_numbers/twice.cpp\",5]]", "[[\"01_numbers/twice.cpp\",18446744073709551615]]",
          "[[\"01_numbers/twice.cpp\",1],[\"01_numbers/twice.cpp\",1]]"})
        EXPECT_THAT(said(std::string("{\"files\":") + files + ",\"left_out\":[]}\nabcde"),
                    testing::StartsWith(not_asked))
            << files;
    EXPECT_THAT(said("{\"files\":[],\"left_out\":[]}\nmore"), HasSubstr("the reader answered too much"));
    EXPECT_THAT(said("{\"files\":[],\"left_out\":[[\"a\",\"b\"],[\"a\",\"b\"],[\"a\",\"b\"]]}\n"),
                HasSubstr("too much"));
    for (const char* broken : {"{\n", "[]\n", "{\"files\":[[1,2]],\"left_out\":[]}\n", "{\"files\":7}\n", "null\n"})
        EXPECT_THAT(said(broken), HasSubstr("the reader gave a broken answer")) << broken;
    EXPECT_THAT(said(""), HasSubstr("the reader gave no answer"));
    EXPECT_EQ(said("{\"refused\":\"\\u001b[31mred\"}\n"), "\\x1b[31mred");
    EXPECT_EQ(intake_of("{\"files\":[],\"left_out\":[[\"\\u001b[2J\",\"why\"]]}\n", request).left_out[0].path,
              "\\x1b[2J");
}

}  // namespace
}  // namespace wb::grader
