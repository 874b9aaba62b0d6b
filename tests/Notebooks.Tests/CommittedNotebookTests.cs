using System.Text.Json.Nodes;
using Notebooks;

namespace Tests;

public sealed class CommittedNotebookTests
{
    private static Notebook With(string data, bool trained = false)
    {
        var notebook = new Notebook();
        var cell = new NotebookCell(CellKind.Code, "x", "c0") { ExecutionCount = 1 };
        if (trained)
            cell.Metadata["tags"] = new JsonArray("trained");
        cell.Metadata["execution"] = new JsonObject { ["shell.execute_reply"] = "2026-01-01T00:00:00Z" };
        cell.Outputs.Add(
            new JsonObject
            {
                ["output_type"] = "display_data",
                ["metadata"] = new JsonObject(),
                ["data"] = JsonNode.Parse(data),
            }
        );
        notebook.Cells.Add(cell);
        return notebook;
    }

    private static Notebook Text(string text, bool trained) =>
        With(new JsonObject { ["text/plain"] = text }.ToJsonString(), trained);

    [Fact]
    public void Times_scripts_and_sound_go_and_large_arrays_are_packed_as_numpy_reads_them()
    {
        string numbers = string.Join(",", Enumerable.Range(0, 300).Select(i => i == 7 ? "null" : $"{i}.5"));
        Notebook chart = CommittedNotebook.Of(
            With(
                $$$"""
                {"application/vnd.plotly.v1+json": {"data": [{"z": [[{{{numbers}}}], [{{{numbers}}}]], "x": [1, 2]}]},
                 "text/html": "<script>", "text/plain": "Figure"}
                """
            )
        );
        Assert.Empty(chart.Cells[0].Metadata);
        var bundle = chart.Cells[0].Outputs[0]!["data"]!.AsObject();
        Assert.False(bundle.ContainsKey("text/html"));
        JsonNode trace = bundle["application/vnd.plotly.v1+json"]!["data"]![0]!;
        Assert.Equal("[1,2]", trace["x"]!.ToJsonString());
        Assert.Equal("2,300", (string)trace["z"]!["shape"]!);
        Assert.Equal(
            "[0.5, 299.5, 598] [7, 307]",
            Python
                .Run(
                    """
                    import base64, sys, numpy
                    z = numpy.frombuffer(base64.b64decode(sys.argv[1]), '<f4')
                    gaps = numpy.flatnonzero(numpy.isnan(z)).tolist()
                    print([float(z[0]), float(z[-1]), int(numpy.isfinite(z).sum())], gaps)
                    """,
                    (string)trace["z"]!["bdata"]!
                )
                .Trim()
        );

        Notebook player = CommittedNotebook.Of(
            With(
                """{"text/html": "<audio controls src=\"data:audio/wav;base64,AAAA\"></audio>","""
                    + """ "text/plain": "Audio: 1 s"}"""
            )
        );
        Assert.Equal(
            """{"text/plain":"Audio: 1 s; run the cell to hear it"}""",
            player.Cells[0].Outputs[0]!["data"]!.ToJsonString()
        );
    }

    [Theory]
    [InlineData(false, "90 songs, loss 0.512", "90 songs,  loss 0.513", true)]
    [InlineData(false, "90 songs, loss 0.512", "90 songs, loss 0.514", false)]
    [InlineData(false, "90 songs", "91 songs", false)]
    [InlineData(false, "202,810,522 plays", "202,810,521 plays", false)]
    [InlineData(true, "[[71, 0], [19, 0]]", "[[69, 2], [19, 0]]", true)]
    [InlineData(true, "[[71, 0], [19, 0]]", "[[59, 12], [19, 0]]", false)]
    [InlineData(true, "accuracy 78.9%", "accuracy 76.7%", true)]
    [InlineData(true, "accuracy 78.9%", "accuracy 65.6%", false)]
    [InlineData(true, "ROC-AUC 0.739", "ROC-AUC 0.639", false)]
    [InlineData(true, "It does rank", "Nor does it rank", true)]
    [InlineData(true, "better, 64.4% by song", "not better", false)]
    [InlineData(true, "", "NaN in epoch 3", false)]
    [InlineData(true, "hiphop-mlp-audited-20261121-095144: 78.9%", "hiphop-mlp-audited-20270102-000312-2: 78.9%", true)]
    [InlineData(
        true,
        "hiphop-mlp-audited-5570f33a3f4f-Rate=0.003: 78.9%",
        "hiphop-mlp-audited-aaf30012e4f0-Rate=1: 65.6%",
        false
    )]
    [InlineData(false, "hiphop-mlp-audited-20261121-095144", "hiphop-mlp-audited-20261121-095145", false)]
    [InlineData(false, "It does rank", "Nor does it rank", false)]
    public void Texts_are_compared_within_the_stated_room(bool trained, string committed, string now, bool equal)
    {
        IReadOnlyList<string> differences = NotebookComparison.Of(Text(committed, trained), Text(now, trained));
        if (equal)
            Assert.Empty(differences);
        else
            Assert.StartsWith("the notebook, cell [1], text/plain: committed ", Assert.Single(differences));
    }

    [Theory]
    [InlineData("{\"majority\": 0.511111, \"tested\": 90}", true)]
    [InlineData("{\"majority\": 0.512222, \"tested\": 90}", false)]
    [InlineData("{\"majority\": 0.511111, \"tested\": 91}", false)]
    [InlineData("{\"majority\": 0.511111}", false)]
    [InlineData("null", false)]
    public void What_does_not_come_from_a_training_has_no_room_beside_what_does(string now, bool equal)
    {
        static Notebook Verdict(string facts) =>
            With($$"""{"text/plain": "accuracy 64.4%", "application/vnd.exact+json": {{facts}}}""", trained: true);
        IReadOnlyList<string> differences = NotebookComparison.Of(
            Verdict("""{"majority": 0.511111, "tested": 90}"""),
            Verdict(now)
        );
        if (equal)
            Assert.Empty(differences);
        else
            Assert.StartsWith("the notebook, cell [1], application/vnd.exact+json: ", Assert.Single(differences));
    }

    [Fact]
    public void Charts_are_compared_number_by_number_packed_or_not()
    {
        static Notebook Chart(double last)
        {
            string numbers = string.Join(
                ",",
                Enumerable.Repeat(2.0, 299).Append(last).Select(n => FormattableString.Invariant($"{n}"))
            );
            return CommittedNotebook.Of(
                With(
                    """{"application/vnd.plotly.v1+json": {"data": [{"y": ["""
                        + numbers
                        + """]}], "layout": {"height": 300}}}"""
                )
            );
        }

        Assert.Empty(NotebookComparison.Of(Chart(0.5), Chart(0.50005)));
        Assert.Contains(
            "committed 0.5, now 0.6 (number 300 of 300)",
            Assert.Single(NotebookComparison.Of(Chart(0.5), Chart(0.6)))
        );
    }
}
