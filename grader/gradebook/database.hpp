/// @file
/// SQLite as objects: a database whose failures are FileErrors that name its file, statements that are prepared and bound, transactions
/// that are undone unless they are committed. Text never becomes part of a statement, so whatever a submission says is data.
/// A database belongs to one thread at a time; processes share its file.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wb/errors.hpp"

namespace wb::grader {

class Database;

/// One prepared statement: bind its values, then step through its rows.
class Statement {
 public:
    Statement(const Database& database, std::string_view sql);

    /// Binds the next value: the first call binds ?1, and so on.
    Statement& bind(std::string_view text);
    Statement& bind(std::int64_t number);
    Statement& bind(int number) { return bind(std::int64_t{number}); }
    Statement& bind(double number);
    Statement& bind(std::optional<std::int64_t> number);  ///< nothing: NULL

    /// Goes to the next row. @return false at the end
    bool step();
    /// For a statement without rows.
    void run();
    /// For a statement with one column: all rows.
    [[nodiscard]] std::vector<std::string> texts();

    [[nodiscard]] std::string text(int column) const;  ///< of the current row; NULL is empty
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;
    [[nodiscard]] std::optional<std::int64_t> maybe(int column) const;  ///< NULL is nothing
    [[nodiscard]] bool is_null(int column) const;

 private:
    void require(int status) const;
    struct Finalize {
        void operator()(::sqlite3_stmt* statement) const { ::sqlite3_finalize(statement); }
    };
    const Database& database_;
    std::unique_ptr<::sqlite3_stmt, Finalize> statement_;
    int bound_ = 0;
};

class Database {
 public:
    enum class Missing { is_made, is_an_error };

    /// Opens a file for reading and writing, in WAL mode: a killed writer leaves the last commit, and readers wait for nobody.
    /// Others are waited for up to a minute.
    /// @throws FileError  saying that it is not there, cannot be opened, or is no database
    Database(const std::filesystem::path& file, Missing missing);

    /// Runs statements without values. @throws FileError
    void run(const char* sql) const;
    [[nodiscard]] Statement prepare(std::string_view sql) const { return {*this, sql}; }
    [[nodiscard]] std::int64_t last_key() const { return ::sqlite3_last_insert_rowid(get()); }
    [[nodiscard]] int changes() const { return ::sqlite3_changes(get()); }

    [[nodiscard]] ::sqlite3* get() const { return handle_.get(); }
    [[nodiscard]] const std::filesystem::path& file() const { return file_; }
    /// The last failure, in SQLite's words and ours. @throws FileError
    [[noreturn]] void fail(int status) const;

 private:
    void use_wal() const;
    struct Close {
        void operator()(::sqlite3* handle) const { ::sqlite3_close_v2(handle); }
    };
    std::filesystem::path file_;
    std::unique_ptr<::sqlite3, Close> handle_;
};

/// Everything until commit() happens, or nothing. Only one process is in one at a time.
class Transaction {
 public:
    explicit Transaction(const Database& database) : database_(database) { database_.run("BEGIN IMMEDIATE"); }
    ~Transaction() {
        if (!committed_) ::sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void commit() {
        database_.run("COMMIT");
        committed_ = true;
    }

 private:
    const Database& database_;
    bool committed_ = false;
};

}  // namespace wb::grader
