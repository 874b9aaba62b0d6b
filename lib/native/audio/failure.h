// What goes wrong with a file, as the end of a sentence that its path begins, and how it reaches .NET.
#pragma once

#include <cstdarg>
#include <cstdio>
#include <exception>
#include <new>

constexpr int MESSAGE_SIZE = 512;

struct Failure {
    char message[MESSAGE_SIZE];
    explicit Failure(const char *format, ...) __attribute__((format(printf, 2, 3))) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(message, sizeof message, format, arguments);
        va_end(arguments);
    }
};

// 0, or 1 with the message, of MESSAGE_SIZE bytes, filled.
template <typename Body> int guarded(char *message, Body body) {
    try {
        body();
        return 0;
    } catch (const Failure &failure) {
        snprintf(message, MESSAGE_SIZE, "%s", failure.message);
    } catch (const std::bad_alloc &) {
        snprintf(message, MESSAGE_SIZE,
                 "needs more memory than there is; read it in parts, with a start and a duration");
    } catch (const std::exception &error) {
        snprintf(message, MESSAGE_SIZE, "could not be read (%s)", error.what());
    }
    return 1;
}
