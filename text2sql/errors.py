"""The one exception for mistakes that the user can put right."""


class UserError(ValueError):
    """One clear line naming the file, the field and the remedy; scripts print it without a traceback and exit 2."""
