// A class as a folder and as a CSV file.
#include "intake/class_list.hpp"

#include "workshop.hpp"

namespace wb::grader {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ClassLists : public Workshop {
 protected:
    /// What is said about a CSV file, behind its path.
    std::string refusal(const std::string& csv) {
        write("class.csv", csv);
        return refusal_of("class.csv");
    }
    std::string refusal_of(const std::string& path) {
        try {
            read_class(at(path));
        } catch (const FileError& error) {
            const std::string message = error.what();
            EXPECT_THAT(message, HasSubstr(at(path).string()));
            return message.substr(std::min(message.size(), message.find(at(path).string()) + at(path).string().size()));
        }
        ADD_FAILURE() << "it was read";
        return "";
    }
};

TEST_F(ClassLists, FolderHoldsASubmissionForEachFolderAndArchive) {
    fs::create_directories(at("class/zoe"));
    write("class/ann.tar.gz", "");
    write("class/grades.txt", "");
    write("class/.hidden.zip", "");
    fs::create_symlink("/etc", at("class/linked"));
    const ClassList list = read_class(at("class"));
    ASSERT_EQ(list.members.size(), 2U);
    EXPECT_EQ(list.members[0].id, "ann");
    EXPECT_EQ(list.members[0].source, at("class/ann.tar.gz"));
    EXPECT_EQ(list.members[1].id, "zoe");
    EXPECT_EQ(list.left_out.size(), 3U);
}

TEST_F(ClassLists, TwoSubmissionsOfOneIdAreRefused) {
    fs::create_directories(at("class/ann"));
    write("class/ann.zip", "");
    EXPECT_EQ(refusal_of("class"),
              ": \"ann\" and \"ann.zip\" are both submissions of \"ann\". Rename one, or move it away");
}

TEST_F(ClassLists, EmptyFolderIsRefused) {
    fs::create_directories(at("class"));
    EXPECT_THAT(refusal_of("class"), HasSubstr("no submission in it"));
    EXPECT_THAT(refusal_of("nowhere"), HasSubstr("A class is a folder"));
}

TEST_F(ClassLists, CsvNamesPathsFromItsOwnFolderOn) {
    fs::create_directories(at("in/ann"));
    write("in/bob.zip", "");
    write("in/class.csv", "path,extra,id,name\nann,x,7,Ann Lee\nbob.zip,,8,\n");
    const ClassList list = read_class(at("in/class.csv"));
    ASSERT_EQ(list.members.size(), 2U);
    EXPECT_EQ(list.members[0].id, "7");
    EXPECT_EQ(list.members[0].name, "Ann Lee");
    EXPECT_EQ(list.members[0].source, at("in/ann"));
    EXPECT_EQ(list.members[1].source, at("in/bob.zip"));
}

TEST_F(ClassLists, TimeOfSubmissionIsReadWhereItIsSaid) {
    for (const char* id : {"ann", "bob"}) fs::create_directories(at(id));
    write("class.csv", "id,name,path,submitted_at\nann,,ann,1970-01-01 01:00\nbob,,bob,\n");
    const ClassList list = read_class(at("class.csv"));
    EXPECT_EQ(list.members[0].submitted_at, 3600);
    EXPECT_EQ(list.members[1].submitted_at, std::nullopt);
    EXPECT_EQ(
        refusal("id,name,path,submitted_at\nann,,ann,yesterday\n"),
        ":2: submitted_at: expected a time such as 2026-11-30 23:59 or 2026-11-30T23:59:00+01:00, got \"yesterday\"");
}

TEST_F(ClassLists, SlipsInACsvAreToldByLineAndColumn) {
    fs::create_directories(at("a"));
    fs::create_directories(at("b"));
    write("notes.txt", "");
    EXPECT_EQ(refusal("id,path\n1,a\n"), ":1: there is no column \"name\"; there is \"id\", \"path\"");
    EXPECT_EQ(refusal("id,name,path\n,Ann,a\n"), ":2: id: an id may not be empty, got \"\"");
    EXPECT_EQ(refusal("id,name,path\n1,Ann,a\n\n1,Bob,b\n"), ":4: id: \"1\" is that of submission 1 too");
    EXPECT_EQ(refusal("id,name,path\n1,Ann,a\n2,Bob,./a\n"), ":3: path: \"./a\" is that of submission 1 too");
    EXPECT_EQ(refusal("id,name,path\n1,Ann,\n"), ":2: path: empty; expected a folder or an archive");
    EXPECT_THAT(refusal("id,name,path\n1,Ann,c\n"), testing::StartsWith(":2: path: there is no \""));
    EXPECT_EQ(refusal("id,name,path\n1,Ann,notes.txt\n"),
              ":2: path: expected a folder or an archive (.zip, .tar.gz or .tar.xz), got \"notes.txt\"");
    EXPECT_THAT(refusal("id,name,path\n../1,Ann,a\n"), HasSubstr(":2: id: an id may not begin with a dot"));
    EXPECT_THAT(refusal("id,name,path\n"), HasSubstr("no submission in it"));
    EXPECT_THAT(refusal(""), HasSubstr("empty. Expected a first line"));
}

}  // namespace
}  // namespace wb::grader
