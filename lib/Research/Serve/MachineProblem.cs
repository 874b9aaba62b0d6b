using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;

namespace Research.Serve;

/// <summary>What the machine denies the server, such as room on its disk, as a problem that names it.</summary>
internal static class MachineProblem
{
    // Numbers of Linux's errno.
    private const int NotPermitted = 1,
        NoSuchFile = 2,
        IoError = 5,
        TryAgain = 11,
        NoMemory = 12,
        NoAccess = 13,
        TooManyFilesInAll = 23,
        TooManyFiles = 24,
        FileTooLarge = 27,
        DiskFull = 28,
        ReadOnly = 30,
        OverQuota = 122,
        Greatest = 133;

    /// <summary>The problem that an exception or what led to it means; null where the machine denied nothing.</summary>
    public static ProblemException? Of(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
            if (NumberOf(error) is int number)
                return Named(number);
        return null;
    }

    private static int? NumberOf(Exception error) =>
        error switch
        {
            UnauthorizedAccessException => NoAccess,
            FileNotFoundException or DirectoryNotFoundException => NoSuchFile,
            // .NET's for EFBIG.
            ArgumentOutOfRangeException { TargetSite.DeclaringType.Namespace: "System.IO" } => FileTooLarge,
            Win32Exception { NativeErrorCode: > 0 and <= Greatest and var number }
            and not System.Net.Sockets.SocketException => number,
            IOException { HResult: > 0 and <= Greatest and var number } => number,
            _ => null,
        };

    // No path: where the workspace lies is nobody's business.
    private static ProblemException Named(int number) =>
        number switch
        {
            DiskFull => Full("Disk full", "The disk on which files lie meanwhile is full: free some space"),
            OverQuota => Full(
                "Quota used up",
                "The quota of the disk on which files lie meanwhile is used up: free some"
            ),
            FileTooLarge => Full(
                "File too large for the machine",
                "A limit of the machine to the size of files (ulimit -f) keeps it from being taken: raise it"
            ),
            ReadOnly => Full(
                "Disk is read-only",
                "The disk on which files lie meanwhile is read-only: mount it to be written, or name a folder on "
                    + "another in TMPDIR and start serve again"
            ),
            NotPermitted or NoAccess => Broken(
                "No permission",
                "The server may not read or write a file of its own: let its user do so"
            ),
            NoSuchFile => Broken(
                "A file is gone",
                "A file or folder of the server's own is gone, such as by a clearing of temporary files: start serve "
                    + "again"
            ),
            TooManyFiles or TooManyFilesInAll => Busy(
                "Too many open files",
                "The server has as many files open as it may (ulimit -n)"
            ),
            TryAgain or NoMemory => Busy("No room", "The machine has no room for another process or more memory"),
            IoError => Broken("Disk fails", "A disk of the server fails to read or write: see to it"),
            _ => Broken("The machine refuses", $"The machine refuses: {Marshal.GetPInvokeErrorMessage(number)}"),
        };

    private static ProblemException Full(string title, string detail) =>
        new(StatusCodes.Status507InsufficientStorage, title, $"{detail}, then send it again.");

    private static ProblemException Broken(string title, string detail) =>
        new(StatusCodes.Status500InternalServerError, title, $"{detail}.");

    private static ProblemException Busy(string title, string detail) =>
        new(StatusCodes.Status503ServiceUnavailable, title, $"{detail}; try again in some seconds.");
}
