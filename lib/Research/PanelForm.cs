using System.Globalization;
using System.Net;
using HitSong;
using HitSong.Charts;
using HitSong.Experiments;
using HitSong.Training;
using Notebooks;
using Notebooks.Interactive;

namespace Research;

/// <summary>
/// A <see cref="Panel"/> as controls: a line a field, buttons that train and stop, the curve, and a table of the runs.
/// </summary>
internal sealed class PanelForm
{
    private readonly Panel panel;
    private readonly Control<int> train,
        stop;
    private readonly Control<string> status = Controls.Html(""),
        table;
    private readonly DisplayHandle curve;
    private readonly Dictionary<string, string> refused = [];

    private PanelForm(Panel panel)
    {
        this.panel = panel;
        train = Controls.Button("Train", Train);
        stop = Controls.Button("Stop", panel.Stop);
        stop.Help = "After this epoch; the run is kept.";
        stop.IsEnabled = false;
        table = Controls.Html(panel.ToTable().ToHtml());
        Control above = Controls.Column([
            Controls.Html($"<b>{Encode($"{panel.Recipe.Experiment}, {panel.Recipe.Variant}")}</b>"),
            .. panel.Fields.Select(Field),
            Controls.Row(train, stop, status),
        ]);
        above.Instead = (string)panel.ToMimeBundle()["text/html"];
        CellFunctions.display(above);
        curve = CellFunctions.display(CellFunctions.HTML(""));
    }

    /// <summary>The panel's controls where somebody can move them, else the panel itself, by MIME type.</summary>
    public static IReadOnlyDictionary<string, object> ToMimeBundle(Panel panel) =>
        Controls.AreDrawn ? new PanelForm(panel).table.ToMimeBundle() : panel.ToMimeBundle();

    private Control Field(RecipeField field)
    {
        Control control =
            field.Range is { } range && field.IsWhole
                ? Controls
                    .Slider(field.Label, Whole(field.Value), (int)range.Least, (int)range.Greatest)
                    .OnChange(value => Set(field, Text(value)))
            : field.Range is { } ends && field.IsLogarithmic
                ? Controls
                    .LogSlider(field.Label, Number(field.Value), ends.Least, ends.Greatest)
                    .OnChange(value => Set(field, Text(value)))
            : field.Range is { } span
                ? Controls
                    .Slider(field.Label, Number(field.Value), span.Least, span.Greatest)
                    .OnChange(value => Set(field, Text(value)))
            : field.Choices is ["true", "false"]
                ? Controls
                    .Checkbox(field.Label, field.Value == "true")
                    .OnChange(on => Set(field, on ? "true" : "false"))
            : field.Choices.Count > 0 ? Choice(field)
            : Controls.Text(field.Label, field.Value).OnChange(value => Set(field, value));
        control.Help = field.Help ?? field.Name;
        return control;
    }

    private Control<string> Choice(RecipeField field)
    {
        Control<string> choice = Controls.Choice(field.Label, field.Choices).OnChange(value => Set(field, value));
        choice.Value = field.Value;
        return choice;
    }

    // What the recipe refuses is said, and nothing trains until it is taken back.
    private void Set(RecipeField field, string value)
    {
        refused.Remove(field.Name);
        try
        {
            panel.Set(field.Name, value);
        }
        catch (HitSongException e)
        {
            refused[field.Name] = e.Message;
        }
        train.IsEnabled = refused.Count == 0 && !stop.IsEnabled;
        Say(string.Join(' ', refused.Values), isTrouble: refused.Count > 0);
    }

    // On a thread of its own: the notebook's hears the button that stops it.
    private void Train()
    {
        if (stop.IsEnabled)
            return;
        (train.IsEnabled, stop.IsEnabled) = (false, true);
        new Thread(Work) { IsBackground = true, Name = "panel" }.Start();

        void Work()
        {
            var live = new LiveCurves(panel.Recipe, chart => curve.Update(chart));
            try
            {
                Run run = panel.Train(progress =>
                {
                    live.Show(progress);
                    Say(InWords(progress));
                });
                table.Value = panel.ToTable().ToHtml();
                Say($"Done in {run.Environment.Seconds:0.0} s, kept as {run.Id}.");
            }
            // Whatever it is, the notebook and its state go on.
            catch (Exception e)
            {
                Say(e is HitSongException ? e.Message : $"{e.GetType().Name}: {e.Message}", isTrouble: true);
            }
            finally
            {
                (train.IsEnabled, stop.IsEnabled) = (refused.Count == 0, false);
            }
        }
    }

    private void Say(string text, bool isTrouble = false) =>
        status.Value = isTrouble ? $"<span style=\"color: #b00020\">{Encode(text)}</span>" : Encode(text);

    private static string InWords(ExperimentProgress progress) =>
        progress.Epoch is { } epoch ? InWords(epoch, progress.Total)
        : progress.Total > 0 ? $"{progress.Stage}: {progress.Done} of {progress.Total}"
        : progress.Stage;

    private static string InWords(EpochMetrics epoch, int of) =>
        FormattableString.Invariant($"Epoch {epoch.Epoch} of {of}, validation loss {epoch.ValidationLoss:0.000}");

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("G3", CultureInfo.InvariantCulture);

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
