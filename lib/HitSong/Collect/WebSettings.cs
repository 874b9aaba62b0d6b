namespace HitSong.Collect;

/// <summary>How one server is asked: how often, how patiently, and how much of an answer is taken.</summary>
public sealed record WebSettings
{
    /// <summary>
    /// Requests to a host in any <see cref="Period"/>, at most; null where the host publishes no rate, and the number
    /// of connections alone limits.
    /// </summary>
    public int? Requests { get; init; } = 50;

    /// <summary>The period that <see cref="Requests"/> counts in.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Hosts with another rate than that: host name to requests a second.</summary>
    public IReadOnlyDictionary<string, int> HostRates { get; init; } = new Dictionary<string, int>();

    /// <summary>
    /// How often a request is repeated after a fault that may pass: 408, 429, 5xx, a cut connection, silence.
    /// </summary>
    public int Retries { get; init; } = 5;

    /// <summary>
    /// The median wait before the first repetition where the server names none; doubled each time and scattered by
    /// chance (decorrelated jitter), so that not all come back at once.
    /// </summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest wait before a repetition, at most a day. A server that asks for a longer one (<c>Retry-After</c>)
    /// ends the call with a message that says so.
    /// </summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest silence within an answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest answer that is taken, bytes.</summary>
    public long MostBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Whether addresses of this machine and of private networks may be asked.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>
    /// The only servers, as <c>host:port</c>, that may be asked although their address is private, such as a mirror in
    /// the house; where they redirect to another private one, it is refused.
    /// </summary>
    public IReadOnlyCollection<string> PrivateServers { get; init; } = [];
}
