// What is taken of a submission, and what is not: folders and archives, honest and hostile.
#include "intake/submission_source.hpp"

#include <sys/stat.h>

#include "files/files.hpp"
#include "packed.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// The mini course owns twice.cpp, four_times.cpp, row_sum.cu and answers.toml of 01_numbers.
class Intakes : public Workshop {
 protected:
    /// Packs and takes in; `kind` is the archive's ending.
    TakenIn taken(const std::vector<Packed>& entries, const std::string& kind = ".tar.gz") {
        const fs::path file = at("ann" + kind);
        pack(file, entries);
        return taken_file(file);
    }
    TakenIn taken_file(const fs::path& file) {
        fs::remove_all(at("in"));
        return take_in(course(), file, at("in"), read_archive_here, limits);
    }
    /// The message of the refusal; nothing may lie where the submission would.
    std::string refusal(const fs::path& file) {
        std::string message;
        try {
            taken_file(file);
            ADD_FAILURE() << "it was taken";
        } catch (const FileError& error) {
            message = error.what();
        }
        EXPECT_FALSE(fs::exists(at("in")));
        EXPECT_THAT(message, HasSubstr(file.filename().string()));
        return message;
    }
    /// Nothing is taken, for this reason.
    void expect_left_out(const std::vector<Packed>& entries, const std::string& reason,
                         const std::string& kind = ".tar.gz") {
        const TakenIn result = taken(entries, kind);
        EXPECT_THAT(result.files, IsEmpty());
        ASSERT_EQ(result.left_out.size(), entries.size()) << entries[0].path;
        EXPECT_THAT(result.left_out[0].reason, HasSubstr(reason)) << result.left_out[0].path;
    }
    IntakeLimits limits;
};

const std::string place = "01_numbers/twice.cpp";

TEST_F(Intakes, FilesOfExercisesAreTakenFromEachKindOfArchive) {
    for (const char* kind : {".zip", ".tar.gz", ".tar.xz"}) {
        const TakenIn result = taken({{place, "int two;\n"}, {"01_numbers/row_sum.cu", "// kernel\n"}}, kind);
        EXPECT_THAT(result.files, ElementsAre("01_numbers/row_sum.cu", place)) << kind;
        EXPECT_THAT(result.left_out, IsEmpty()) << kind;
        EXPECT_EQ(text("in/" + place), "int two;\n") << kind;
    }
}

TEST_F(Intakes, OneFolderAroundItAndStarterInFrontAreTolerated) {
    for (const char* base : {"", "./", "starter/", "J\xC3\xB6rg/", "ann/starter/"}) {
        for (const char* kind : {".zip", ".tar.gz"})
            EXPECT_THAT(taken({{base + place, "x"}}, kind).files, ElementsAre(place)) << base << kind;
    }
    expect_left_out({{"a/b/" + place, "x"}}, "it lies too deep");
    expect_left_out({{"twice.cpp", "x"}}, "expected a path such as 01_numbers/twice.cpp");
    expect_left_out({{".git/" + place, "x"}}, "hidden");
}

TEST_F(Intakes, WhatNoExerciseOwnsIsLeftOut) {
    for (const char* other :
         {"CMakeLists.txt", "01_numbers/numbers.hpp", "01_numbers/worker.cpp", "02_more/twice.cpp.bak"})
        expect_left_out({{other, "x"}}, "no exercise asks for it", ".zip");
    expect_left_out({{"01_Numbers/Twice.cpp", "x"}},
                    "upper and lower case count: it is to be called 01_numbers/twice.cpp");
}

TEST_F(Intakes, PathsThatLeadElsewhereAreLeftOut) {
    expect_left_out({{"/01_numbers/twice.cpp", "x"}}, "an absolute path");
    expect_left_out({{"C:/01_numbers/twice.cpp", "x"}}, "an absolute path");
    expect_left_out({{"../01_numbers/twice.cpp", "x"}}, "\"..\"");
    expect_left_out({{"01_numbers/../01_numbers/twice.cpp", "x"}}, "\"..\"");
    expect_left_out({{"01_numbers\\twice.cpp/x", "x"}}, "backslash", ".zip");
    expect_left_out({{"01_numbers//twice.cpp", "x"}}, "\"//\"");
    expect_left_out({{std::string(1200, 'a') + "/" + place, "x"}}, "longer than 1000 bytes");
    EXPECT_FALSE(fs::exists(at("01_numbers")));
}

TEST_F(Intakes, NamesThatAreNotUtf8AreLeftOutAndShownEscaped) {
    const Places places(course());
    EXPECT_EQ(places.claim("J\xF6rg/" + place).reason, "its name is not UTF-8");
    EXPECT_EQ(places.claim(std::string("01_numbers/twice.cpp\0.txt", 25)).reason, "its name holds a NUL byte");
    const TakenIn result = taken({{"01_numbers/a\x1b[31m\xE2\x80\xAE.cpp", "x"}}, ".zip");
    ASSERT_EQ(result.left_out.size(), 1U);
    EXPECT_EQ(result.left_out[0].path, "01_numbers/a\\x1b[31m\\xe2\\x80\\xae.cpp");
}

