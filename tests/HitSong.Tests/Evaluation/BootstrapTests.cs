using HitSong.Evaluation;
using MathNet.Numerics.Distributions;
using Xunit.Abstractions;

namespace HitSong.Tests.Evaluation;

/// <summary>
/// What claims 95% holds the true value in as many sets of songs of few artists, who are alike. Of 200 sets the
/// coverage is known to 1.5 points (1 standard error).
/// </summary>
public class BootstrapTests(ITestOutputHelper output)
{
    private const int Sets = 200,
        Artists = 15,
        Songs = 6;

    private static readonly string[] Groups =
    [
        .. Enumerable.Range(0, Artists * Songs).Select(song => $"{song / Songs}"),
    ];

    // Scores of the two classes are normal with means 0 and 1 and variance 1.25, of which 0.25 is the artists'.
    private static readonly double Distance = 1 / Math.Sqrt(1.25);

    private static double Share(double below) => Normal.CDF(0, 1, below);

    [Fact]
    public void A_ROC_curves_interval_covers() =>
        AssertCovered(
            (labels, scores, set) => Roc.Curve(labels, scores, Groups, 200, set)!,
            [0.02, 0.1, 0.3, 0.5, 0.8],
            place => Share(Distance + Normal.InvCDF(0, 1, place))
        );

    [Fact]
    public void A_precision_recall_curves_interval_covers_and_that_of_its_area() =>
        AssertCovered(
            (labels, scores, set) => PrecisionRecall.Curve(labels, scores, Groups, 200, set)!,
            [0.02, 0.1, 0.3, 0.5, 0.8],
            Precision,
            Enumerable.Range(0, 10_000).Average(i => Precision((i + 0.5) / 10_000))
        );

    [Fact]
    public void A_ROC_curves_areas_interval_covers()
    {
        const int Areas = 1000;
        var random = new Random(0);
        int held = 0;
        for (int set = 0; set < Areas; set++)
        {
            var (labels, scores) = Drawn(random);
            // The chance that a positive scores above a negative: Φ(d / √2).
            held += DeLong.Of(labels, scores, Groups)!.AreaInterval!.Contains(Share(Distance / Math.Sqrt(2))) ? 1 : 0;
        }
        output.WriteLine($"{(double)held / Areas:0.0%}");
        Assert.InRange((double)held / Areas, 0.93, 0.975);
    }

    private static double Precision(double recall) =>
        0.4 * recall / (0.4 * recall + 0.6 * Share(Normal.InvCDF(0, 1, recall) - Distance));

    // Of labels the intraclass correlation is 0.2.
    private static (bool[] Labels, double[] Scores) Drawn(Random random)
    {
        var (labels, scores) = (new bool[Groups.Length], new double[Groups.Length]);
        for (int artist = 0; artist < Artists; artist++)
        {
            double share = Beta.Sample(random, 0.4 * 4, 0.6 * 4),
                own = Normal.Sample(random, 0, 0.5);
            for (int song = artist * Songs; song < (artist + 1) * Songs; song++)
            {
                labels[song] = random.NextDouble() < share;
                scores[song] = (labels[song] ? 1 : 0) + own + Normal.Sample(random, 0, 1);
            }
        }
        return (labels, scores);
    }

    private void AssertCovered(
        Func<bool[], double[], ulong, CurveWithInterval> curveOf,
        double[] places,
        Func<double, double> truth,
        double? area = null
    )
    {
        var random = new Random(0);
        var held = new int[places.Length];
        int areas = 0;
        for (int set = 0; set < Sets; set++)
        {
            var (labels, scores) = Drawn(random);
            CurveWithInterval curve = curveOf(labels, scores, (ulong)set);
            for (int p = 0; p < places.Length; p++)
            {
                int at = Array.FindIndex(curve.Places, place => Math.Abs(place - places[p]) < 1e-9);
                held[p] += new Interval(curve.Low[at], curve.High[at]).Contains(truth(places[p])) ? 1 : 0;
            }
            areas += area is double whole && curve.AreaInterval!.Contains(whole) ? 1 : 0;
        }
        double[] covered = [.. held.Select(count => (double)count / Sets)];
        output.WriteLine($"{string.Join(", ", covered.Select(share => $"{share:0.0%}"))}; area {areas}");
        Assert.All(covered, share => Assert.InRange(share, 0.915, 1));
        if (area is not null)
            Assert.InRange((double)areas / Sets, 0.915, 0.99);
    }

