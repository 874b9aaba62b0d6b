// Brings the library into .NET Interactive's C# kernel; our own has it already.
using System.IO;
using System.Reflection;
using System.Threading;

if (Type.GetType("HitSong.HitSongException, HitSong") is null)
{
    string built = Path.GetFullPath("../lib/Research/bin/Release/net10.0");
    if (Environment.Version.Major < 10)
        throw new NotSupportedException($"The library needs .NET 10; this kernel runs on {Environment.Version}.");
    if (!File.Exists(Path.Combine(built, "HitSong.dll")))
        throw new FileNotFoundException(
            $"There is no HitSong.dll in {built}: run ./research setup, and open the notebook in notebooks/."
        );
    // Else a script's loader would load it once more for PyBridge, which asks for an older version.
    Assembly.LoadFrom(Path.Combine(built, "TorchSharp.dll"));
}

#!csharp
#r "../lib/Research/bin/Release/net10.0/HitSong.dll"
#r "../lib/Research/bin/Release/net10.0/Tables.dll"
#r "../lib/Research/bin/Release/net10.0/Microsoft.Data.Analysis.dll"
#r "../lib/Research/bin/Release/net10.0/Plotly.NET.dll"
#r "../lib/Research/bin/Release/net10.0/Plotly.NET.CSharp.dll"
#r "../lib/Research/bin/Release/net10.0/TorchSharp.dll"
#r "../lib/Research/bin/Release/net10.0/TorchSharp.PyBridge.dll"

// .NET Interactive has a namespace of that name.
using Recipes = HitSong.Experiments.Recipes;
