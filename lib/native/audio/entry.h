// What lies at a path: .NET tells neither pipes from files nor one file of two names from two files.
#pragma once

#include <cstdint>

enum EntryKind { FILE_ENTRY = 0, FOLDER_ENTRY = 1, OTHER_ENTRY = 2 };

struct file_entry {
    int64_t device, inode; // the same for all names of one file, also through links and bind mounts
    int64_t bytes;
    int32_t kind; // EntryKind, of what a link leads to
    int32_t is_link;
};

// Throws Failure where nothing is there, or nothing that can be looked at.
file_entry entry_at(const char *path);

// Throws Failure where there is no file: reading a named pipe would wait for somebody who writes to it.
void require_file(const char *path);