TEST_F(Intakes, NulInANameOfAZipRefusesIt) {
    pack(at("ann.zip"), {{"01_numbers/twice.cppQ.txt", "x"}});
    std::string bytes = text("ann.zip");
    for (auto q = bytes.find('Q'); q != std::string::npos; q = bytes.find('Q')) bytes[q] = '\0';
    write("ann.zip", bytes);
    EXPECT_THAT(refusal(at("ann.zip")), HasSubstr("holds a NUL byte (01_numbers/twice.cpp\\x00.txt)"));
}

TEST_F(Intakes, OnlyPlainFilesAreTaken) {
    expect_left_out({{.path = place, .type = AE_IFLNK, .symlink = "/etc/passwd"}}, "a symbolic link");
    expect_left_out({{.path = place, .type = AE_IFLNK, .symlink = "/etc/passwd"}}, "a symbolic link", ".zip");
    expect_left_out({{.path = place, .hardlink = "/etc/passwd"}}, "a hard link");
    expect_left_out({{.path = place, .type = AE_IFIFO}}, "a pipe");
    expect_left_out({{.path = place, .type = AE_IFCHR}}, "a device");
}

TEST_F(Intakes, SparseFileIsLeftOutHoweverLargeItsHoleIs) {
    expect_left_out({{.path = place, .bytes = "int two;\n", .hole = 1ULL << 40U}}, "a sparse file");
    expect_left_out({{.path = place, .bytes = "int two;\n", .hole = 1ULL << 40U}}, "a sparse file", ".tar.xz");
    const TakenIn result = taken({{.path = "notes", .bytes = "x", .hole = 1ULL << 40U}, {place, "after it"}});
    EXPECT_THAT(result.files, ElementsAre(place));
    EXPECT_EQ(text("in/" + place), "after it");
}

TEST_F(Intakes, EncryptedFilesOfAZipAreLeftOutAndNoPasswordIsAskedFor) {
    for (const char* method : {"traditional", "aes256"}) {
        pack(at("ann.zip"), {{place, "int two;\n"}, {"01_numbers/row_sum.cu", "x"}}, method);
        const TakenIn result = taken_file(at("ann.zip"));
        EXPECT_THAT(result.files, IsEmpty()) << method;
        ASSERT_EQ(result.left_out.size(), 2U) << method;
        for (const LeftOut& one : result.left_out) EXPECT_EQ(one.reason, "encrypted") << method;
    }
}

TEST_F(Intakes, LinkedFolderDoesNotLeadOut) {  // first a link, then a file "below" it
    fs::create_directories(at("outside"));
    const TakenIn result =
        taken({{.path = "01_numbers", .type = AE_IFLNK, .symlink = at("outside").string()}, {place, "x"}});
    EXPECT_THAT(result.files, ElementsAre(place));
    EXPECT_TRUE(fs::is_empty(at("outside")));
    EXPECT_FALSE(fs::is_symlink(at("in/01_numbers")));
}

