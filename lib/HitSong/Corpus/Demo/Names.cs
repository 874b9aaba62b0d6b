using System.Text;
using HitSong.Numerics;

namespace HitSong.Corpus.Demo;

/// <summary>Invented names of artists and titles of songs. Any likeness to a real one is chance.</summary>
internal static class Names
{
    private static readonly string[] Adjectives =
    [
        "Paper",
        "Velvet",
        "Northern",
        "Hollow",
        "Copper",
        "Second",
        "Quiet",
        "Neon",
        "Borrowed",
        "Salt",
        "Distant",
        "Plastic",
        "Winter",
        "Golden",
        "Broken",
        "Slow",
        "Electric",
        "Amber",
        "Wooden",
        "Lunar",
    ];

    private static readonly string[] Nouns =
    [
        "Harbour",
        "Lanterns",
        "Orchard",
        "Static",
        "Tigers",
        "Avenue",
        "Satellite",
        "Mirrors",
        "Parade",
        "Signal",
        "Cathedral",
        "Foxes",
        "Summer",
        "Engine",
        "Weekend",
        "Rivers",
        "Balcony",
        "Atlas",
        "Thunder",
        "Garden",
    ];

    private static readonly string[] Openings =
    [
        "Come Back to",
        "Dancing in",
        "Nobody Knows",
        "Before",
        "Letters from",
        "Hold On,",
        "All My",
        "Running through",
        "Once More,",
        "Under",
    ];

    private static readonly string[] Syllables =
    [
        "ka",
        "lo",
        "mi",
        "ra",
        "ve",
        "to",
        "na",
        "shi",
        "el",
        "dor",
        "ju",
        "pe",
        "zan",
        "ori",
        "lu",
        "be",
    ];

    // Everyday words, combined at random.
    private static readonly string[][] Scripts =
    [
        ["夜の", "青い", "遠い", "光る", "海の", "最後の", "窓", "列車", "手紙", "花火", "雨音", "約束"],
        [
            "Тихий ",
            "Северный ",
            "Белый ",
            "Дальний ",
            "Поздний ",
            "Медный ",
            "берег",
            "вокзал",
            "ветер",
            "город",
            "вечер",
            "сад",
        ],
        [
            "Άσπρο ",
            "Μικρό ",
            "Κρυφό ",
            "Παλιό ",
            "Γλυκό ",
            "Χαμένο ",
            "καράβι",
            "τραγούδι",
            "φως",
            "όνειρο",
            "νησί",
            "κύμα",
        ],
        ["푸른 ", "작은 ", "먼 ", "하얀 ", "마지막 ", "느린 ", "바다", "창문", "기차", "편지", "여름", "노래"],
        ["نور ", "صوت ", "ليل ", "باب ", "طريق ", "حلم ", "المدينة", "البحر", "القمر", "الصيف", "الريح", "البعيد"],
        [
            "Über ",
            "Süße ",
            "Späte ",
            "Müde ",
            "Schöne ",
            "Kühle ",
            "Straßen",
            "Flüsse",
            "Träume",
            "Gärten",
            "Brücken",
            "Lüfte",
        ],
    ];

    /// <summary>
    /// As many names, no two equal; each is drawn from a stream of its own, and after some attempts gets its number.
    /// </summary>
    public static string[] Distinct(ulong seed, string purpose, int count, Func<SeededRandom, string> draw)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var names = new string[count];
        for (int i = 0; i < count; i++)
        {
            var random = new SeededRandom(seed, purpose, i);
            int attempts = 0;
            do names[i] = ++attempts <= 10 ? draw(random) : $"{draw(random)} {i + 1}";
            while (!taken.Add(names[i]));
        }
        return names;
    }

    public static string Artist(SeededRandom random) =>
        random.Below(8) switch
        {
            0 => Foreign(random),
            1 or 2 => Word(random),
            3 => $"{Word(random)} {Word(random)}",
            4 => $"DJ {Word(random)}",
            5 => $"The {random.Pick(Adjectives)} {random.Pick(Nouns)}",
            _ => $"{random.Pick(Adjectives)} {random.Pick(Nouns)}",
        };

    public static string Title(SeededRandom random) =>
        random.Below(8) switch
        {
            0 => Foreign(random),
            1 => Word(random),
            2 => random.Pick(Nouns),
            3 or 4 => $"{random.Pick(Openings)} {random.Pick(Adjectives)} {random.Pick(Nouns)}",
            5 => $"{random.Pick(Nouns)} & {random.Pick(Nouns)}",
            _ => $"{random.Pick(Adjectives)} {random.Pick(Nouns)}",
        };

    private static string Foreign(SeededRandom random)
    {
        string[] words = random.Pick(Scripts);
        return words[random.Below(6)] + words[6 + random.Below(6)];
    }

    private static string Word(SeededRandom random)
    {
        var word = new StringBuilder();
        for (int i = 2 + random.Below(2); i > 0; i--)
            word.Append(random.Pick(Syllables));
        word[0] = char.ToUpperInvariant(word[0]);
        return word.ToString();
    }
}
