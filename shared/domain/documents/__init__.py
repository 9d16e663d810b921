"""Documents, runs, tasks, results, events and reviews: the records that the pipeline stores."""
