using System.Text.Json;
using HitSong.Evaluation;
using Tests;

namespace HitSong.Tests.Evaluation;

public class CalibratorTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(400)]
    public void Of_two_classes_it_is_scikit_learns_sigmoid_on_the_log_odds(int count)
    {
        Prediction[] validation = Problem.Predictions(2, count, 5);
        double[] expected = Problem.Numbers(
            Python.Run(
                $"""
                import json, numpy as np
                from scipy.optimize import minimize
                from sklearn.calibration import _sigmoid_calibration
                y, p = (np.array(json.loads(s)) for s in ('{JsonSerializer.Serialize(
                    validation.Select(v => v.Label)
                )}', '{JsonSerializer.Serialize(validation.Select(v => v.Probabilities[1]))}'))
                f = np.log(p / (1 - p)); a, b = _sigmoid_calibration(f, y)
                t = np.where(y == 1, (y.sum() + 1) / (y.sum() + 2), 1 / ((y == 0).sum() + 2))
                def loss(w):
                    x = w[0] * f + w[1]
                    return np.mean(np.logaddexp(0, x) - t * x)
                close = dict(xatol=1e-10, fatol=1e-16, maxiter=10000)
                exact = minimize(loss, [0, 0], method='Nelder-Mead', options=close).x
                print(-a, -b, *exact)
                """
            )
        );
        var calibrator = Calibrator.Fit(validation);
        Assert.Equal(expected[0], calibrator.Slope, 1e-3);
        Assert.Equal(expected[1], calibrator.Intercept, 1e-3);
        Assert.Equal(expected[2], calibrator.Slope, 1e-6);
        Assert.Equal(expected[3], calibrator.Intercept, 1e-6);
    }

    [Theory]
    [InlineData(3, 200, null)]
    [InlineData(4, 30, 1)]
    [InlineData(11, 500, null)]
    public void Of_more_it_is_the_temperature_of_least_log_loss(int classes, int count, int? absent)
    {
        Prediction[] validation = Problem.Predictions(classes, count, classes, absent);
        double[] expected = Problem.Numbers(
            Python.Run(
                $"""
                import json, numpy as np
                from scipy.optimize import minimize_scalar
                from scipy.special import log_softmax, softmax
                y, p = (np.array(json.loads(s)) for s in ('{JsonSerializer.Serialize(
                    validation.Select(v => v.Label)
                )}', '{JsonSerializer.Serialize(validation.Select(v => v.Probabilities))}'))
                n, C = np.bincount(y, minlength={classes})[y], {classes}
                t = (np.eye(C)[y] * n[:, None] + 1) / (n[:, None] + C)
                def loss(s): return -(t * log_softmax(s * np.log(p), axis=1)).sum(1).mean()
                s = minimize_scalar(loss, bounds=(0, 100), method='bounded', options=dict(xatol=1e-10)).x
                print(s, *softmax(s * np.log(p[0])))
                """
            )
        );
        var calibrator = Calibrator.Fit(validation);
        Assert.Equal(expected[0], calibrator.Slope, 1e-6);
        Assert.All(
            expected.Skip(1).Zip(calibrator.Apply(validation[0]).Probabilities),
            pair => Assert.Equal(pair.First, pair.Second, 1e-6)
        );
    }

    [Fact]
    public void A_model_that_is_too_sure_becomes_as_sure_as_it_is_right()
    {
        // It says 99% and is right in 700 of 1,000.
        Prediction[] sure =
        [
            .. Enumerable
                .Range(0, 2000)
                .Select(i => new Prediction(
                    $"{i}",
                    $"{i}",
                    0,
                    i % 1000 < 700 ? i % 2 : 1 - i % 2,
                    i % 2 == 1 ? [0.01, 0.99] : [0.99, 0.01]
                )),
        ];
        var calibrator = Calibrator.Fit(sure);
        Assert.Equal(0.7, calibrator.Apply([0.01, 0.99])[1], 0.001);
        Assert.True(
            Score.Of([.. sure.Select(calibrator.Apply)], 0).CalibrationError < 0.01
                && Score.Of(sure, 0).CalibrationError > 0.28
        );
    }

    [Fact]
    public void Where_all_probabilities_are_equal_it_gives_the_share_of_Platts_targets()
    {
        // Of 4 items 3 are positive: (3 · 4/5 + 1/3) / 4.
        Prediction[] same =
        [
            .. new[] { 1, 1, 1, 0 }.Select((label, i) => new Prediction($"{i}", $"{i}", 0, label, [0.8, 0.2])),
        ];
        Assert.Equal((2.4 + 1.0 / 3) / 4, Calibrator.Fit(same).Apply([0.8, 0.2])[1], 1e-9);
        Prediction[] flat =
        [
            .. new[] { 0, 1, 2 }.Select(label => new Prediction("", "", 0, label, [1.0 / 3, 1.0 / 3, 1.0 / 3])),
        ];
        Assert.All(Calibrator.Fit(flat).Apply([0.7, 0.2, 0.1]), p => Assert.Equal(1.0 / 3, p, 1e-9));
    }

    [Fact]
    public void Certain_and_right_stays_finite_and_certain_and_wrong_too()
    {
        double[] first = [1, 0],
            second = [0, 1],
            firstOfThree = [1, 0, 0],
            secondOfThree = [0, 1, 0],
            thirdOfThree = [0, 0, 1];
        double[][][] certain =
        [
            [first, second],
            [second, first],
            [firstOfThree, secondOfThree],
            [thirdOfThree, firstOfThree],
        ];
        foreach (double[][] saturated in certain)
        {
            var calibrator = Calibrator.Fit([new("a", "a", 0, 0, saturated[0]), new("b", "b", 0, 1, saturated[1])]);
            double[] applied = calibrator.Apply(saturated[0]);
            Assert.All(applied, p => Assert.InRange(p, 0, 1));
            // With one item a class, Platt's target for it is 2 / (1 + C).
            Assert.InRange(applied[0], 0.3, 0.67);
        }
    }

    [Fact]
    public void It_is_kept_as_json_to_the_bit()
    {
        var calibrator = Calibrator.Fit(Problem.Predictions(2, 50, 9));
        Assert.Equal(calibrator, JsonSerializer.Deserialize<Calibrator>(JsonSerializer.Serialize(calibrator)));
    }

    [Fact]
    public void It_refuses_no_items_and_one_class_alone()
    {
        Assert.Contains("Split.Validation", Assert.Throws<HitSongException>(() => Calibrator.Fit([])).Message);
        Assert.Contains(
            "class 1 alone",
            Assert.Throws<HitSongException>(() => Calibrator.Fit([new("a", "a", 0, 1, [0.4, 0.6])])).Message
        );
    }
}
