"""Document types: fields, rules, policy, evaluation records."""
