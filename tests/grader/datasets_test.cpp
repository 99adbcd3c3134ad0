// ./workbook datasets: what is listed, and downloads that are whole, known by their sums, or not there at all.

#include "files/files.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// Of "twelve bytes", by coreutils' sha256sum.
constexpr const char* sum_of_twelve = "d4ce2c527afe674c7a086bd74e256019e3d5dcdb31eeb6eaadef5ada8c4383b9";

class Datasets : public Workshop {
 protected:
    Datasets() {
        write("datasets/words/small.txt", "cat\ndog\n");
        write("datasets/fetch.toml", manifest("bytes = 12\nsha256 = \"" + std::string(sum_of_twelve) + "\"\n"));
        write("mirror/a.bin", "twelve bytes");
    }
    static std::string manifest(const std::string& more) {
        return "[[package]]\nname = \"dataset-none\"\nwhat = \"nothing\"\nlicence = \"MIT\"\nthere = \"/nonexistent\"\n"
               "[[fetch]]\nname = \"numbers\"\nwhat = \"a few numbers\"\nlicence = \"CC0\"\n"
               "url = \"file:///nonexistent/\"\n[[fetch.file]]\nname = \"a.bin\"\n" +
               more;
    }
    /// One line on stderr that holds `words`, status 2, and nothing in datasets/fetched.
    void expect_refusal(const std::vector<std::string>& arguments, const std::string& words) const {
        const ProcessResult result = cli(arguments);
        EXPECT_EQ(result.exit_status, 2) << result.output;
        const auto last = result.output.rfind("workbook: ");
        ASSERT_NE(last, std::string::npos) << result.output;
        EXPECT_THAT(result.output.substr(last), HasSubstr(words));
        EXPECT_EQ(result.output.find('\n', last), result.output.size() - 1) << result.output;
        EXPECT_THAT(fetched(), IsEmpty());
    }
    /// Names in datasets/fetched, without the lock.
    std::vector<std::string> fetched() const {
        std::vector<std::string> names;
        if (!fs::exists(at("datasets/fetched"))) return names;
        for (const auto& entry : fs::directory_iterator(at("datasets/fetched"))) {
            if (entry.is_directory()) names.push_back(entry.path().filename().string());
        }
        return names;
    }
    static bool has_curl() { return run_process({.argv = {"sh", "-c", "command -v curl"}}).ok(); }
};

TEST_F(Datasets, ListSaysWhatIsThere) {
    const ProcessResult before = cli({"datasets"});
    EXPECT_EQ(before.exit_status, 0);
    EXPECT_EQ(before.output,
              "With the workbook   provenance and licences: datasets/README.md\n"
              "  words         8 bytes    datasets/words\n"
              "From Debian\n"
              "  dataset-none  not there  nothing (MIT)\n"
              "                           apt install dataset-none\n"
              "To fetch\n"
              "  numbers       not there  a few numbers (CC0)\n"
              "                           ./workbook datasets fetch numbers   12 bytes\n");
    ASSERT_EQ(cli({"datasets", "fetch", "numbers", "--from", "mirror"}).exit_status, 0);
    EXPECT_THAT(cli({"datasets"}).output, EndsWith("  numbers       there      a few numbers (CC0)\n"
                                                   "                           datasets/fetched/numbers\n"));
}

TEST_F(Datasets, FetchCopiesFromAFolderAndFetchesFromAnAddress) {
    const ProcessResult folder = cli({"datasets", "fetch", "numbers", "--from", "mirror"});
    EXPECT_EQ(folder.exit_status, 0);
    EXPECT_EQ(folder.output, "numbers is in datasets/fetched/numbers   licence: CC0\n");
    EXPECT_EQ(text("datasets/fetched/numbers/a.bin"), "twelve bytes");
    EXPECT_EQ(cli({"datasets", "fetch", "numbers", "--from", "nowhere"}).output,
              "numbers is there already. To fetch it anew, remove datasets/fetched/numbers\n");
    fs::remove_all(at("datasets/fetched"));
    if (!has_curl()) GTEST_SKIP() << "curl is not installed";
    const std::string address = "file://" + at("mirror").string();
    const ProcessResult url = cli({"datasets", "fetch", "numbers", "--from", address});
    EXPECT_EQ(url.output, "fetching " + address + "/a.bin (12 bytes)\n" + folder.output);
    EXPECT_EQ(text("datasets/fetched/numbers/a.bin"), "twelve bytes");
    EXPECT_EQ(fetched().size(), 1) << "nothing temporary is left";
}

TEST_F(Datasets, ArchiveIsUnpackedAndNotKept) {
    ASSERT_TRUE(run_process({.argv = {"tar", "-czf", "a.tar.gz", "a.bin"}, .directory = at("mirror")}).ok());
    replace("datasets/fetch.toml", "\"a.bin\"", "\"a.tar.gz\"");
    replace("datasets/fetch.toml", "bytes = 12", "unpack = true");
    replace("datasets/fetch.toml", sum_of_twelve, sha256(text("mirror/a.tar.gz")));
    const ProcessResult result = cli({"datasets", "fetch", "numbers", "--from", "mirror"});
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_EQ(text("datasets/fetched/numbers/a.bin"), "twelve bytes");
    EXPECT_FALSE(fs::exists(at("datasets/fetched/numbers/a.tar.gz")));
}

