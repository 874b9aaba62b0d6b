#include "entry.h"
#include "failure.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

// As .NET decodes a name that is not UTF-8: by that name it is not found again.
static bool has_replacement_character(const char *path) { return strstr(path, "\xef\xbf\xbd") != nullptr; }

file_entry entry_at(const char *path) {
    struct stat named, there;
    if (lstat(path, &named) != 0) {
        if (errno == ENOENT && has_replacement_character(path))
            throw Failure("has a name that is not UTF-8, and cannot be opened; rename it, for example with "
                          "convmv -f latin1 -t utf8 --notest");
        if (errno == ENOENT || errno == ENOTDIR) throw Failure("does not exist");
        throw Failure("cannot be looked at (%s)", strerror(errno));
    }
    bool is_link = S_ISLNK(named.st_mode);
    if (is_link && stat(path, &there) != 0)
        throw Failure("is a link that leads to no file (%s)", strerror(errno));
    const struct stat &found = is_link ? there : named;
    EntryKind kind = S_ISREG(found.st_mode) ? FILE_ENTRY : S_ISDIR(found.st_mode) ? FOLDER_ENTRY : OTHER_ENTRY;
    return {(int64_t)found.st_dev, (int64_t)found.st_ino, (int64_t)found.st_size, kind, is_link};
}

void require_file(const char *path) {
    int kind = entry_at(path).kind;
    if (kind == FOLDER_ENTRY) throw Failure("is a folder; name an audio file in it");
    if (kind == OTHER_ENTRY) throw Failure("is a pipe, a socket or a device, and no file; save the audio as one");
}

extern "C" {

__attribute__((visibility("default"))) int file_entry_at(const char *path, file_entry *entry, char *message) {
    return guarded(message, [&] { *entry = entry_at(path); });
}

__attribute__((visibility("default"))) int file_required(const char *path, char *message) {
    return guarded(message, [&] { require_file(path); });
}

}
