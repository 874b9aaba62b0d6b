using System.Diagnostics;
using Tests;

namespace Research.Tests;

/// <summary>The entry script on machines where something is missing: a copy of it, with a path of our own.</summary>
public class SetUpTests
{
    private static (int ExitCode, string Errors) SetUp(
        TemporaryFolder folder,
        string[] without,
        params (string Name, string Script)[] instead
    ) => Run(folder, "setup", without, instead);

    private static (int ExitCode, string Errors) Run(
        TemporaryFolder folder,
        string verb,
        string[] without,
        params (string Name, string Script)[] instead
    )
    {
        Directory.CreateDirectory(folder.At("repository/.devcontainer"));
        File.Copy(Path.Combine(Repository.Root, "research"), folder.At("repository/research"));
        File.Copy(
            Path.Combine(Repository.Root, ".devcontainer/debian-packages.txt"),
            folder.At("repository/.devcontainer/debian-packages.txt")
        );
        File.WriteAllText(folder.At("repository/package-lock.json"), "{}");
        string programs = Directory.CreateDirectory(folder.At("bin")).FullName;
        const string Used =
            "bash env dirname readlink mkdir sed awk sort comm tr id cat tail flock touch find mv rm nproc "
            + "dpkg-query apt-get dotnet npm node";
        foreach (string name in Used.Split(' ').Except(without))
            File.CreateSymbolicLink(Path.Combine(programs, name), Where(name));
        foreach (var (name, script) in instead)
        {
            File.WriteAllText(Path.Combine(programs, name), $"#!/bin/bash\n{script}\n");
            Process.Start("chmod", ["+x", Path.Combine(programs, name)]).WaitForExit();
        }
        var start = new ProcessStartInfo(folder.At("repository/research"), [verb])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PATH"] = programs;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.Result + errors);
    }

    private static string Where(string program) =>
        Environment
            .GetEnvironmentVariable("PATH")!
            .Split(':')
            .Select(folder => Path.Combine(folder, program))
            .First(File.Exists);

    [Fact]
    public void Without_apt_the_packages_and_the_dev_container_are_named()
    {
        using var folder = new TemporaryFolder();
        var (exitCode, errors) = SetUp(folder, ["apt-get", "dpkg-query"]);
        Assert.Equal(1, exitCode);
        Assert.Contains("libmpg123-dev", errors);
        Assert.Contains("dev container", errors);
    }

    [Fact]
    public void Without_dotnet_it_says_which_sdk()
    {
        using var folder = new TemporaryFolder();
        var (exitCode, errors) = SetUp(folder, ["dotnet"]);
        Assert.Equal(1, exitCode);
        Assert.Contains(".NET 10", errors);
    }

    [Fact]
    public void Node_is_asked_for_by_the_tests_and_not_by_a_run()
    {
        const string Reached = "echo 'the native library is built'; exit 3";
        using TemporaryFolder test = new("test"),
            run = new("run");
        var (exitCode, errors) = Run(test, "test", ["npm", "node"], ("cmake", Reached));
        Assert.Equal(1, exitCode);
        Assert.Contains("Node.js with npm is missing", errors);
        Assert.DoesNotContain("the native library is built", errors);

        (_, errors) = Run(run, "run", ["npm", "node"], ("cmake", Reached));
        Assert.Contains("the native library is built", errors);
        Assert.DoesNotContain("npm", errors);
    }

    [Fact]
    public void A_step_that_fails_is_named_with_the_end_of_its_output_and_what_to_do()
    {
        using var folder = new TemporaryFolder();
        var (exitCode, errors) = SetUp(
            folder,
            ["npm"],
            ("npm", "for i in {1..100}; do echo \"line $i\"; done; echo 'the registry is asleep'; exit 3")
        );
        Assert.Equal(1, exitCode);
        Assert.Contains("npm packages", errors);
        Assert.Contains("the registry is asleep", errors);
        Assert.DoesNotContain("line 50\n", errors);
        Assert.Contains("Check the network", errors);
        Assert.Contains("run the same command again", errors);
    }
}
