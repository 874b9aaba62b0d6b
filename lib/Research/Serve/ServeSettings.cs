using System.Net;
using HitSong.Experiments;

namespace Research.Serve;

/// <summary>What a server is given.</summary>
/// <param name="Host">Address to listen at.</param>
/// <param name="Port">Port; 0 takes any.</param>
/// <param name="Runs">The models.</param>
/// <param name="Model">The run that is asked where none is named; null: the best.</param>
/// <param name="Limit">Largest file, bytes.</param>
/// <param name="DecodeTime">Longest time to decode a file.</param>
internal sealed record ServeSettings(
    IPAddress Host,
    int Port,
    RunStore Runs,
    string? Model,
    long Limit,
    TimeSpan DecodeTime
);
