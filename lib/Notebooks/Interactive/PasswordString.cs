namespace Notebooks.Interactive;

/// <summary>What a user typed that nobody is to see: it shows as stars.</summary>
/// <param name="clearTextPassword">What was typed.</param>
public sealed class PasswordString(string clearTextPassword)
{
    /// <summary>What was typed.</summary>
    public string GetClearTextPassword() => clearTextPassword;

    /// <summary>Stars.</summary>
    public override string ToString() => "************";
}
