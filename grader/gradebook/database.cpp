#include "gradebook/database.hpp"

#include <chrono>
#include <thread>

namespace wb::grader {
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds patience{60'000};  ///< with other processes that write

}  // namespace

Statement::Statement(const Database& database, std::string_view sql) : database_(database) {
    ::sqlite3_stmt* statement = nullptr;
    const int status =
        ::sqlite3_prepare_v2(database.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
    statement_.reset(statement);
    require(status);
}

void Statement::require(int status) const {
    if (status != SQLITE_OK) database_.fail(status);
}

Statement& Statement::bind(std::string_view text) {
    const char* bytes = text.data() != nullptr ? text.data() : "";  // a null pointer would bind NULL
    require(::sqlite3_bind_text64(statement_.get(), ++bound_, bytes, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}
Statement& Statement::bind(std::int64_t number) {
    require(::sqlite3_bind_int64(statement_.get(), ++bound_, number));
    return *this;
}
Statement& Statement::bind(double number) {
    require(::sqlite3_bind_double(statement_.get(), ++bound_, number));
    return *this;
}
Statement& Statement::bind(std::optional<std::int64_t> number) {
    if (number) return bind(*number);
    require(::sqlite3_bind_null(statement_.get(), ++bound_));
    return *this;
}

bool Statement::step() {
    const int status = ::sqlite3_step(statement_.get());
    if (status != SQLITE_ROW && status != SQLITE_DONE) database_.fail(status);
    return status == SQLITE_ROW;
}

void Statement::run() {
    while (step()) {
    }
}

std::vector<std::string> Statement::texts() {
    std::vector<std::string> rows;
    while (step()) rows.push_back(text(0));
    return rows;
}

std::string Statement::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(::sqlite3_column_text(statement_.get(), column));
    if (bytes == nullptr) return "";
    return {bytes, static_cast<std::size_t>(::sqlite3_column_bytes(statement_.get(), column))};
}
std::int64_t Statement::integer(int column) const {
    return ::sqlite3_column_int64(statement_.get(), column);
}
double Statement::real(int column) const {
    return ::sqlite3_column_double(statement_.get(), column);
}
std::optional<std::int64_t> Statement::maybe(int column) const {
    if (is_null(column)) return std::nullopt;
    return integer(column);
}
bool Statement::is_null(int column) const {
    return ::sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

Database::Database(const fs::path& file, Missing missing) : file_(file) {
    std::error_code error;
    if (missing == Missing::is_an_error && !fs::exists(file, error))
        throw FileError("there is no gradebook " + file.string() +
                        ". One is made by: ./workbook grade --class FOLDER --book FILE");
    const fs::path folder = fs::absolute(file, error).parent_path();
    if (!fs::is_directory(folder, error))
        throw FileError("cannot make the gradebook " + file.string() + ": there is no folder " + folder.string());
    ::sqlite3* handle = nullptr;
    const int status = ::sqlite3_open_v2(file.c_str(), &handle,
                                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_EXRESCODE |
                                             (missing == Missing::is_made ? SQLITE_OPEN_CREATE : 0),
                                         nullptr);
    handle_.reset(handle);
    if (status != SQLITE_OK) fail(status);
    ::sqlite3_busy_timeout(get(), static_cast<int>(patience.count()));
    ::sqlite3_db_config(get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    ::sqlite3_db_config(get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);  // a book may come from elsewhere
    use_wal();
    run("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
}

/// The change to WAL is refused at once, without the busy timeout, while another process is changing too.
void Database::use_wal() const {
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const int status = ::sqlite3_exec(get(), "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
        if (status == SQLITE_OK) return;
        if ((status & 0xFF) != SQLITE_BUSY || std::chrono::steady_clock::now() > until) fail(status);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

void Database::run(const char* sql) const {
    const int status = ::sqlite3_exec(get(), sql, nullptr, nullptr, nullptr);
    if (status != SQLITE_OK) fail(status);
}

void Database::fail(int status) const {
    const int kind = status & 0xFF;
    const std::string words = get() != nullptr ? ::sqlite3_errmsg(get()) : ::sqlite3_errstr(status);
    if (kind == SQLITE_NOTADB) throw FileError(file_.string() + " is not a gradebook. Name another file with --book");
    if (kind == SQLITE_CORRUPT)
        throw FileError("the gradebook " + file_.string() + " is damaged (" + words + "). Take its last copy");
    if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED)
        throw FileError("the gradebook " + file_.string() +
                        " was kept locked by another program for a minute. Close what has it open, and try again");
    throw FileError("cannot use the gradebook " + file_.string() + ": " + words);
}

}  // namespace wb::grader