    /// <summary>
    /// Validation songs of artists who are alike (a Gaussian copula of correlation 0.2), of each of which the true log
    /// odds are 0.6 · the model's − 0.4.
    /// </summary>
    [Fact]
    public void A_calibrated_probabilitys_interval_covers_also_where_the_model_says_one_half()
    {
        const int OfEach = 4;
        double[] odds = [-2, 0, 1, 2.5];
        var random = new Random(0);
        var held = new int[odds.Length];
        int fitted = 0;
        for (int set = 0; set < Sets; set++)
        {
            List<Prediction> validation = [];
            for (int artist = 0; artist < Artists; artist++)
            {
                double own = Normal.Sample(random, 0, 1),
                    luck = Normal.Sample(random, 0, 1);
                for (int song = 0; song < OfEach; song++)
                {
                    double score = 1.2 * (0.6 * own + 0.8 * Normal.Sample(random, 0, 1)),
                        chance = Share(Math.Sqrt(0.2) * luck + Math.Sqrt(0.8) * Normal.Sample(random, 0, 1)),
                        p = Logistic(score);
                    validation.Add(
                        new($"{song}", $"{artist}", 0, chance < Logistic(0.6 * score - 0.4) ? 1 : 0, [1 - p, p])
                    );
                }
            }
            if (CalibratorWithInterval.Fit(validation, seed: (ulong)set) is not { HasInterval: true } calibrator)
                continue;
            fitted++;
            for (int i = 0; i < odds.Length; i++)
            {
                double[] said = [1 - Logistic(odds[i]), Logistic(odds[i])];
                Interval interval = calibrator.Intervals(said)![1];
                Assert.True(interval.Contains(calibrator.Calibrator.Apply(said)[1]));
                held[i] += interval.Contains(Logistic(0.6 * odds[i] - 0.4)) ? 1 : 0;
            }
        }
        output.WriteLine($"{string.Join(", ", held.Select(h => $"{(double)h / fitted:0.0%}"))}");
        Assert.True(fitted > 0.95 * Sets);
        // By plain percentiles NumPy finds 88 to 92% of it.
        Assert.All(held, count => Assert.InRange((double)count / fitted, 0.92, 1));
    }

    private static double Logistic(double logOdds) => 1 / (1 + Math.Exp(-logOdds));

    [Fact]
    public void One_half_is_moved_where_the_validation_songs_say_otherwise()
    {
        // The model says one half of everything; of 40 songs by 10 artists 30 are positive.
        Prediction[] validation =
        [
            .. Enumerable
                .Range(0, 40)
                .Select(i => new Prediction($"{i}", $"{i % 10}", 0, i % 4 == 0 ? 0 : 1, [0.5, 0.5])),
        ];
        CalibratorWithInterval calibrator = CalibratorWithInterval.Fit(validation)!;
        double moved = calibrator.Calibrator.Apply([0.5, 0.5])[1];
        // Platt's targets: (30 · 31/32 + 10 · 1/12) / 40.
        Assert.Equal((30 * 31.0 / 32 + 10.0 / 12) / 40, moved, 1e-9);
        Interval interval = calibrator.Intervals([0.5, 0.5])![1];
        Assert.True(0.5 < interval.Low && interval.Low < moved && moved < interval.High && interval.High < 1);
        Interval other = calibrator.Intervals([0.5, 0.5])![0];
        Assert.Equal(1 - interval.High, other.Low, 1e-12);
        Assert.Equal(1 - interval.Low, other.High, 1e-12);
    }

    [Fact]
    public void Of_one_artist_or_one_class_there_is_no_interval()
    {
        Prediction Song(string artist, int label) => new(artist, artist, 0, label, [0.4, 0.6]);
        Assert.Null(CalibratorWithInterval.Fit([]));
        Assert.Null(CalibratorWithInterval.Fit([Song("a", 1), Song("b", 1)]));
        // One artist alone has hits: draws without that artist have one class.
        CalibratorWithInterval few = CalibratorWithInterval.Fit([Song("a", 1), Song("b", 0), Song("c", 0)])!;
        Assert.False(few.HasInterval);
        Assert.Null(few.Intervals([0.4, 0.6]));
    }

    [Fact]
    public void A_shares_interval_is_Students_on_the_log_odds_and_percentiles_are_as_far_out()
    {
        // SciPy: d = [.6, .7, .8, .9]; h = t.ppf(.975, 4) * np.sqrt(5 / 4) * logit(d).std(ddof=1);
        // expit(logit(.75) + [-h, h]); and
        // np.quantile(np.arange(1001) / 1000, norm.cdf(t.ppf(.975, 4) * np.sqrt(5 / 4))).
        Interval share = Bootstrap.OfShare(0.75, [0.6, 0.7, 0.8, 0.9], 5),
            percentiles = Bootstrap.Percentiles([.. Enumerable.Range(0, 1001).Select(i => i / 1000.0)], 5);
        Assert.Equal(0.214923889698, share.Low, 1e-9);
        Assert.Equal(0.970479956667, share.High, 1e-9);
        Assert.Equal(0.999045899448, percentiles.High, 1e-9);
        Assert.Equal(1 - 0.999045899448, percentiles.Low, 1e-9);
    }
}
