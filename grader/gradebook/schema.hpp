/// @file
/// The gradebook's tables. PRAGMA user_version numbers their shape: a book from before is brought up to date when it is opened, and
/// one of a newer workbook is refused.
#pragma once

#include "gradebook/database.hpp"

namespace wb::grader {

/// Makes the tables in an empty database, or brings them up to date.
/// @throws FileError  when the file is another program's database, or of a newer workbook
void bring_up_to_date(const Database& database);

}  // namespace wb::grader