TEST_F(Intakes, ModesAreNotTakenOver) {
    taken({{.path = place, .bytes = "x", .mode = 04777}});
    struct stat info {};
    ASSERT_EQ(::stat(at("in/" + place).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07111, 0U);
}

TEST_F(Intakes, TwoDifferentFilesForOnePlaceAreNotGuessed) {
    for (const char* kind : {".zip", ".tar.gz"}) {
        const TakenIn result =
            taken({{"a/" + place, "one"}, {"b/" + place, "two"}, {"a/01_numbers/row_sum.cu", "x"}}, kind);
        EXPECT_THAT(result.files, ElementsAre("01_numbers/row_sum.cu"));
        ASSERT_EQ(result.left_out.size(), 2U);
        EXPECT_THAT(result.left_out[0].reason, HasSubstr("2 different files for 01_numbers/twice.cpp"));
    }
    EXPECT_THAT(taken({{place, "one"}, {place, "two"}}).files, IsEmpty()) << "the same name twice";
    EXPECT_THAT(taken({{"a/" + place, "one"}, {"b/" + place, "one"}}).files, ElementsAre(place)) << "no difference";
}

TEST_F(Intakes, ChaptersNearestToTheTopAreMeant) {
    const TakenIn result = taken({{"solutions/" + place, "theirs"}, {"starter/" + place, "mine"}});
    EXPECT_EQ(text("in/" + place), "mine");
    ASSERT_EQ(result.left_out.size(), 1U);
    EXPECT_EQ(result.left_out[0].reason, "the chapters in starter/ are meant, not these");
}

TEST_F(Intakes, BombIsRefusedWhileItUnpacks) {
    limits.unpacked_bytes = 8 << 20;
    for (const char* kind : {".zip", ".tar.gz", ".tar.xz"}) {
        const fs::path file = at(std::string("ann") + kind);
        pack(file, {{place, "x"}, {.path = "bomb", .zeros = 200 << 20}});
        EXPECT_LT(fs::file_size(file), 300'000U);
        EXPECT_THAT(refusal(file), HasSubstr("it unpacks to more than 8 MiB. Nothing of it was taken")) << kind;
    }
}

TEST_F(Intakes, FileBeyondItsLimitIsLeftOutAndTheRestTaken) {
    for (const char* kind : {".zip", ".tar.gz"}) {
        const TakenIn result = taken({{.path = place, .zeros = 5 << 20}, {"01_numbers/row_sum.cu", "x"}}, kind);
        EXPECT_THAT(result.files, ElementsAre("01_numbers/row_sum.cu"));
        ASSERT_EQ(result.left_out.size(), 1U);
        EXPECT_EQ(result.left_out[0].reason, "larger than 1 MiB");
    }
}

TEST_F(Intakes, LimitsOnEntriesAllBytesAndTheArchiveItself) {
    pack(at("ann.zip"), {{"a", ""}, {"b", ""}, {place, "12345"}});
    limits.entries = 2;
    EXPECT_THAT(refusal(at("ann.zip")), HasSubstr("more than 2 files and folders"));
    limits = {};
    limits.total_bytes = 4;
    EXPECT_THAT(refusal(at("ann.zip")), HasSubstr("more than 4 bytes"));
    limits = {};
    limits.archive_bytes = 10;
    EXPECT_THAT(refusal(at("ann.zip")), HasSubstr("at most 10 bytes are read"));
}

TEST_F(Intakes, DamageAnywhereIsSaidAndNothingIsTaken) {
    std::string noise;
    for (unsigned i = 0, x = 1; i < 3000; ++i)
        noise += static_cast<char>('a' + (x = x * 1103515245 + 12345) / 65536 % 26);
    for (const char* kind : {".zip", ".tar.gz", ".tar.xz"}) {
        const std::string file = std::string("ann") + kind;
        pack(at(file), {{place, noise}});
        const std::string whole = text(file);
        for (std::size_t length = 7; length + 1 < whole.size(); length += whole.size() / 23) {
            write(file, whole.substr(0, length));
            EXPECT_FALSE(refusal(at(file)).empty()) << kind << " cut after " << length;
        }
        std::string flipped = whole;
        flipped[whole.size() / 2] ^= 0x10;
        write(file, flipped);
        EXPECT_THAT(refusal(at(file)), HasSubstr(file)) << kind;
    }
}

TEST_F(Intakes, OtherFilesAreCalledWhatTheyAre) {
    for (const auto& [bytes, what] : {std::pair{"Rar!\x1a\x07", "a RAR archive"},
                                      {"7z\xBC\xAF'\x1c", "a 7z archive"},
                                      {"", "an empty file"},
                                      {"hello", "something else"}}) {
        write("ann.zip", bytes);
        EXPECT_THAT(refusal(at("ann.zip")),
                    AllOf(HasSubstr(std::string("got ") + what), HasSubstr("Pack it as one of these")));
    }
    EXPECT_THAT(refusal(at("nowhere")), HasSubstr("neither a folder nor an archive"));
}

TEST_F(Intakes, FolderIsTakenInByTheSameRules) {
    submit();
    write("mine/01_numbers/CMakeLists.txt", "x");
    write("mine/01_numbers/twice.cpp.bak", "x");
    write("mine/build/deep/er/twice.cpp", "x");
    fs::remove(at("mine/01_numbers/row_sum.cu"));
    fs::create_symlink("/etc/passwd", at("mine/01_numbers/row_sum.cu"));
    const TakenIn whole = taken_file(at("mine"));
    EXPECT_THAT(whole.files, ElementsAre("01_numbers/answers.toml", "01_numbers/four_times.cpp", place));
    EXPECT_EQ(text("in/" + place), text("mine/" + place));
    EXPECT_EQ(whole.left_out.size(), 4U);
    EXPECT_EQ(left_out_in_words("mine", whole.left_out),
              "mine: 4 files were left out\n  build/deep/: a folder that no exercise asks for\n"
              "  01_numbers/row_sum.cu: a symbolic link; only plain files are taken\n"
              "  01_numbers/CMakeLists.txt, 01_numbers/twice.cpp.bak: no exercise asks for it\n");
    EXPECT_EQ(taken_file(at("mine/01_numbers")).files, whole.files) << "a chapter's folder by itself";
}

TEST_F(Intakes, DestinationMustBeFresh) {
    write("in/old.cpp", "x");
    pack(at("ann.zip"), {{place, "x"}});
    EXPECT_THROW(take_in(course(), at("ann.zip"), at("in"), read_archive_here), Error);
    EXPECT_EQ(text("in/old.cpp"), "x");
}

TEST_F(Intakes, IdIsTheNameWithoutItsEnding) {
    fs::create_directories(at("v1.zip"));
    EXPECT_EQ(submission_id("class/ann.tar.gz"), "ann");
    EXPECT_EQ(submission_id("class/Ann.ZIP"), "Ann");
    EXPECT_EQ(submission_id("class/ann.b/"), "ann.b");
    EXPECT_EQ(submission_id(at("v1.zip")), "v1.zip") << "a folder";
}

}  // namespace
}  // namespace wb::grader
