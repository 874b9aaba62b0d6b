namespace Notebooks;

/// <summary>The error of a cell's part in another language, as that language tells it.</summary>
internal sealed class LanguageException(OutputEvent.Error error) : Exception(error.Message)
{
    public OutputEvent.Error Error => error;
}
