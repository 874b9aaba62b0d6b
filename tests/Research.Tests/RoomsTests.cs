using System.Reflection;
using System.Runtime.CompilerServices;
using HitSong;
using NetArchTest.Rules;

namespace Research.Tests;

/// <summary>What may know of what: the rooms of HitSong, and the libraries.</summary>
public class RoomsTests
{
    // In building order: a room knows of those before it alone.
    private static readonly string[] Rooms =
    [
        "HitSong",
        "HitSong.Numerics",
        "HitSong.Audio",
        "HitSong.Features",
        "HitSong.Features.Descriptors",
        "HitSong.Corpus.Demo",
        "HitSong.Corpus",
        "HitSong.Collect",
        "HitSong.Models",
        "HitSong.Training",
        "HitSong.Evaluation",
        "HitSong.Attribution",
        "HitSong.Experiments",
        "HitSong.Charts",
    ];

    private static readonly Assembly Library = typeof(HitSongException).Assembly;

    // Without what the compiler and its source generators add.
    private static readonly Type[] Written =
    [
        .. Library
            .GetTypes()
            .Where(type =>
                type.Namespace?.StartsWith("HitSong", StringComparison.Ordinal) == true
                && !type.IsDefined(typeof(CompilerGeneratedAttribute))
            ),
    ];

    public static TheoryData<string> All => [.. Rooms];

    // All but those below every other, which know of none.
    public static TheoryData<string> Upper => [.. Rooms[2..]];

    [Fact]
    public void Every_room_has_its_place_in_the_order() =>
        Assert.Equal(Rooms.Order(), Written.Select(type => type.Namespace!).Distinct().Order());

    [Theory]
    [MemberData(nameof(All))]
    public void A_room_knows_of_none_above_it(string room) =>
        Assert.Empty(KnowingOf(Rooms[(Array.IndexOf(Rooms, room) + 1)..], room));

    [Theory]
    [MemberData(nameof(Upper))]
    public void A_room_in_a_wrong_place_would_be_found(string room) =>
        Assert.NotEmpty(KnowingOf(Rooms[..Array.IndexOf(Rooms, room)], room));

    [Theory]
    [InlineData("Tables", "HitSong", "Notebooks", "Research")]
    [InlineData("HitSong", "Notebooks", "Research")]
    [InlineData("Notebooks", "HitSong", "Research")]
    public void A_library_knows_nothing_of(string library, params string[] others) =>
        Assert.Empty(Failing(Types.InAssembly(Assembly.Load(library)).ShouldNot().HaveDependencyOnAny(others)));

    [Theory]
    [InlineData("HitSong", "Tables")]
    [InlineData("Notebooks", "Tables")]
    [InlineData("research", "HitSong", "Notebooks")]
    public void A_library_that_knew_of_another_would_be_found(string library, params string[] others) =>
        Assert.NotEmpty(Failing(Types.InAssembly(Assembly.Load(library)).ShouldNot().HaveDependencyOnAny(others)));

    // The types of a room that use any of others. Types are named one by one, and counted by their own namespace: for
    // NetArchTest a namespace is whatever begins so.
    private static IEnumerable<Type> KnowingOf(string[] others, string room)
    {
        string[] theirs =
        [
            .. Written.Where(type => !type.IsNested && others.Contains(type.Namespace)).Select(type => type.FullName!),
        ];
        return Failing(Types.InAssembly(Library).That().ResideInNamespace(room).ShouldNot().HaveDependencyOnAny(theirs))
            .Where(type => type.Namespace == room);
    }

    private static IEnumerable<Type> Failing(ConditionList rule) => rule.GetResult().FailingTypes ?? [];
}
