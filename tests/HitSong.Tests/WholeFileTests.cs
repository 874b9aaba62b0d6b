using HitSong;

namespace Tests;

public class WholeFileTests
{
    [Fact]
    public void A_file_is_as_it_was_where_its_writing_fails()
    {
        using TemporaryFolder folder = new();
        string path = folder.At("kept.txt");
        WholeFile.Write(path, "before");

        Assert.Throws<FormatException>(() =>
            WholeFile.Write(
                path,
                beside =>
                {
                    File.WriteAllText(beside, "half");
                    throw new FormatException();
                }
            )
        );

        Assert.Equal("before", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    // .NET has no IOException for EFBIG.
    [Fact]
    public void A_limit_to_what_a_file_may_hold_is_an_error_of_input_and_output()
    {
        using TemporaryFolder folder = new();
        string path = folder.At("kept.bin");

        IOException error = Assert.Throws<IOException>(() =>
            WholeFile.Write(
                path,
                beside =>
                {
                    using FileStream file = File.Create(beside);
                    file.SetLength(long.MaxValue);
                }
            )
        );

        Assert.Contains(path, error.Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }
}
