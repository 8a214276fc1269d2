"""Text-to-SQL on SQLite: data, prompts, safe execution, scoring, rewards and metrics; standard library only."""