TEST_F(Datasets, BrokenArchiveLeavesNothing) {
    replace("datasets/fetch.toml", "bytes = 12", "unpack = true");
    expect_refusal({"datasets", "fetch", "numbers", "--from", "mirror"},
                   "cannot unpack a.bin: tar exited with status 2");
}

TEST_F(Datasets, FileOfUnknownSumIsKeptWithTheSumItHas) {
    write("datasets/fetch.toml", manifest(""));
    const ProcessResult result = cli({"datasets", "fetch", "numbers", "--from", "mirror"});
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_THAT(result.output, StartsWith("a.bin has SHA-256 " + std::string(sum_of_twelve) +
                                          ". No sum is known to compare it with; it is kept beside the file\n"));
    EXPECT_EQ(text("datasets/fetched/numbers/a.bin.sha256"), std::string(sum_of_twelve) + "  a.bin\n");
}

TEST_F(Datasets, WhatIsNotWhatItShouldBeIsNotKept) {
    write("mirror/a.bin", "twelve bytez");
    expect_refusal({"datasets", "fetch", "numbers", "--from", "mirror"},
                   "mirror/a.bin has SHA-256 " + sha256("twelve bytez") + ", expected " + sum_of_twelve +
                       ". It is damaged or another file; nothing was kept.");
    write("mirror/a.bin", "eleven byte");
    expect_refusal({"datasets", "fetch", "numbers", "--from", "mirror"},
                   "mirror/a.bin has 11 bytes, expected 12. It was cut off or has changed; nothing was kept.");
    write("datasets/fetch.toml", manifest(""));
    write("mirror/a.bin", std::string(1'000'001, 'x'));
    expect_refusal({"datasets", "fetch", "numbers", "--from", "mirror"}, "expected at most 1000000; nothing was kept");
    expect_refusal({"datasets", "fetch", "numbers", "--from", "nowhere"},
                   "cannot copy nowhere/a.bin: No such file or directory");
}

TEST_F(Datasets, SourceThatCannotBeReachedSaysHowToDoItByHand) {
    if (!has_curl()) GTEST_SKIP() << "curl is not installed";
    const std::vector<std::string> fetch{"datasets", "fetch", "numbers"};
    expect_refusal(fetch, "cannot fetch file:///nonexistent/a.bin: curl exited with status 37");
    expect_refusal(fetch,
                   ". To do it by hand, get a.bin from file:///nonexistent/ elsewhere, put what you got into a folder "
                   "of this machine, and run: ./workbook datasets fetch numbers --from FOLDER");
}

TEST_F(Datasets, PartOfAnInterruptedFetchIsClearedAway) {
    write("datasets/fetched/.numbers.123.0/numbers/a.bin", "twelve");
    EXPECT_EQ(cli({"datasets", "fetch", "numbers", "--from", "mirror"}).exit_status, 0);
    EXPECT_THAT(fetched(), testing::ElementsAre("numbers"));
}

TEST_F(Datasets, SlipsGetOneLine) {
    expect_refusal({"datasets", "fetch", "number"},
                   "there is no data set \"number\" to fetch. Did you mean \"numbers\"? To fetch: numbers");
    expect_refusal({"datasets", "fetch"}, "fetch what? Try: ./workbook datasets fetch cifar10");
    expect_refusal({"datasets", "get", "numbers"}, "datasets can only fetch, got \"get\".");
    expect_refusal({"datasets", "--from", "mirror"}, "--from belongs to fetch.");
}

TEST_F(Datasets, BrokenManifestNamesItsLine) {
    write("datasets/fetch.toml", manifest("sha256 = \"abc\"\n"));
    expect_refusal({"datasets"}, "datasets/fetch.toml:13: `sha256` must be 64 digits 0-9 a-f, got \"abc\".");
    write("datasets/fetch.toml", manifest("byte = 12\n"));
    expect_refusal({"datasets"},
                   "datasets/fetch.toml:13: a [[fetch.file]] has no key \"byte\". Did you mean \"bytes\"?");
    replace("datasets/fetch.toml", "byte = 12\n", "");
    replace("datasets/fetch.toml", "\"a.bin\"", "\"../a.bin\"");
    expect_refusal({"datasets"}, "`name` of a [[fetch.file]] must be a plain file name, got \"../a.bin\".");
}

TEST(Sha256, OfAFileIsThatOfItsBytesWhateverItsSize) {
    const fs::path file = scratch_folder() / "file";
    for (const std::size_t size : {0, 1, 1 << 20, (1 << 20) + 1, 3'000'000}) {
        const std::string bytes(size, 'x');
        write_atomically(file, bytes);
        EXPECT_EQ(sha256_of_file(file), sha256(bytes)) << size;
    }
    // FIPS 180-2, appendix B.1
    EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace wb::grader
