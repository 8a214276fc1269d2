"""The model's side: load it, adapt it, generate with it. What differs between machines is kept in this package."""
