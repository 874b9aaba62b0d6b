using HitSong.Collect;

namespace HitSong.Tests.Collect;

public sealed class SongMatchTests
{
    private static string? Doubt(string wanted, string found, double? seconds = 200, double? foundSeconds = 200)
    {
        CatalogueTrack Track(string text, double? duration)
        {
            string[] parts = text.Split(" | ");
            return new("s", "1", parts[1], parts[0]) { Duration = duration };
        }
        return SongMatch.Doubt(Track(wanted, seconds), Track(found, foundSeconds));
    }

    // Artist | title; of a video the channel | title.
    [Theory]
    [InlineData("Daft Punk | One More Time", "Daft Punk | One More Time")]
    [InlineData("Daft Punk | One More Time", "DaftPunkVEVO | Daft Punk - One More Time (Official Video)")]
    [InlineData("Daft Punk | One More Time", "Daft Punk - Topic | One More Time")]
    [InlineData("Daft Punk | One More Time", "Warner Music | Daft Punk – One More Time [Official HD Music Video]")]
    [InlineData("Beyoncé | Halo", "beyonceVEVO | Beyoncé - Halo")]
    [InlineData("AC/DC | T.N.T.", "acdcVEVO | AC/DC - T.N.T. (Official Video)")]
    [InlineData("Guns N' Roses | Don't Cry", "GunsNRosesVEVO | Guns N' Roses - Don’t Cry")]
    [InlineData(
        "Queen | Bohemian Rhapsody - Remastered 2011",
        "Queen Official | Bohemian Rhapsody (Official Video Remastered)"
    )]
    [InlineData(
        "Jay-Z | Empire State of Mind (feat. Alicia Keys)",
        "JayZVEVO | JAY-Z ft. Alicia Keys - Empire State Of Mind"
    )]
    [InlineData("Oasis | Live Forever", "Oasis | Oasis - Live Forever (Official Video)")]
    [InlineData("Live | Lightning Crashes", "LiveVEVO | Live - Lightning Crashes")]
    [InlineData("Paul McCartney | Live And Let Die (Live)", "Paul McCartney | Live And Let Die (Live)")]
    [InlineData("米津玄師 | Lemon", "米津玄師 | 米津玄師 - Lemon")]
    [InlineData("Simon & Garfunkel | The Boxer", "Simon and Garfunkel | The Boxer")]
    public void TheSameSongAgrees(string wanted, string found) => Assert.Null(Doubt(wanted, found));

    [Theory]
    [InlineData("Adele | Hello", "Adele | Hello (Live at the NRJ Awards)")]
    [InlineData("Adele | Hello", "Sing King Karaoke | Adele - Hello (Karaoke Version)")]
    [InlineData("Adele | Hello", "Leroy Sanchez | Adele - Hello (cover)")]
    [InlineData("Adele | Hello", "DJ | Adele - Hello (Marshmello Remix)")]
    [InlineData("Adele | Hello", "speed | adele - hello (sped up)")]
    [InlineData("Adele | Hello", "slow | adele - hello // slowed + reverb")]
    [InlineData("Adele | Hello", "Adele | Hello - Acoustic")]
    [InlineData("Adele | Hello", "Adele | Hello (Instrumental)")]
    [InlineData("Adele | Hello", "Adele | Hello - Radio Edit")]
    [InlineData("Adele | Hello", "Lionel Richie | Hello")]
    [InlineData("Adele | Hello", "Adele | Hello Again")]
    [InlineData("Adele | Hello", "Adele | Someone Like You")]
    [InlineData("Adele | Hello", "Adele Tribute Band | Hello")]
    [InlineData("Adele | Hello (Live)", "Adele | Hello")]
    [InlineData("Daft Punk | One More Time - Radio Edit", "Daft Punk | One More Time")]
    [InlineData("Paul McCartney | Live And Let Die", "Paul McCartney | Live And Let Die (Live)")]
    [InlineData(" | Hello", "Adele | Hello")]
    [InlineData("Adele | ???", "Adele | Hello")]
    public void AnotherSongIsDoubtful(string wanted, string found) => Assert.NotNull(Doubt(wanted, found));

    [Fact]
    public void LengthsAgreeWithinTenSeconds()
    {
        Assert.Null(Doubt("A | Song", "A | Song", 200, 210));
        Assert.Null(Doubt("A | Song", "A | Song", 200, 190));
        Assert.Equal("it lasts 211 s where 200 s are wanted", Doubt("A | Song", "A | Song", 200, 211));
        Assert.NotNull(Doubt("A | Song", "A | Song", 200, 30));
        Assert.Null(Doubt("A | Song", "A | Song", null, 30));
        Assert.Null(Doubt("A | Song", "A | Song", 30, null));
    }
}
