using System.Diagnostics;
using HitSong.Audio;
using HitSong.Corpus;
using Tests;

namespace HitSong.Tests.Audio;

public sealed class AudioFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        Shell("chmod -R u+rwx .; rm -rf ./*"); // which .NET cannot where a name is not UTF-8 or too long
        folder.Dispose();
    }

    private void Shell(string script)
    {
        using Process shell = Process.Start(
            new ProcessStartInfo("bash", ["-ec", script]) { WorkingDirectory = folder.Path }
        )!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    private IEnumerable<string> Rejected(AudioFolder read) =>
        read.Rejected.Select(file => Path.GetRelativePath(folder.Path, file.Message));

    [Fact]
    public void A_file_counts_once_whatever_links_lead_to_it()
    {
        Shell(
            """
            mkdir -p album/sub elsewhere
            echo la >album/song.mp3; echo lo >album/sub/other.mp3; echo li >elsewhere/third.mp3
            ln -s .. album/up; ln -s . album/here; ln -s ../.. album/sub/top; ln -s sub album/0sub
            ln -s song.mp3 album/0link.mp3; ln album/song.mp3 album/tune.mp3; ln -s ../elsewhere album/away
            ln -s loop.mp3 album/loop.mp3
            """
        );
        AudioFolder read = AudioFolder.Read(folder.At("album"));
        Assert.Equal(["away/third.mp3", "song.mp3", "sub/other.mp3"], read.Files);
        Assert.Equal(
            ["album/loop.mp3 is a link that leads to no file (Too many levels of symbolic links)"],
            Rejected(read)
        );
        Assert.Equal(["song.mp3"], AudioFolder.Read(folder.At("album"), withSubfolders: false).Files);
        Assert.Equal(3, AudioFolder.Read(folder.Path).Files.Count);

        Shell("cd album; for n in song 0link tune up away; do mv $n* $n-1.mp3; done; ln song-1.mp3 song-2.mp3");
        Assert.Single(TikTokFolder.Read(folder.At("album")).Tracks);
    }

    [Fact]
    public void What_cannot_be_read_gets_a_word_and_the_others_are_listed()
    {
        Shell(
            """
            echo la >song.mp3; mkdir folder.mp3; echo la >folder.mp3/inner.mp3; echo x >.hidden.mp3; : >empty.mp3
            mkfifo pipe.mp3; ln -s nowhere broken.mp3; ln -s pipe.mp3 to-pipe.mp3; ln -s /dev/null device.mp3
            echo la >$'caf\xe9.mp3'; mkdir $'na\xefve'; echo la >$'na\xefve/x.mp3'; echo x >$'caf\xe9.txt'
            python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket.mp3")'
            """
        );
        AudioFolder read = AudioFolder.Read(folder.Path);
        Assert.Equal(["empty.mp3", "folder.mp3/inner.mp3", "song.mp3"], read.Files);
        const string Special = "is a pipe, a socket or a device, and no file; save the audio as one",
            NotUtf8 = "has a name that is not UTF-8, and cannot be opened; rename it, for example with";
        string[] words = [.. Rejected(read)];
        Assert.Equal(7, words.Length);
        foreach (string name in (string[])["pipe", "to-pipe", "device", "socket"])
            Assert.Contains($"{name}.mp3 {Special}", words);
        Assert.Contains("broken.mp3 is a link that leads to no file (No such file or directory)", words);
        Assert.Contains(words, word => word.StartsWith($"caf\ufffd.mp3 {NotUtf8}"));
        Assert.Contains(words, word => word.StartsWith($"na\ufffdve {NotUtf8}"));

        foreach (string name in (string[])["pipe.mp3", "to-pipe.mp3", "socket.mp3"])
        {
            string path = folder.At(name);
            Assert.Equal(Special, Assert.Throws<AudioException>(() => AudioFile.Info(path)).Reason);
            Assert.Equal(Special, Assert.Throws<AudioException>(() => AudioFile.Read(path)).Reason);
            Assert.Equal(Special, Assert.Throws<AudioException>(() => new AudioPlayer(path)).Reason);
        }
        Assert.Contains(
            NotUtf8,
            Assert.Throws<AudioException>(() => AudioFile.Read(folder.At("caf\ufffd.mp3"))).Reason
        );
    }

    [SkippableFact]
    public void A_folder_without_the_right_to_look_into_it_gets_a_word()
    {
        Shell("echo la >song.mp3; mkdir closed; echo la >closed/x.mp3; chmod 000 closed");
        Skip.If(Environment.UserName == "root", "root may look into any folder");
        AudioFolder read = AudioFolder.Read(folder.Path);
        Assert.Equal(["song.mp3"], read.Files);
        Assert.Contains("closed cannot be looked into", Assert.Single(Rejected(read)));
    }

    [Fact]
    public void Deep_and_full_folders_are_listed()
    {
        Shell(
            """
            mkdir full; cd full; for i in {1..10000}; do : >$i.mp3; done; cd ..
            for i in {1..300}; do mkdir a-name-of-twenty-bytes; cd a-name-of-twenty-bytes; : >$i.mp3; done
            """
        );
        AudioFolder read = AudioFolder.Read(folder.Path);
        Assert.InRange(read.Files.Count, 10_150, 10_299);
        Assert.Contains("too long", read.Rejected[0].Reason);
        Assert.InRange(read.Rejected[0].Reason.Length, 1, 100);
    }

    [SkippableFact]
    public void Through_a_bind_mount_a_file_counts_once()
    {
        Shell("mkdir -p album again; echo la >album/song.mp3");
        using Process mount = Process.Start("mount", ["--bind", folder.At("album"), folder.At("again")])!;
        mount.WaitForExit();
        Skip.IfNot(mount.ExitCode == 0, "needs the right to mount a folder");
        try
        {
            Assert.Single(AudioFolder.Read(folder.Path).Files);
        }
        finally
        {
            Shell("umount again");
        }
    }
}
