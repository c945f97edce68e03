"""What pages, API and jobs read: frozen rows, a bounded number of queries, QuerySets only where a list is paged."""
