using System.Text.Json.Nodes;
using Notebooks;

namespace Tests;

public sealed class CommittedNotebookTests
{
    private static Notebook With(string data, bool trained = false, string processor = "this kind")
    {
        var notebook = new Notebook();
        notebook.Metadata["processor"] = processor;
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
    public void Times_scripts_and_sound_go_and_a_chart_stays()
    {
        Notebook chart = CommittedNotebook.Of(
            With(
                """
                {"application/vnd.plotly.v1+json": {"data": [{"y": [1, 2]}]},
                 "text/html": "<script>", "text/plain": "Figure"}
                """
            )
        );
        Assert.Empty(chart.Cells[0].Metadata);
        JsonNode bundle = chart.Cells[0].Outputs[0]!["data"]!;
        Assert.Equal(["application/vnd.plotly.v1+json", "text/plain"], bundle.AsObject().Select(form => form.Key));
        Assert.Equal("[1,2]", bundle["application/vnd.plotly.v1+json"]!["data"]![0]!["y"]!.ToJsonString());

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
    [InlineData(true, """{"text/plain": "accuracy 58.3%, in nothing else"}""", "")]
    [InlineData(true, """{"text/html": "43.3%"}""", "text/plain: committed \"accuracy 43.3%\", now nothing")]
    [InlineData(false, """{"text/plain": "accuracy 58.3%"}""", "text/plain: committed 43.3, now 58.3")]
    public void On_another_kind_of_processor_a_training_must_say_something(bool trained, string now, string difference)
    {
        IReadOnlyList<string> differences = NotebookComparison.Of(
            With("""{"text/plain": "accuracy 43.3%"}""", trained),
            With(now, trained, "another kind")
        );
        if (difference == "")
            Assert.Empty(differences);
        else
            Assert.Contains(difference, differences[0]);
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

    [Theory]
    [InlineData("f4", 0.5, 0.50005, null)]
    [InlineData("f4", 0.5, 0.6, "committed 0.5, now 0.6 (number 300 of 300)")]
    [InlineData("f4", double.NaN, double.NaN, null)]
    [InlineData("f4", double.NaN, 1, "committed NaN, now 1 (number 300 of 300)")]
    [InlineData("f8", 0.5, 0.6, "committed 0.5, now 0.6 (number 300 of 300)")]
    [InlineData("i1", -40, -41, null)]
    [InlineData("i1", -40, -42, "committed -40, now -42 (number 300 of 300)")]
    public void Packed_numbers_are_compared_one_by_one(string type, double committed, double now, string? difference)
    {
        Notebook Chart(double last) =>
            With(
                $$$"""
                {"application/vnd.plotly.v1+json": {"data": [{"y": {"dtype": "{{{type}}}", "bdata": "{{{Packed(
                    last
                )}}}"}}]}}
                """
            );
        string Packed(double last) =>
            Python
                .Run(
                    """
                    import base64, sys, numpy
                    numbers = numpy.array([2.0] * 299 + [float(sys.argv[1])]).astype('<' + sys.argv[2])
                    print(base64.b64encode(numbers.tobytes()).decode())
                    """,
                    FormattableString.Invariant($"{last}"),
                    type
                )
                .Trim();

        IReadOnlyList<string> differences = NotebookComparison.Of(Chart(committed), Chart(now));
        if (difference is null)
            Assert.Empty(differences);
        else
            Assert.Contains(difference, Assert.Single(differences));
    }

    [Fact]
    public void Listed_numbers_are_compared_one_by_one()
    {
        static Notebook Chart(double last) =>
            With(
                FormattableString.Invariant(
                    $$$"""{"application/vnd.plotly.v1+json": {"data": [{"y": [2.0, {{{last}}}]}]}}"""
                )
            );
        Assert.Empty(NotebookComparison.Of(Chart(0.5), Chart(0.50005)));
        Assert.Contains("committed 0.5, now 0.6", Assert.Single(NotebookComparison.Of(Chart(0.5), Chart(0.6))));
    }
}
